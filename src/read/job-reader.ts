import type { Cluster } from '../cluster/cluster.ts'
import { type ClusterError, failedWith } from '../cluster/errors.ts'
import type { JobClass } from '../convert/class-words.ts'
import { isFinished } from '../kube/job-state.ts'
import type { KubeObject } from '../kube/object.ts'
import { type Resource, resourceName, resources } from '../kube/resources.ts'
import { v1Kinds } from '../v1/kinds.ts'
import { gpusOfTrainJob, shapeOfTrainJob } from '../v2/shape.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import type { EarlyRows } from './early-rows.ts'
import { Gaps, settle } from './gaps.ts'
import { JobClasses } from './job-classes.ts'
import { LookedAt } from './looked-at.ts'
import { manyNamespaces } from './open-jobs.ts'
import { notServed } from './resolve.ts'
import { type JobRow, longestGrace, type OpenJob, runtimeOf, trainJobRow, v1Row } from './rows.ts'

/** Which jobs are meant: all of one namespace or of all, narrowed as kubectl narrows. */
export interface JobQuery {
  /** absent: all namespaces */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** v1 jobs are to have their class */
  readonly classes?: boolean
  /** the present, default this machine's clock: what was suspended just now may still have pods */
  readonly now?: () => Date
}

/** Every kind of job of both sides. */
export const jobResources: readonly Resource[] = [...v1Kinds.map(({ resource }) => resource), resources.trainJobs]

/** With pages of 500 (kubectl's), 10,000 jobs of ordinary size take 245 MB; with these 175 MB, in the same time. */
const jobsInPage = 250

/** As many of each kind as a screen has lines, where somebody waits for the first. */
const firstJobs = 30

type Runtimes = ReadonlyMap<string, TrainingRuntime>

/** Reads jobs into rows, page by page; remembers what was open, absent or forbidden. */
export class JobReader {
  readonly gaps = new Gaps()
  /** jobs whose pods tell more than their own status */
  readonly open: LookedAt
  /** where a watch of each resource goes on; only those that could be read in the whole scope */
  readonly versions = new Map<Resource, string>()
  readonly #cluster: Cluster
  readonly #absent = new Set<Resource>()
  readonly #refused = new Map<Resource, ClusterError>()
  /** gets rows as they are read, where somebody wants them before all are */
  readonly early: EarlyRows | undefined
  #readSome = false
  #namespaces: Promise<readonly string[] | undefined> | undefined
  #runtimes: Promise<Runtimes> | undefined

  readonly #classes: JobClasses | undefined

  constructor(cluster: Cluster, { classes: classified = false, namespace, now }: JobQuery, early?: EarlyRows) {
    this.#cluster = cluster
    this.early = early
    this.open = new LookedAt(now ?? (() => new Date()))
    const runtimes = async () => [...(await this.#runtimesOf(namespace)).values()]
    this.#classes = classified ? new JobClasses(cluster, runtimes) : undefined
    // many jobs: what their classes need comes meanwhile
    if (early) this.#classes?.prepare()
  }

  get served(): { readonly v1: boolean; readonly v2: boolean } {
    return {
      v1: v1Kinds.some(({ resource }) => !this.#absent.has(resource)),
      v2: !this.#absent.has(resources.trainJobs),
    }
  }

  /** Rows of one resource; `wanted` leaves out the others before anything of them is kept. */
  async rows(resource: Resource, query: JobQuery, wanted: (row: JobRow) => boolean = () => true): Promise<JobRow[]> {
    const rows: JobRow[] = []
    const visit = async (object: KubeObject) => {
      const job = await this.toOpenJob(object, query.namespace)
      if (!wanted(job.row)) return
      this.open.keep(job)
      rows.push(job.row)
      this.early?.add(resource, job.row)
    }
    await this.#each(resource, query, visit)
    this.early?.end(resource)
    return rows
  }

  /** Rows of all v1 kinds, in the order of the kinds. */
  async v1Rows(query: JobQuery, wanted?: (row: JobRow) => boolean): Promise<JobRow[]> {
    return (await settle(...v1Kinds.map(({ resource }) => this.rows(resource, query, wanted)))).flat()
  }

  /** One object as a row, with what is needed to say its state once its pods are known. */
  async toOpenJob(object: KubeObject, namespace: string | undefined): Promise<OpenJob> {
    if (object.kind !== 'TrainJob') {
      const { row, slim, grace } = v1Row(object)
      return { row: this.#classes ? { ...row, class: await this.#classOf(object, row) } : row, object: slim, grace }
    }
    const trainJob = object as TrainJob
    const runtime = await this.#runtimeOf(trainJob, namespace)
    const shape = runtime && shapeOfTrainJob(trainJob, runtime)
    const { row, slim } = trainJobRow(trainJob, shape, runtime && gpusOfTrainJob(trainJob, runtime))
    const jobs = runtime?.spec.template.spec.replicatedJobs ?? []
    const grace = longestGrace(jobs.map(({ template }) => template.spec.template?.spec))
    return { row, object: slim, shape, grace }
  }

  mustHaveReadSomething(): void {
    if (this.#readSome) return
    const first = jobResources.find((resource) => this.#refused.has(resource))
    if (first) throw this.#refused.get(first)
    if (!this.served.v1 && !this.served.v2) throw notServed(jobResources.map(resourceName))
  }

  /** Calls back for every object of a resource; where the whole cluster may not be listed, namespace by namespace. */
  async #each(resource: Resource, query: JobQuery, visit: (object: KubeObject) => Promise<void>): Promise<void> {
    try {
      this.versions.set(resource, await this.#pages(resource, query, visit))
    } catch (error) {
      if (failedWith(error, 'apiAbsent')) {
        const instead = resource === resources.mpiJobs && (await this.#ofMpiOperator(query, visit))
        if (!instead) this.#absent.add(resource)
      } else if (failedWith(error, 'forbidden')) {
        this.early?.stop()
        await this.#eachNamespace(resource, query, visit, error)
      } else throw error
    }
  }

  /** The MPIJobs of mpi-operator, which a cluster serves in the place of v1's, as both CRDs have one name; false where it serves neither. */
  async #ofMpiOperator(query: JobQuery, visit: (object: KubeObject) => Promise<void>): Promise<boolean> {
    const resource = resources.mpiOperatorJobs
    const { kind, group, version } = resource
    const typed = (object: KubeObject) => visit({ ...object, kind, apiVersion: `${group}/${version}` })
    try {
      this.versions.set(resource, await this.#pages(resource, query, typed))
    } catch (error) {
      if (failedWith(error, 'apiAbsent')) return false
      if (!failedWith(error, 'forbidden')) throw error
      this.early?.stop()
      await this.#eachNamespace(resource, query, typed, error)
    }
    return true
  }

  async #eachNamespace(
    resource: Resource,
    query: JobQuery,
    visit: (object: KubeObject) => Promise<void>,
    refusal: ClusterError,
  ): Promise<void> {
    const names = query.namespace === undefined ? await this.#allNamespaces() : undefined
    const refused = (error: ClusterError, namespace: string | undefined) => {
      if (!this.#refused.has(resource)) this.#refused.set(resource, error)
      this.gaps.add({ resource: resourceName(resource), namespace, why: 'forbidden' })
    }
    if (!names) return refused(refusal, query.namespace)
    for (const namespace of names) {
      try {
        await this.#pages(resource, { ...query, namespace }, visit)
      } catch (error) {
        if (!failedWith(error, 'forbidden')) throw error
        refused(error, namespace)
      }
    }
  }

  /** The resourceVersion from which a watch goes on. */
  async #pages(resource: Resource, query: JobQuery, visit: (object: KubeObject) => Promise<void>): Promise<string> {
    let version = ''
    const waited = this.early ? { firstPageSize: firstJobs } : {}
    const options = { ...query, pageSize: jobsInPage, outlined: true, ...waited }
    let remaining: number | undefined
    for await (const page of this.#cluster.pages(resource, options)) {
      const { items } = page
      version = page.resourceVersion
      // those of later pages are counted with the first where the server tells them
      if (remaining === undefined) this.open.expect(items.length + (page.remaining ?? 0))
      remaining = page.remaining
      if (items.length >= firstJobs) this.early?.long()
      for (const object of items) await visit(object)
    }
    this.#readSome = true
    return version
  }

  /** Names of all namespaces; undefined when they may not be listed or are too many to be asked one by one. */
  #allNamespaces(): Promise<readonly string[] | undefined> {
    this.#namespaces ??= this.#cluster.list(resources.namespaces, {}).then(
      ({ items }) => (items.length > manyNamespaces ? undefined : items.flatMap(({ metadata }) => metadata.name ?? [])),
      (error) => {
        if (failedWith(error, 'forbidden')) return undefined
        throw error
      },
    )
    return this.#namespaces
  }

  /** Runtimes are read once, when the first TrainJob is met, and again when one refers to a runtime that is new. */
  async #runtimeOf(trainJob: TrainJob, namespace: string | undefined): Promise<TrainingRuntime | undefined> {
    const reference = runtimeOf(trainJob)
    const scope = reference.startsWith('TrainingRuntime/') ? trainJob.metadata.namespace : ''
    return (await this.#runtimesOf(namespace)).get(`${scope}/${reference}`)
  }

  #runtimesOf(namespace: string | undefined): Promise<Runtimes> {
    this.#runtimes ??= this.#readRuntimes(namespace)
    return this.#runtimes
  }

  async #classOf(object: KubeObject, { state }: JobRow): Promise<JobClass | undefined> {
    if (isFinished(state.word)) return { word: 'Finished', codes: [] }
    return await this.#classes?.of(object)
  }

  /** Forgets the runtimes, so that the next TrainJob is measured by the present ones. */
  forgetRuntimes(): void {
    this.#runtimes = undefined
    this.#classes?.forget()
  }

  async #readRuntimes(namespace: string | undefined): Promise<Runtimes> {
    const runtimes = new Map<string, TrainingRuntime>()
    const add = (resource: Resource, scope: string | undefined) =>
      this.gaps.optional(resource, scope, async () => {
        for await (const { items } of this.#cluster.pages<TrainingRuntime>(resource, { namespace: scope })) {
          for (const runtime of items) {
            const { namespace = '', name } = runtime.metadata
            const { group, version, kind } = resource
            const typed = { ...runtime, apiVersion: `${group}/${version}`, kind: kind as TrainingRuntime['kind'] }
            runtimes.set(`${namespace}/${kind}/${name}`, typed)
          }
        }
      })
    await settle(add(resources.clusterTrainingRuntimes, undefined), add(resources.trainingRuntimes, namespace))
    return runtimes
  }
}
