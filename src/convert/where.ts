import type { PodDifference } from '../compare/pods.ts'
import { formatFieldPath, type PathStep } from '../kube/field-path.ts'
import { isRecord } from '../kube/object.ts'
import type { Container } from '../kube/pod.ts'
import type { Replica, V1Job } from '../v1/job.ts'
import { templatePath } from './intent.ts'

/** The field of the v1 object that a pod's value comes from, or the nearest one that stands around it. */
export function fieldOfValue(job: V1Job, { pod, path }: Pick<PodDifference, 'pod' | 'path'>): string {
  const role = pod.replace(/-\d+$/, '')
  const replica = job.replicas.find((candidate) => candidate.role === role)
  if (!replica) return formatFieldPath(['spec', job.info.specKey])
  return formatFieldPath(existing(job.object, [...templatePath(job, replica.key), ...steps(replica, path)]))
}

function steps(replica: Replica, path: string): PathStep[] {
  const metadata = /^(labels|annotations)\.(.*)$/.exec(path)
  if (metadata) return ['metadata', metadata[1] ?? '', metadata[2] ?? '']
  const inContainer = /^(containers|initContainers)\[([^\]]+)\](?:\.(.*))?$/.exec(path)
  if (!inContainer) return ['spec', ...members(replica.template.spec, path)]
  const [, list = '', label = '', rest = ''] = inContainer
  const name = list === 'containers' && label === 'main' ? replica.main : label.replaceAll("'", '')
  const containers = (replica.template.spec[list] ?? []) as Container[]
  const at = containers.findIndex((container) => container.name === name)
  const container = containers[at]
  if (!container) return ['spec']
  const variable = /^env\.(.*)$/.exec(rest)?.[1]
  if (variable === undefined) return ['spec', list, at, ...members(container, rest)]
  const index = (container.env ?? []).findLastIndex((each) => each.name === variable)
  return ['spec', list, at, ...(index < 0 ? [] : ['env', index])]
}

/** `volumes[data].configMap.name`: an item is found by what the path calls it. */
function members(object: Readonly<Record<string, unknown>>, path: string): PathStep[] {
  const [, field = '', item, rest = ''] = /^([A-Za-z]+)(?:\[([^\]]+)\])?\.?(.*)$/.exec(path) ?? []
  const value = object[field]
  if (item === undefined) return rest !== '' && isRecord(value) ? [field, ...members(value, rest)] : [field]
  if (!Array.isArray(value)) return [field]
  const at = value.findIndex((each, index) => isCalled(each, item, index))
  const found: unknown = value[at]
  if (at < 0) return [field]
  return rest !== '' && isRecord(found) ? [field, at, ...members(found, rest)] : [field, at]
}

function isCalled(item: unknown, called: string, index: number): boolean {
  if (!isRecord(item)) return called === String(index)
  const { name, mountPath, key, topologyKey, containerPort } = item
  const port = containerPort === undefined ? undefined : `${containerPort}/${item['protocol'] ?? 'TCP'}`
  return [mountPath, port, name, key, topologyKey, String(index)].includes(called)
}

/** The longest beginning of a path that the object has. */
function existing(object: unknown, path: readonly PathStep[]): PathStep[] {
  const found: PathStep[] = []
  let value = object
  for (const step of path) {
    const holds = (Array.isArray(value) && typeof step === 'number') || (isRecord(value) && typeof step === 'string')
    const next = holds ? (value as Record<PathStep, unknown>)[step] : undefined
    if (next === undefined || next === null) break
    found.push(step)
    value = next
  }
  return found
}
