import type { Cluster } from '../cluster/cluster.ts'
import { neighbourRows } from '../compare/neighbours.ts'
import { quotaRows } from '../compare/quota.ts'
import { acceptedCodes } from '../convert/accepted.ts'
import type { Plan } from '../migration/facts.ts'
import { overlapGuards, refusals, targetGuards, twinGuards } from '../migration/guards/index.ts'
import type { MoveVerb } from '../migration/rights.ts'
import { claimNames, sharedVolumes } from '../migration/shared-volumes.ts'
import { readClaims } from '../read/twins.ts'
import { v1Pods } from '../v1/pods.ts'
import type { JobConverted } from './prepare-conversion.ts'
import type { JobObserved } from './prepare-facts.ts'
import type { JobRead, PrepareOptions } from './prepare-job.ts'
import { refuse } from './prepare-refusals.ts'

/** Throws a Problem, `guard-CODE`, where a guard refuses the job as it stands among others: in its place, beside v1, or as a twin. */
export async function refuseGuarded(
  cluster: Cluster,
  options: PrepareOptions,
  { v1, dialect, trainerRelease }: JobRead,
  { job, conversion: { proof }, twin, accepted: decided }: JobConverted,
  { facts, neighbours: objects, quotas, waiting }: JobObserved,
  plan: Plan,
  verb: MoveVerb,
): Promise<void> {
  const neighbours = neighbourRows(objects, proof.comparison.pairs)
  const accepted = acceptedCodes({ accept: options.accept, accepted: decided })
  const evidence = { facts, plan, neighbours, accepted, dialect, trainerRelease, waiting }
  if (options.way === 'overlap') {
    const shared = sharedVolumes(job, await readClaims(cluster, options.namespace, claimNames(job)))
    const rows = quotaRows(quotas, proof.v1, proof.v2)
    refuse(v1, refusals(overlapGuards, { ...evidence, quotas: rows, shared }), verb)
  } else if (!options.twin || !twin) refuse(v1, refusals(targetGuards, evidence), verb)
  else {
    const { suffix, flags, isolate } = options.twin
    const rows = quotaRows(quotas, v1Pods(job), proof.v2)
    const { undecided } = twin
    refuse(v1, refusals(twinGuards, { ...evidence, suffix, flags, isolate, quotas: rows, undecided }), verb)
  }
}
