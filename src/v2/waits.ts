import type { RoleState } from '../kube/job-state.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { JobSetSpec } from './trainjob.ts'

/**
 * The replicated jobs of a JobSet whose Jobs are not made before others are ready, or complete, with the first of those.
 * Source: JobSet v0.12.0, pkg/controllers/depends_on.go.
 */
export function waitsOf(jobSet: KubeObject, roles: readonly RoleState[]): ReadonlyMap<string, string> {
  const spec = jobSet['spec']
  const jobs = (isRecord(spec) ? (spec as unknown as JobSetSpec).replicatedJobs : undefined) ?? []
  const waits = new Map<string, string>()
  for (const job of jobs) {
    const given = job['dependsOn']
    for (const { name, status } of (Array.isArray(given) ? given : []) as { name: string; status: string }[]) {
      const other = roles.find(({ role }) => role === name)
      if (!waits.has(job.name) && other && !isMet(other, status)) waits.set(job.name, name)
    }
  }
  return waits
}

function isMet({ desired, ready, succeeded }: RoleState, status: string): boolean {
  if (desired === undefined) return true
  return (status === 'Complete' ? succeeded : succeeded + (ready ?? desired)) >= desired
}
