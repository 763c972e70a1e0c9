import { isRecord, type KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import type { KindInfo } from '../v1/kinds.ts'
import { v1Labels } from '../v1/labels.ts'
import { v2Labels } from '../v2/pods.ts'
import { shapeOfJobSet } from '../v2/shape.ts'
import { trainerContainer } from '../v2/trainjob.ts'

/** Where a live pod stands in its job. */
export interface Place {
  /** as its pods are labelled: `master`, `worker`; `node` */
  readonly role: string
  /** among all pods of the side; undefined for pods beside the training, and where nothing says it */
  readonly rank: number | undefined
  /** the container that trains; undefined for a pod without containers */
  readonly container: string | undefined
}

export type PlaceOf = (pod: Pod) => Place

/** Trainer's steps before the training (v2.3.0, pkg/constants/constants.go): they have no counterpart in v1. */
const initializers: readonly string[] = ['dataset-initializer', 'model-initializer']

/** Trainer and v1 call it so. */
const launcher = 'launcher'

/**
 * Places of a v1 job's pods: role after role in the order its kind numbers them, each by index, as `diff` compares them. The job
 * may be one that Training Operator would refuse; without it only a pod's index in its role is known.
 */
export function placesInV1(info: KindInfo | undefined, job: KubeObject | undefined): PlaceOf {
  const spec = job && isRecord(job['spec']) ? job['spec'] : {}
  const written = info && isRecord(spec[info.specKey]) ? Object.entries(spec[info.specKey] as object) : []
  const first = new Map<string, number>()
  let next = 0
  const known = (info?.replicaNames ?? []).map((name) => name.toLowerCase())
  const own = written.map(([key]) => key.toLowerCase()).filter((role) => !known.includes(role))
  for (const role of [...known, ...own]) {
    const found = written.find(([key]) => key.toLowerCase() === role)
    if (!found) continue
    first.set(role, next)
    const replicas = isRecord(found[1]) ? found[1]['replicas'] : undefined
    next += typeof replicas === 'number' ? replicas : info?.kind === 'MPIJob' && role === 'worker' ? 0 : 1
  }
  return (pod) => {
    const labels = pod.metadata.labels ?? {}
    const role = (labels[v1Labels.replicaType] ?? '').toLowerCase()
    // an MPIJob's launcher has no index
    const index = Number(labels[v1Labels.replicaIndex] ?? '0')
    const start = first.get(role)
    const rank = start === undefined || !Number.isInteger(index) ? undefined : start + index
    return { role, rank, container: containerOf(pod, info?.container) }
  }
}

/**
 * Places of a TrainJob's pods: by the JobSet's order of replicated jobs, their Jobs and completion indexes; without a JobSet by the labels
 * alone. A launcher leads, as in v1: a JobSet may name it last, to start it last.
 */
export function placesInV2(jobSet: KubeObject | undefined): PlaceOf {
  const written = jobSet ? shapeOfJobSet(jobSet) : []
  const shapes = [...written].sort((a, b) => Number(b.role === launcher) - Number(a.role === launcher))
  const first = new Map<string, { readonly start: number; readonly each: number }>()
  let next = 0
  for (const { role, jobs, pods } of shapes) {
    if (initializers.includes(role)) continue
    first.set(role, { start: next, each: jobs > 0 ? pods / jobs : 0 })
    next += pods
  }
  return (pod) => {
    const labels = pod.metadata.labels ?? {}
    const role = labels[v2Labels.replicatedJobName] ?? ''
    const index = Number(labels[v2Labels.completionIndex] ?? '0')
    const job = Number(labels[v2Labels.jobIndex] ?? '0')
    const container = containerOf(pod, trainerContainer)
    if (initializers.includes(role)) return { role, rank: undefined, container }
    const found = first.get(role)
    if (found) return { role, rank: found.start + job * found.each + index, container }
    return { role, rank: role === trainerContainer && job === 0 ? index : undefined, container }
  }
}

/** The container of that name, else the first. */
function containerOf({ spec }: Pod, name: string | undefined): string | undefined {
  const { containers = [] } = spec
  return (containers.find((container) => container.name === name) ?? containers[0])?.name
}
