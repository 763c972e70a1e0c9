import { successOf } from '../../convert/success.ts'
import type { ModelPod } from '../../kube/model-pod.ts'
import type { Condition, KubeObject } from '../../kube/object.ts'
import type { Pod } from '../../kube/pod.ts'
import type { Replica, V1Job } from '../../v1/job.ts'
import { v1Labels } from '../../v1/labels.ts'
import { v1Pods } from '../../v1/pods.ts'
import { timeText } from '../clock.ts'
import { parsedJob } from '../parsed-jobs.ts'
import { type ServedResource, servedAs } from '../served.ts'
import { mpiCompanions, v1Pod, v1Service } from './training-objects.ts'
import {
  conditionsOf,
  isTrue,
  kinds,
  make,
  ownedOf,
  ownerOf,
  type Reconcile,
  remove,
  setStatus,
  tell,
  type Workshop,
  withCondition,
} from './workshop.ts'

interface Status {
  readonly conditions?: readonly Condition[]
  readonly startTime?: string
  readonly completionTime?: string
  readonly replicaStatuses?: Readonly<Record<string, object>>
}

/**
 * Training Operator as users see it: pods and Services of a v1 job by its pod model, conditions, restarts by exit code, what suspend
 * does. Source: Training Operator v1.9.4, pkg/controller.v1/common/{job,pod,service}.go, UpdateJobStatus of each kind's controller.
 */
export const trainingOperator: Reconcile = (workshop, object) => {
  const parsed = parsedJob(object)
  if ('problems' in parsed || object.metadata.deletionTimestamp !== undefined) return
  const { job } = parsed
  const { managedBy } = job.runPolicy
  if (managedBy !== undefined && managedBy !== 'kubeflow.org/training-operator') return
  new Pass(workshop, job, object).run()
}

/** One look at one job. */
class Pass {
  readonly #workshop: Workshop
  readonly #job: V1Job
  readonly #object: KubeObject
  readonly #resource: ServedResource
  readonly #manager: string
  readonly #now: Date
  readonly #status: Status
  #conditions: readonly Condition[]

  constructor(workshop: Workshop, job: V1Job, object: KubeObject) {
    this.#workshop = workshop
    this.#job = job
    this.#object = object
    this.#resource = servedAs(`${job.info.resource.plural}.kubeflow.org`)
    this.#manager = `${job.info.kind.toLowerCase()}-controller`
    this.#now = workshop.clock.now()
    this.#status = (object['status'] as Status | undefined) ?? {}
    this.#conditions = conditionsOf(object)
  }

  run(): void {
    const finished = isTrue(this.#conditions, 'Succeeded') || isTrue(this.#conditions, 'Failed')
    this.#set('Created', 'True', 'Created', 'is created')
    if (finished) this.#clean()
    else if (this.#job.runPolicy.suspend === true) this.#suspend()
    else this.#proceed()
  }

  #proceed(): void {
    const resumed = isTrue(this.#conditions, 'Suspended')
    if (resumed) this.#set('Suspended', 'False', 'Resumed', 'is resumed')
    const startTime = resumed ? timeText(this.#now) : (this.#status.startTime ?? timeText(this.#now))
    this.#makeCompanions()
    const pods = this.#makePods()
    this.#judge(pods)
    const ended = isTrue(this.#conditions, 'Succeeded') || isTrue(this.#conditions, 'Failed')
    this.#store({
      startTime,
      replicaStatuses: this.#counts(pods),
      ...(ended && { completionTime: timeText(this.#now) }),
    })
  }

  /** all of it goes, and comes back under the same names */
  #suspend(): void {
    for (const pod of ownedOf(this.#workshop, kinds.pods, this.#object)) this.#delete('pod', pod)
    for (const service of ownedOf(this.#workshop, kinds.services, this.#object)) this.#delete('service', service)
    const { startTime, replicaStatuses } = this.#status
    if (isTrue(this.#conditions, 'Running')) this.#set('Running', 'False', 'Suspended', 'is suspended')
    this.#set('Suspended', 'True', 'Suspended', 'is suspended')
    this.#store({
      ...(startTime !== undefined && { startTime }),
      ...(replicaStatuses && { replicaStatuses: this.#counts([]) }),
    })
  }

  /** Succeeded or Failed: cleanPodPolicy says which pods go, with the Services of their names. */
  #clean(): void {
    const policy = this.#job.runPolicy.cleanPodPolicy ?? 'None'
    if (policy === 'None') return
    const services = ownedOf(this.#workshop, kinds.services, this.#object)
    for (const pod of ownedOf(this.#workshop, kinds.pods, this.#object) as Pod[]) {
      const runs = pod.status?.phase === 'Running' || pod.status?.phase === 'Pending'
      if (policy !== 'All' && !runs) continue
      this.#delete('pod', pod)
      for (const service of services) {
        if (service.metadata.name === pod.metadata.name) this.#delete('service', service)
      }
    }
  }

  #delete(what: 'pod' | 'service', object: KubeObject): void {
    if (!remove(this.#workshop, what === 'pod' ? kinds.pods : kinds.services, object)) return
    this.#tell(`SuccessfulDelete${what === 'pod' ? 'Pod' : 'Service'}`, `Deleted ${what}: ${object.metadata.name}`)
  }

  #tell(reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    tell(this.#workshop, this.#object, { type, reason, message, source: this.#manager })
  }

  #makePods(): Pod[] {
    const present = ownedOf(this.#workshop, kinds.pods, this.#object) as Pod[]
    for (const model of v1Pods(this.#job)) {
      if (present.some(({ metadata }) => metadata.name === model.name)) continue
      const pod = v1Pod(model, ownerOf(this.#object))
      const made = make(this.#workshop, kinds.pods, pod, this.#manager, (reason) => this.#refused(model.name, reason))
      if (made) {
        present.push(made as Pod)
        this.#tell('SuccessfulCreatePod', `Created pod: ${model.name}`)
      }
      if (this.#job.info.kind !== 'MPIJob') this.#makeService(model)
    }
    return present
  }

  #refused(name: string, reason: string): void {
    this.#tell('FailedCreatePod', `Error creating: pods "${name}" is forbidden: ${reason}`, 'Warning')
  }

  #makeService(model: ModelPod): void {
    const service = v1Service(model, ownerOf(this.#object))
    if (make(this.#workshop, kinds.services, service, this.#manager)) {
      this.#tell('SuccessfulCreateService', `Created service: ${model.name}`)
    }
  }

  /** What an MPIJob's launcher needs to reach its workers. */
  #makeCompanions(): void {
    if (this.#job.info.kind !== 'MPIJob') return
    for (const [resource, object] of mpiCompanions(this.#job, ownerOf(this.#object))) {
      make(this.#workshop, resource, object, this.#manager)
    }
  }

  /** What the pods' ends mean for the job; pods that are to be tried again are deleted here. */
  #judge(pods: readonly Pod[]): void {
    for (const replica of this.#job.replicas) {
      for (const pod of pods.filter((candidate) => roleIs(candidate, replica.role))) {
        if (pod.status?.phase !== 'Failed') continue
        if (!isRetried(replica, pod)) {
          this.#end('Failed', `is failed because 1 ${replica.name} replica(s) failed`)
          return
        }
        this.#delete('pod', pod)
        this.#set('Restarting', 'True', 'Restarting', `is restarting because ${replica.name} replica(s) failed`)
      }
    }
    if (this.#succeeded(pods)) this.#end('Succeeded', 'successfully completed')
    else if (pods.some(({ status }) => status?.phase === 'Running')) {
      if (isTrue(this.#conditions, 'Restarting')) {
        this.#conditions = this.#conditions.filter(({ type }) => type !== 'Restarting')
      }
      this.#set('Running', 'True', 'Running', 'is running')
    }
  }

  #succeeded(pods: readonly Pod[]): boolean {
    const success = successOf(this.#job)
    const done = (role: string): Pod[] => pods.filter((pod) => roleIs(pod, role) && pod.status?.phase === 'Succeeded')
    const wanted = (role: string): number => this.#job.replicas.find((replica) => replica.role === role)?.count ?? 0
    const all = this.#job.replicas.flatMap(({ role }) => done(role))
    if (success.by === 'all') return all.length >= this.#job.total && all.length > 0
    if (success.by === 'any') return all.length > 0
    const role = done(success.role)
    if (success.by === 'first') return role.some(({ metadata }) => metadata.labels?.[v1Labels.replicaIndex] === '0')
    return role.length > 0 && role.length >= wanted(success.role)
  }

  #end(type: 'Succeeded' | 'Failed', words: string): void {
    if (isTrue(this.#conditions, 'Running')) {
      const message = `${this.#job.info.kind} ${this.#job.name} is running.`
      this.#conditions = this.#conditions.map((condition) =>
        condition.type === 'Running'
          ? { ...condition, status: 'False' as const, message, lastTransitionTime: timeText(this.#now) }
          : condition,
      )
    }
    this.#set(type, 'True', type, words)
  }

  #set(type: string, status: Condition['status'], reason: string, words: string): void {
    const { kind } = this.#job.info
    const message = `${kind} ${this.#job.name} ${words}.`
    const time = { lastUpdateTime: timeText(this.#now) }
    const next = withCondition(this.#conditions, { type, status, reason: `${kind}${reason}`, message }, this.#now, time)
    // of those that run, only MPIJobs are told
    const quiet = type === 'Created' || (type === 'Running' && kind !== 'MPIJob')
    if (next !== this.#conditions && !quiet) {
      this.#tell(`${kind}${reason}`, message, type === 'Restarting' ? 'Warning' : 'Normal')
    }
    this.#conditions = next
  }

  #counts(pods: readonly Pod[]): Record<string, object> {
    const entries = this.#job.replicas.map(({ name, role }) => {
      const own = pods.filter((pod) => roleIs(pod, role))
      const count = (phase: string): number => own.filter(({ status }) => status?.phase === phase).length
      const [active, succeeded, failed] = [count('Running'), count('Succeeded'), count('Failed')]
      const selector = [
        `${v1Labels.jobName}=${this.#job.name}`,
        `${v1Labels.operatorName}=${this.#manager}`,
        `${v1Labels.replicaType}=${role}`,
      ].join(',')
      return [name, { ...(active && { active }), ...(failed && { failed }), selector, ...(succeeded && { succeeded }) }]
    })
    return Object.fromEntries(entries)
  }

  #store(more: Omit<Status, 'conditions'>): void {
    setStatus(this.#workshop, this.#resource, this.#object, { ...more, conditions: this.#conditions }, this.#manager)
  }
}

const roleIs = ({ metadata }: Pod, role: string): boolean => metadata.labels?.[v1Labels.replicaType] === role

/** OnFailure and Always: a pod that fails all the same was evicted; ExitCode: codes from 128 on. */
function isRetried({ restartPolicy, main }: Replica, pod: Pod): boolean {
  if (restartPolicy === 'OnFailure' || restartPolicy === 'Always') return true
  const ended = pod.status?.containerStatuses?.find(({ name }) => name === main)?.state?.terminated
  return restartPolicy === 'ExitCode' && (ended?.exitCode ?? 0xbeef) >= 128
}
