import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { isActive, isFinished, type StateWord } from '../kube/job-state.ts'
import type { ListedPair } from '../present/list.ts'
import type { JobQuery } from '../read/job-reader.ts'
import type { Jobs } from '../read/jobs.ts'
import { watchJobs } from '../read/watch-jobs.ts'
import { changesOf, keyOf } from './list-changes.ts'
import { type ListSink, nothingFound } from './list-output.ts'

/** Shows a query's jobs until Ctrl-C ends it (exit 130), or until what `until` names has come. */
export async function watchList(
  env: Env,
  cluster: Cluster,
  query: JobQuery,
  view: (jobs: Jobs) => ListedPair[],
  sink: ListSink,
  until?: string,
): Promise<ExitCode> {
  let before: ReadonlyMap<string, ListedPair> | undefined
  try {
    const options = { signal: env.signal, sleep: (milliseconds: number) => env.sleep(milliseconds) }
    for await (const jobs of watchJobs(cluster, query, options)) {
      const pairs = view(jobs)
      const now = new Map(pairs.map((pair) => [keyOf(pair), pair]))
      if (!before || !sink.changed) sink.all(pairs, jobs)
      else {
        const changed = changesOf(before, now)
        if (changed.length > 0) sink.changed(changed)
      }
      before = now
      const end = until === undefined ? undefined : endOf(pairs, until, query)
      if (end) {
        sink.close()
        env.err.write(`${end.words}\n`)
        return end.exit
      }
    }
  } catch (error) {
    if (!(env.signal.aborted && failedWith(error, 'aborted'))) throw error
  } finally {
    sink.close()
  }
  return exitCode.interrupted
}

/** Whether a watch has come to its end: every job has ended, one has failed, or there is none to wait for. */
function endOf(
  pairs: readonly ListedPair[],
  until: string,
  { namespace }: JobQuery,
): { readonly words: string; readonly exit: ExitCode } | undefined {
  if (pairs.length === 0) return { words: nothingFound(namespace), exit: exitCode.no }
  const failed = pairs.filter((pair) => sidesOf(pair).includes('Failed'))
  const [first] = failed
  const names = first && `${first.namespace}/${first.name}${failed.length > 1 ? ` and ${failed.length - 1} more` : ''}`
  if (until === 'failed' && first) return { words: `failed: ${names}`, exit: exitCode.no }
  if (!pairs.every(hasEnded)) return undefined
  const count = `${pairs.length} ${pairs.length === 1 ? 'job has' : 'jobs have'} ended`
  return first
    ? { words: `${count}, failed: ${names}`, exit: exitCode.no }
    : { words: `${count}, none failed`, exit: exitCode.ok }
}

/** One side has finished, and the other has, too, or is held. */
function hasEnded(pair: ListedPair): boolean {
  const states = sidesOf(pair)
  return states.some(isFinished) && !states.some(isActive)
}

function sidesOf({ v1, v2 }: ListedPair): StateWord[] {
  return [v1, v2].flatMap((side) => side?.state ?? [])
}
