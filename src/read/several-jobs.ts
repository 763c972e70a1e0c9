import type { Cluster } from '../cluster/cluster.ts'
import { exitCode } from '../exit-code.ts'
import { isFinished } from '../kube/job-state.ts'
import { Problem } from '../problem.ts'
import { v1State } from '../v1/state.ts'
import { readEachKind } from './each-kind.ts'
import { type Gap, Gaps, settle } from './gaps.ts'
import { formatReference, type JobReference, parseReference, parseReferences } from './reference.ts'
import { resolveJob } from './resolve.ts'

/** The jobs that were named or selected, each with its kind, in the order in which they are moved. */
export interface SeveralJobs {
  readonly jobs: readonly JobReference[]
  /** selected, and not moved as they have finished */
  readonly finished: number
  readonly gaps: readonly Gap[]
}

/**
 * The jobs of these names. All are looked for before the first is moved: throws as resolveJob does for one that is not there.
 * @param again what is to be typed for jobs of which each is named once
 */
export async function jobsNamed(
  cluster: Cluster,
  words: readonly string[],
  verb: string,
  again: (jobs: readonly JobReference[]) => string,
): Promise<SeveralJobs> {
  const { namespace } = cluster
  const found = await settle(
    ...parseReferences(words).map((reference) => resolveJob(cluster, reference, namespace, verb)),
  )
  const jobs = found.map(({ kind, object }) => ({ kind: kind.kind, name: object.metadata.name ?? '' }))
  const twice = jobs.find((job, at) => jobs.findIndex(({ kind, name }) => kind === job.kind && name === job.name) < at)
  if (!twice) return { jobs, finished: 0, gaps: [] }
  const each = new Map(jobs.map((job) => [formatReference(job.kind, job.name), job]))
  throw new Problem({
    code: 'usage',
    what: `${twice.name} is named twice`,
    next: [again([...each.values()])],
    exit: exitCode.usage,
  })
}

/** The v1 jobs with these labels that have not finished, by name. As readEachKind. */
export async function jobsSelected(cluster: Cluster, labelSelector: string): Promise<SeveralJobs> {
  const { namespace } = cluster
  const gaps = new Gaps()
  const all = await readEachKind(gaps, namespace, async ({ resource }) => {
    return (await cluster.list(resource, { namespace, labelSelector })).items
  })
  const open = all.filter((job) => !isFinished(v1State(job).word))
  const jobs = open.flatMap(({ kind, metadata }) => parseReference([kind, metadata.name ?? '']) ?? [])
  return {
    jobs: jobs.sort((a, b) => a.name.localeCompare(b.name)),
    finished: all.length - open.length,
    gaps: gaps.all.filter(({ why }) => why === 'forbidden'),
  }
}
