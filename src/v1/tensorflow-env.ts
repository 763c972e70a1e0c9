import { defaultPort, type V1Job } from './job.ts'
import type { Part, SymbolicEnv } from './symbolic-env.ts'

/**
 * TF_CONFIG of one role's pods, in the tensorflow container only and for jobs of more than one pod.
 * Source: Training Operator v1.9.4, pkg/controller.v1/tensorflow/{tensorflow,tfjob_controller}.go (Go sorts the keys of a map).
 */
export function tensorflowEnv(job: V1Job, role: string): SymbolicEnv[] {
  if (isAlone(job)) return []
  const sparse = job.spec['enableDynamicWorker'] === true
  const cluster = sparse ? sparseCluster(job, role) : wholeCluster(job)
  const task: Part[] = [`"task":{"type":${JSON.stringify(role)},"index":`, { is: 'index' }, '}']
  const parts: Part[] = ['{"cluster":', ...cluster, ',', ...task, sparse ? '}' : ',"environment":"cloud"}']
  return [{ name: 'TF_CONFIG', parts, perJob: true, only: 'main' }]
}

/** Replica types that are none of TFJob's do not count (util.go isDistributed). */
function isAlone({ info, replicas }: V1Job): boolean {
  const counted = replicas.filter(({ name }) => info.replicaNames.includes(name))
  return counted.reduce((sum, { count }) => sum + count, 0) === 1
}

function address(job: V1Job, name: string, role: string, index: number): Part[] {
  return ['"', { host: role, index, service: true }, `:${defaultPort(job, name)}"`]
}

function addresses(job: V1Job, name: string): Part[] {
  const replica = job.replicas.find((candidate) => candidate.name === name)
  // Go writes a list that was never made as null
  if (!replica) return ['null']
  const items = Array.from({ length: replica.count }, (_, index) => address(job, name, replica.role, index))
  return ['[', ...items.flatMap((item, at) => (at === 0 ? item : [',', ...item])), ']']
}

function wholeCluster(job: V1Job): Part[] {
  const sorted = [...job.replicas].sort((a, b) => (a.role < b.role ? -1 : 1))
  const members = sorted.map((replica): Part[] => [`${JSON.stringify(replica.role)}:`, ...addresses(job, replica.name)])
  return ['{', ...members.flatMap((member, at) => (at === 0 ? member : [',', ...member])), '}']
}

/** With enableDynamicWorker a worker knows itself and the PS, a PS only itself; indices of single addresses vary by pod. */
function sparseCluster(job: V1Job, role: string): Part[] {
  const self = (): Part[] => ['"', { is: 'self' }, `:${defaultPort(job, nameOf(job, role))}"`]
  if (role === 'ps') return ['{"worker":{},"ps":[', ...self(), ']}']
  if (role !== 'worker') return ['{"worker":{},"ps":[]}']
  return ['{"worker":{"', { is: 'index' }, '":', ...self(), '},"ps":', ...addresses(job, 'PS'), '}']
}

function nameOf(job: V1Job, role: string): string {
  return job.replicas.find((replica) => replica.role === role)?.name ?? ''
}
