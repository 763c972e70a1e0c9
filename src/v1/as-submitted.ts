import { clone } from '../kube/clone.ts'
import { injectedKeys } from '../kube/kueue.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { kindInfo } from './kinds.ts'

/**
 * A live v1 job as it was before Kueue admitted it. Kueue writes the flavour it chose (node selector, tolerations, labels, annotations,
 * scheduling gates) into the templates of the job itself and takes it out again when it suspends the job: converted as it stands, the
 * TrainJob would be bound to that flavour for ever. What stood there before is in the Workload's pod sets, one for each replica type.
 * Without the Workload only what Kueue alone writes is taken out.
 * Source: Kueue v0.19.2, pkg/podset/podset.go (Merge, RestorePodSpec), pkg/controller/jobs/kubeflow/kubeflowjob.
 */
export function asSubmitted(job: KubeObject, workload?: KubeObject): KubeObject {
  const specKey = kindInfo(job.kind)?.specKey
  const spec = job['spec']
  const replicas = isRecord(spec) && specKey !== undefined ? spec[specKey] : undefined
  if (!isRecord(replicas) || !Object.values(replicas).some(isInjected)) return job
  const restored = Object.fromEntries(
    Object.entries(replicas).map(([role, replica]) => {
      if (!isRecord(replica) || !isRecord(replica['template'])) return [role, replica]
      const before = podSetTemplate(workload, role.toLowerCase())
      const template = before ? restoredTo(before, replica['template']) : withoutKeys(replica['template'])
      return [role, { ...replica, template }]
    }),
  )
  return { ...job, spec: { ...(spec as object), [specKey as string]: restored } }
}

/** Whether Kueue has written into the templates of a job. */
export function isQueueInjected(job: KubeObject): boolean {
  return asSubmitted(job) !== job
}

type Template = Record<string, unknown>

function isInjected(replica: unknown): boolean {
  const template = isRecord(replica) ? replica['template'] : undefined
  const metadata = isRecord(template) ? template['metadata'] : undefined
  if (!isRecord(metadata)) return false
  const has = (kind: keyof typeof injectedKeys) => {
    const map = metadata[kind]
    return isRecord(map) && injectedKeys[kind].some((key) => key in map)
  }
  return has('labels') || has('annotations')
}

function podSetTemplate(workload: KubeObject | undefined, name: string): Template | undefined {
  const spec = workload?.['spec']
  const podSets = isRecord(spec) && Array.isArray(spec['podSets']) ? spec['podSets'].filter(isRecord) : []
  const template = podSets.find((podSet) => podSet['name'] === name)?.['template']
  return isRecord(template) ? template : undefined
}

function restoredTo(before: Template, template: Template): Template {
  return {
    ...template,
    metadata: replaced(template['metadata'], before['metadata'], ['labels', 'annotations']),
    spec: replaced(template['spec'], before['spec'], ['nodeSelector', 'tolerations', 'schedulingGates']),
  }
}

function replaced(now: unknown, before: unknown, keys: readonly string[]): Template {
  const result = isRecord(now) ? clone(now) : {}
  for (const key of keys) {
    const value = isRecord(before) ? before[key] : undefined
    if (value === undefined) delete result[key]
    else result[key] = clone(value)
  }
  return result
}

function withoutKeys(template: Template): Template {
  const metadata = isRecord(template['metadata']) ? clone(template['metadata']) : {}
  for (const kind of ['labels', 'annotations'] as const) {
    const map = metadata[kind]
    if (!isRecord(map)) continue
    for (const key of injectedKeys[kind]) delete map[key]
    if (Object.keys(map).length === 0) delete metadata[kind]
  }
  return { ...template, metadata }
}
