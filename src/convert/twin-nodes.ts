import { exitCode } from '../exit-code.ts'
import { formatFieldPath } from '../kube/field-path.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { Problem } from '../problem.ts'
import type { Replica, V1Job } from '../v1/job.ts'
import { type Finding, findingAt } from './finding.ts'

/** Roles whose pods are counted as nodes; a launcher, a parameter server or an evaluator is beside them. */
const nodeRoles = ['master', 'chief', 'worker']

/**
 * Gives the v1 object so many pods that train, by taking workers away; what counts pods elsewhere in it follows. Throws a Problem
 * (`twin-nodes`, exit 2) for a number it cannot have.
 */
export function resized(object: KubeObject, job: V1Job, nodes: number): Finding {
  const counted = job.replicas.filter(({ role }) => nodeRoles.includes(role))
  const workers = counted.find(({ role }) => role === 'worker')
  const total = counted.reduce((sum, { count }) => sum + count, 0)
  const others = total - (workers?.count ?? 0)
  // an MPIJob has no launcher without a worker to launch on
  const least = Math.max(1, others + (job.info.kind === 'MPIJob' ? 1 : 0))
  if (!workers || nodes < least || nodes >= total) throw impossible(job, nodes, least, workers ? total - 1 : 0)
  const path = ['spec', job.info.specKey, workers.key, 'replicas']
  setWorkers(object, job, workers, nodes - others)
  return findingAt(formatFieldPath(path), {
    code: 'twin-nodes',
    message: `the twin has ${nodes - others} of ${workers.count} workers: ${nodes} of ${total} nodes`,
  })
}

function setWorkers(object: KubeObject, { info }: V1Job, { key }: Replica, count: number): void {
  const spec = object['spec'] as Record<string, unknown>
  const replicas = spec[info.specKey] as Record<string, Record<string, unknown>>
  if (count === 0) delete replicas[key]
  else replicas[key] = { ...replicas[key], replicas: count }
  const policy = spec['runPolicy']
  const scheduling = isRecord(policy) ? policy['schedulingPolicy'] : undefined
  if (isRecord(scheduling)) {
    delete scheduling['minAvailable']
    delete scheduling['minResources']
  }
  const elastic = spec['elasticPolicy']
  if (!isRecord(elastic)) return
  for (const field of ['minReplicas', 'maxReplicas']) {
    const value = elastic[field]
    if (typeof value === 'number' && value > count) elastic[field] = Math.max(count, 1)
  }
}

function impossible({ info, name }: V1Job, nodes: number, least: number, most: number): Problem {
  const range = least < most ? `${least} to ${most}` : least === most ? String(least) : ''
  return new Problem({
    code: 'twin-nodes',
    what: `a twin of ${info.kind} ${name} cannot have ${nodes} nodes`,
    why:
      range === ''
        ? 'it has no workers that could be taken away'
        : `fewer than v1 has, and at least one: it takes ${range}; without --nodes it has as many as v1`,
    exit: exitCode.usage,
  })
}
