import type { KubeObject } from '../../kube/object.ts'
import type { Pod } from '../../kube/pod.ts'
import { hasEnded } from '../../kube/pod-state.ts'
import { v1Kinds } from '../../v1/kinds.ts'
import { qualifiedName, servedAs } from '../served.ts'
import type { Change } from '../store.ts'
import { Dependents } from './dependents.ts'
import { collect, collectFirst, emptyNamespace } from './garbage-collector.ts'
import { job } from './job.ts'
import { jobSet } from './job-set.ts'
import { Kubelet } from './kubelet.ts'
import { trainer } from './trainer.ts'
import { trainingOperator } from './training-operator.ts'
import { kinds, queueKey, type Reconcile, type Workshop } from './workshop.ts'

/** seconds until an operator sees a change, before the sandbox's speed */
const latency = 0.05

const operators: Readonly<Record<string, Reconcile>> = {
  ...Object.fromEntries(v1Kinds.map(({ resource }) => [qualifiedName(resource), trainingOperator])),
  [qualifiedName(kinds.trainJobs)]: trainer,
  [qualifiedName(kinds.jobSets)]: jobSet,
  [qualifiedName(kinds.jobs)]: job,
}

export interface Operators {
  readonly kubelet: Kubelet
  /** looks at everything that is there, as operators do that have just started */
  resume(): void
  stop(): void
}

/** Lets Training Operator, Trainer, JobSet, the Job controller, scheduler, kubelets and garbage collector follow the store. */
export function startOperators(tools: Omit<Workshop, 'dependents' | 'told'>, speed: number): Operators {
  const { store, clock } = tools
  const dependents = new Dependents()
  const workshop: Workshop = { ...tools, dependents, told: new Map() }
  const kubelet = new Kubelet(workshop, speed)
  const queue = new Map<string, () => void>()
  let wake: (() => void) | undefined
  let freed = false

  const enqueue = (key: string, act: () => void): void => {
    queue.set(key, act)
    wake ??= clock.after(latency / speed, work)
  }
  const work = (): void => {
    wake = undefined
    const waiting = [...queue.values()]
    queue.clear()
    for (const act of waiting) act()
    if (freed) {
      freed = false
      kubelet.retry()
    }
  }
  /** an operator looks at what is stored now, not at what it was told of */
  const look = (resource: Change['resource'], object: KubeObject, reconcile: Reconcile): void =>
    enqueue(queueKey(resource, object), () => {
      const current = store.find(resource, object.metadata.namespace, object.metadata.name ?? '')
      if (current) reconcile(workshop, current)
    })

  const see = ({ type, resource, object }: Change): void => {
    const name = qualifiedName(resource)
    const gone = type === 'DELETED'
    dependents.note(name, object, gone)
    if (gone) enqueue(`gc ${object.metadata.uid}`, () => collect(workshop, object))
    else if (object.metadata.finalizers?.includes('foregroundDeletion')) {
      look(resource, object, (_, current) => collectFirst(workshop, name, current))
    } else if (operators[name]) look(resource, object, operators[name])
    if (name === 'pods') {
      if (gone) kubelet.forget(object)
      else look(resource, object, (_, current) => kubelet.reconcile(current))
      if (gone || hasEnded(object as Pick<Pod, 'status'>)) freed = true
    }
    if (name === 'namespaces' && !gone) look(resource, object, emptyNamespace)
    if (gone && object.metadata.namespace !== undefined) {
      const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: object.metadata.namespace } }
      look(kinds.namespaces, home, emptyNamespace)
    }
    for (const owner of object.metadata.ownerReferences ?? []) lookAtOwner(owner.kind, object)
  }
  const lookAtOwner = (kind: string, { metadata }: KubeObject): void => {
    const owner = metadata.ownerReferences?.find((reference) => reference.kind === kind)
    const found = byKind.get(kind)
    const reconcile = found && operators[qualifiedName(found)]
    if (!owner || !found || !reconcile) return
    look(found, { apiVersion: '', kind, metadata: { name: owner.name, namespace: metadata.namespace } }, reconcile)
  }
  const stop = store.onChange(see)
  return {
    kubelet,
    resume: () => {
      for (const { resource, object } of [...store.everything()]) {
        see({ type: 'ADDED', resource: servedAs(resource), object, version: store.version })
      }
    },
    stop: () => {
      stop()
      wake?.()
    },
  }
}

const byKind = new Map(
  [...v1Kinds.map(({ resource }) => resource), kinds.trainJobs, kinds.jobSets, kinds.jobs].map((resource) => [
    resource.kind,
    resource,
  ]),
)
