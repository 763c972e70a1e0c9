import type { Cluster } from '../cluster/cluster.ts'
import type { Env } from '../env.ts'
import { prepareFinalize } from '../execute/prepare-finalize.ts'
import { type ExitCode, exitCode, worse } from '../exit-code.ts'
import { parseAge } from '../kube/duration.ts'
import { type HeldView, heldLines, manyQuestion } from '../present/finalize-many.ts'
import { gapLines } from '../present/gaps.ts'
import { Problem } from '../problem.ts'
import { type HeldJob, readHeldJobs } from '../read/held-jobs.ts'
import { agreed } from './agreed.ts'
import { type FinalizeOptions, finalizeOne } from './finalize-one.ts'
import { conclude, untilInterrupted } from './moving.ts'
import { told } from './one-by-one.ts'
import { columnsOf } from './screen.ts'

export interface ManyJobs {
  /** as typed: `7d` */
  readonly olderThan: string
  /** absent: all */
  readonly namespace?: string
  readonly selector?: string
}

/** Jobs asked about at once. */
const atOnce = 8

/** Lists the v1 jobs that are held longer, with what refuses each; asks once; deletes one after another. The exit code is the worst. */
export async function finalizeMany(env: Env, cluster: Cluster, options: FinalizeOptions & ManyJobs): Promise<ExitCode> {
  const age = ageOf(options.olderThan)
  const { namespace, selector: labelSelector } = options
  const { held, gaps } = await untilInterrupted(env.signal, readHeldJobs(cluster, { namespace, labelSelector }))
  for (const line of gapLines(gaps)) env.err.write(`${line}\n`)
  const before = env.now().getTime() - age
  const old = held.filter(({ since }) => since !== undefined && Date.parse(since) < before)
  const views = await untilInterrupted(env.signal, viewsOf(env, cluster, options, old))
  env.err.write(`${heldLines(views, held.length, options.olderThan, env.now(), columnsOf(env.err)).join('\n')}\n`)
  const fit = views.filter(({ refused }) => refused === undefined)
  const refused = fit.length < views.length ? exitCode.no : exitCode.ok
  if (fit.length === 0) return refused
  if (options.dryRun === 'none' && !options.yes) {
    if (!(await agreed(env, manyQuestion(fit))) || env.signal.aborted) {
      const exit = env.signal.aborted ? exitCode.interrupted : exitCode.no
      return conclude(
        env,
        undefined,
        { line: 'nothing is finalized: not agreed to; nothing was changed', more: [], exit },
        options.output,
      )
    }
  }
  let worst: ExitCode = refused
  for (const job of fit) {
    if (env.signal.aborted) return exitCode.interrupted
    worst = worse(worst, await told(env, finalizeOne(env, cluster, { ...options, ...oneOf(job), yes: true })))
  }
  return worst
}

function ageOf(text: string): number {
  const age = parseAge(text)
  if (age !== undefined) return age
  throw new Problem({
    code: 'wrong-flag-value',
    what: `--older-than cannot be ${JSON.stringify(text)}: it takes an age`,
    next: ['--older-than 7d   (also 36h, 90m, 0)'],
    exit: exitCode.usage,
  })
}

function oneOf({ kind, name, namespace }: HeldJob) {
  return { reference: { kind: kind.kind, name }, namespace }
}

async function viewsOf(
  env: Env,
  cluster: Cluster,
  options: FinalizeOptions,
  jobs: readonly HeldJob[],
): Promise<HeldView[]> {
  const views: HeldView[] = []
  for (let from = 0; from < jobs.length; from += atOnce) {
    const some = jobs.slice(from, from + atOnce)
    views.push(...(await Promise.all(some.map((job) => viewOf(env, cluster, options, job)))))
  }
  return views
}

/** What one job is told by: a Problem about it does not hide the others. */
async function viewOf(env: Env, cluster: Cluster, options: FinalizeOptions, job: HeldJob): Promise<HeldView> {
  const { since = '' } = job
  const view = { ...job, since }
  try {
    const prepared = await prepareFinalize(cluster, { ...options, ...oneOf(job), now: env.now, sleep: env.sleep })
    if (!('refused' in prepared)) return { ...view, refused: { code: 'gone', message: 'it is gone already' } }
    const [first] = prepared.refused
    return first ? { ...view, refused: first } : { ...view, proof: prepared.evidence.proof }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { ...view, refused: { code: error.data.code, message: error.data.what } }
  }
}
