import { equalJson } from '../kube/clone.ts'
import type { JobSetSpec, ReplicatedJob } from '../v2/trainjob.ts'

/** What decides how a Job ends, with what the API server defaults (kubernetes v1.36.3, pkg/apis/batch/v1/defaults.go). */
const jobFields: readonly (readonly [field: string, usual: unknown])[] = [
  ['backoffLimit', 6],
  ['backoffLimitPerIndex', undefined],
  ['maxFailedIndexes', undefined],
  ['podFailurePolicy', undefined],
  ['successPolicy', undefined],
  ['podReplacementPolicy', 'TerminatingOrFailed'],
  ['activeDeadlineSeconds', undefined],
  ['ttlSecondsAfterFinished', undefined],
]

/** The same for a JobSet (JobSet v0.12.0, pkg/webhooks/jobset_webhook.go Default). */
const jobSetFields: readonly (readonly [field: string, usual: unknown])[] = [
  ['successPolicy', { operator: 'All' }],
  ['failurePolicy', undefined],
  ['ttlSecondsAfterFinished', undefined],
]

/**
 * In what jobs of two rendered JobSets end otherwise, one clause each. `pairs` are the replicated jobs that stand for each other, ours
 * first. `deadlineApart`: the deadline is the TrainJob's own, and not compared.
 */
export function endingDifferences(
  ours: JobSetSpec,
  theirs: JobSetSpec,
  pairs: readonly (readonly [string, string])[],
  deadlineApart = false,
): string[] {
  const found: string[] = []
  const compare = (where: string, field: string, mine: unknown, other: unknown) => {
    if (!equalJson(mine ?? null, other ?? null)) found.push(`${where}${field} ${told(other)} instead of ${told(mine)}`)
  }
  const renamed = new Map(pairs.map(([mine, other]) => [other, mine]))
  for (const [field, usual] of jobSetFields) {
    compare('', field, plain(ours[field] ?? usual), plain(renamedTargets(theirs[field] ?? usual, renamed)))
  }
  for (const [mine, other] of pairs) {
    const [ourSpec, theirSpec] = [specOf(ours, mine), specOf(theirs, other)]
    for (const [field, usual] of jobFields) {
      if (field === 'activeDeadlineSeconds' && deadlineApart) continue
      compare(`${other}: `, field, ourSpec[field] ?? usual, theirSpec[field] ?? usual)
    }
  }
  return found
}

function specOf({ replicatedJobs }: JobSetSpec, name: string): Partial<ReplicatedJob['template']['spec']> {
  return replicatedJobs.find((job) => job.name === name)?.template.spec ?? {}
}

/** A policy without the empty list of targets, which means all of them. */
function plain(policy: unknown): unknown {
  if (typeof policy !== 'object' || policy === null) return policy
  const { targetReplicatedJobs, ...rest } = policy as { targetReplicatedJobs?: readonly string[] }
  return targetReplicatedJobs?.length ? policy : rest
}

function renamedTargets(policy: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof policy !== 'object' || policy === null) return policy
  const { targetReplicatedJobs } = policy as { targetReplicatedJobs?: readonly string[] }
  if (!targetReplicatedJobs) return policy
  return { ...policy, targetReplicatedJobs: targetReplicatedJobs.map((name) => names.get(name) ?? name) }
}

function told(value: unknown): string {
  if (value === undefined || value === null) return 'absent'
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.length > 60 ? 'another' : text
}
