import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { ListedPair } from '../present/list.ts'
import type { JobQuery } from '../read/job-reader.ts'
import type { Jobs } from '../read/jobs.ts'
import { watchJobs } from '../read/watch-jobs.ts'
import type { ListSink } from './list-output.ts'

/** Shows a query's jobs until Ctrl-C ends it (exit 130). */
export async function watchList(
  env: Env,
  cluster: Cluster,
  query: JobQuery,
  view: (jobs: Jobs) => ListedPair[],
  sink: ListSink,
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
    }
  } catch (error) {
    if (!(env.signal.aborted && failedWith(error, 'aborted'))) throw error
  } finally {
    sink.close()
  }
  return exitCode.interrupted
}

function changesOf(before: ReadonlyMap<string, ListedPair>, now: ReadonlyMap<string, ListedPair>): ListedPair[] {
  const changed = [...now].flatMap(([key, pair]) => {
    const old = before.get(key)
    return old && JSON.stringify(old) === JSON.stringify(pair) ? [] : pair
  })
  const gone = [...before].flatMap(([key, pair]) => (now.has(key) ? [] : { ...pair, deleted: true as const }))
  return [...changed, ...gone]
}

/** A pair is the same one as long as its two objects are of these names. */
function keyOf({ namespace, name, v1, v2 }: ListedPair): string {
  return `${namespace}/${v1?.kind ?? ''}/${name}/${v1 && v2 && v2.name !== name ? v2.name : ''}`
}
