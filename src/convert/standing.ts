import { rankFinder } from '../compare/live.ts'
import { comparePods, type PodDifference, type PodPair } from '../compare/pods.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { Problem } from '../problem.ts'
import { type Gang, gangOfPods } from '../v1/gang.ts'
import { parseV1Job } from '../v1/job.ts'
import { v1Pods } from '../v1/pods.ts'
import { newestDialect } from '../v2/dialects/index.ts'
import { jobSetPods } from '../v2/pods.ts'
import type { JobSetSpec, TrainJob } from '../v2/trainjob.ts'
import { lostCodes } from './codes.ts'
import { explainer, ownConversion } from './examine.ts'
import { twinChanges } from './twin.ts'

/** A v1 job against the JobSet that Trainer has made beside it. */
export interface Standing {
  /** of v1 */
  readonly pods: number
  /** without a difference, but for harmless ones */
  readonly same: number
  /** that differ in nothing but what has a reason */
  readonly explained: number
  /** causes of harmless differences, each counted once */
  readonly harmless: number
  /** values without a reason, and in how many pods */
  readonly differing: readonly { readonly path: string; readonly pods: number }[]
  /** the v1 pod in whose place a v2 pod is: its rank, and its name without the job's */
  placeOf(pod: Pod): { readonly rank: number; readonly v1: string } | undefined
}

/**
 * Compares the pods of a v1 job with those of the JobSet as it stands, rank by rank. Undefined where one of both does not tell its pods: a v1 job
 * that Training Operator would not run, a JobSet without pod templates. Whether v1's operator makes gangs its pods tell, and where there are none
 * the JobSet.
 */
export function standing(
  object: KubeObject,
  trainJob: TrainJob,
  jobSet: KubeObject,
  livePods: readonly Pod[] = [],
): Standing | undefined {
  const parsed = parseV1Job(object)
  const spec = jobSet['spec']
  if (!('job' in parsed) || !hasPods(spec)) return undefined
  const models = jobSetPods(jobSet.metadata.name ?? '', parsed.job.namespace, spec)
  const gang = gangOfPods((livePods.length > 0 ? livePods : models).map(({ spec: pod }) => pod))
  const { pairs, differences } = comparePods(v1Pods({ ...parsed.job, gang }), models)
  const left = differences.length === 0 ? [] : withoutReason(object, trainJob, jobSet, gang, differences)
  const ranks = new Set(differences.map(({ rank }) => rank))
  const leftRanks = new Set(left.map(({ rank }) => rank))
  const causes = pairs.flatMap(({ leaves }) => leaves.flatMap(({ cause }) => cause?.code ?? []))
  const byName = new Map(pairs.map((pair) => [pair.v2.name, pair]))
  const rankOf = rankFinder(models)
  return {
    pods: parsed.job.total,
    same: pairs.filter(({ rank }) => !ranks.has(rank)).length,
    explained: pairs.filter(({ rank }) => ranks.has(rank) && !leftRanks.has(rank)).length,
    harmless: new Set(causes).size,
    differing: countedByPath(left),
    placeOf(pod) {
      const at = rankOf(pod)
      const pair = at === undefined ? undefined : byName.get(models[at]?.name ?? '')
      return pair && placeOfPair(pair)
    },
  }
}

function placeOfPair({ rank, label }: PodPair) {
  return { rank, v1: label }
}

function countedByPath(differences: readonly PodDifference[]): { path: string; pods: number }[] {
  const counts = new Map<string, number>()
  for (const { path } of differences) counts.set(path, (counts.get(path) ?? 0) + 1)
  return [...counts].map(([path, pods]) => ({ path, pods }))
}

/** Those that the conversion of this job does not make as well, and that are not Trainer's documented way of the same thing. */
function withoutReason(
  object: KubeObject,
  trainJob: TrainJob,
  jobSet: KubeObject,
  gang: Gang | undefined,
  differences: readonly PodDifference[],
): readonly PodDifference[] {
  const ways = object.kind === 'MPIJob' ? (['exec', 'ssh'] as const) : [undefined]
  const left = ways.map((mpi) => {
    const explained = explainedBy(object, trainJob, jobSet, gang, mpi)
    return explained ? differences.filter((difference) => !explained(difference)) : differences
  })
  return left.reduce((best, each) => (each.length < best.length ? each : best))
}

function explainedBy(
  object: KubeObject,
  trainJob: TrainJob,
  jobSet: KubeObject,
  gang: Gang | undefined,
  mpi: 'exec' | 'ssh' | undefined,
) {
  const podLabels = JSON.stringify(jobSet['spec']).includes('"training.kubeflow.org/job-name"') ? 'v1' : undefined
  const fewer = twinChanges(trainJob)?.nodes !== undefined
  try {
    const ours = ownConversion(object, trainJob, {
      name: trainJob.metadata.name,
      anyName: true,
      live: false,
      run: true,
      accept: lostCodes,
      mpi,
      gangScheduler: gang?.scheduler,
      podLabels,
      dialect: newestDialect,
      toolVersion: '',
    })
    const explained = explainer(ours, new Map())
    return ({ path, v1, v2, rank }: PodDifference) =>
      (path === 'pod' && fewer) || explained({ path, v1, v2, ranks: [rank] }) !== undefined
  } catch (error) {
    // a job that is not converted has no reasons to give
    if (!(error instanceof Problem)) throw error
    return undefined
  }
}

function hasPods(spec: unknown): spec is JobSetSpec {
  const jobs = isRecord(spec) ? spec['replicatedJobs'] : undefined
  return Array.isArray(jobs) && jobs.length > 0 && jobs.every((job: unknown) => hasContainers(job))
}

function hasContainers(job: unknown): boolean {
  const path = ['template', 'spec', 'template', 'spec', 'containers']
  return Array.isArray(path.reduce((value, key) => (isRecord(value) ? value[key] : undefined), job))
}
