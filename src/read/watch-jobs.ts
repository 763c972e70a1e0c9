import type { Cluster } from '../cluster/cluster.ts'
import type { KubeObject } from '../kube/object.ts'
import { type Resource, resources } from '../kube/resources.ts'
import { v1Kinds } from '../v1/kinds.ts'
import { settle } from './gaps.ts'
import { type JobQuery, JobReader, jobResources } from './job-reader.ts'
import { inPairs, isSelective, type Jobs, readJobs } from './jobs.ts'
import type { JobRow, OpenJob } from './rows.ts'

export interface WatchOptions {
  /** ends the watch without an error */
  readonly signal: AbortSignal
  /** ends early when the signal aborts */
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** Changes that come within this time are told together. */
const together = 500
/** Pods of jobs that are starting change without a word from the job: they are looked at this often; those that may be found other than told, more seldom. */
const interval = { open: 5000, doubtful: 30_000 } as const

/**
 * The jobs of a query now, and again whenever something changed. Without selectors every kind is watched from where its
 * list ended; with selectors, which a watch would follow for one half of a pair only, the query is read again every five seconds.
 */
export async function* watchJobs(cluster: Cluster, query: JobQuery, options: WatchOptions): AsyncGenerator<Jobs> {
  if (!isSelective(query)) return yield* follow(cluster, query, options)
  while (!options.signal.aborted) {
    yield await readJobs(cluster, query)
    await options.sleep(interval.open)
  }
}

async function* follow(cluster: Cluster, query: JobQuery, { signal, sleep }: WatchOptions): AsyncGenerator<Jobs> {
  const reader = new JobReader(cluster, query)
  const store = new Map<Resource, Map<string, JobRow>>()
  await settle(
    ...jobResources.map(async (resource) => {
      const rows = await reader.rows(resource, query)
      store.set(resource, new Map(rows.map((row) => [row.uid, row])))
    }),
  )
  reader.mustHaveReadSomething()
  // of the two kinds of MPIJob a cluster serves one
  store.set(resources.mpiOperatorJobs, store.get(resources.mpiJobs) ?? new Map())
  const rowsOf = (resource: Resource) => [...(store.get(resource)?.values() ?? [])]
  const now = () =>
    inPairs(
      cluster,
      reader,
      query,
      v1Kinds.flatMap(({ resource }) => rowsOf(resource)),
      rowsOf(resources.trainJobs),
    )
  const news = new News(signal)
  const unknownRuntimes = new Set<string>()
  // stops the watches when the caller stops asking
  const stop = new AbortController()
  const ends = AbortSignal.any([signal, stop.signal])
  for (const [resource, resourceVersion] of reader.versions) {
    const put = async (object: KubeObject) => {
      const job = await measured(reader, object, query, unknownRuntimes)
      reader.open.keep(job)
      store.get(resource)?.set(job.row.uid, job.row)
    }
    const watching = async () => {
      for await (const event of cluster.watch(resource, {
        namespace: query.namespace,
        resourceVersion,
        signal: ends,
      })) {
        if (event.type === 'RESYNC') {
          for (const uid of store.get(resource)?.keys() ?? []) reader.open.forget(uid)
          store.get(resource)?.clear()
          for (const object of event.items) await put(object)
        } else if (event.type === 'DELETED') {
          const uid = event.object.metadata.uid ?? ''
          reader.open.forget(uid)
          store.get(resource)?.delete(uid)
        } else await put(event.object)
        news.tell()
      }
    }
    watching().catch((error) => news.fail(error))
  }
  try {
    yield await now()
    while (!signal.aborted) {
      await Promise.race([news.come(), ...(reader.open.unrest ? [sleep(interval[reader.open.unrest])] : [])])
      if (signal.aborted) return
      await sleep(together)
      news.take()
      yield await now()
    }
  } finally {
    stop.abort()
  }
}

/** A row as the reader makes it; a runtime that came after the others were read is looked for once. */
async function measured(
  reader: JobReader,
  object: KubeObject,
  { namespace }: JobQuery,
  unknown: Set<string>,
): Promise<OpenJob> {
  const job = await reader.toOpenJob(object, namespace)
  const { runtime } = job.row
  if (runtime === undefined || job.shape || unknown.has(`${job.row.namespace}/${runtime}`)) return job
  unknown.add(`${job.row.namespace}/${runtime}`)
  reader.forgetRuntimes()
  return await reader.toOpenJob(object, namespace)
}

/** Something happened, or failed; whoever waits is woken once. */
class News {
  #pending = false
  #failure: { readonly error: unknown } | undefined
  #wake: () => void = () => undefined

  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', () => this.tell(), { once: true })
  }

  tell(): void {
    this.#pending = true
    this.#wake()
  }

  fail(error: unknown): void {
    this.#failure ??= { error }
    this.tell()
  }

  /** Resolves when there is news that nobody took. */
  come(): Promise<void> {
    if (this.#pending) return Promise.resolve()
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  /** Throws what a watch could not be cured of. */
  take(): void {
    this.#pending = false
    if (this.#failure) throw this.#failure.error
  }
}
