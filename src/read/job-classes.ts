import type { Cluster } from '../cluster/cluster.ts'
import { ClusterError } from '../cluster/errors.ts'
import type { JobClass } from '../convert/class-words.ts'
import { hashText } from '../kube/hash.ts'
import type { KubeObject } from '../kube/object.ts'
import { Problem } from '../problem.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import type { TrainingRuntime } from '../v2/trainjob.ts'
import { readDialect } from './dialect.ts'

/** Classes of v1 jobs: jobs that differ in their names and numbers alone are converted once. */
export class JobClasses {
  readonly #cluster: Cluster
  readonly #runtimes: () => Promise<readonly TrainingRuntime[]>
  readonly #known = new Map<string, JobClass>()
  /** those that have runtimes of their own */
  #namespaces: ReadonlySet<string | undefined> | undefined
  #dialect: Promise<Dialect | undefined> | undefined

  /** @param runtimes those of the cluster, wherever they are; asked for when the first class is */
  constructor(cluster: Cluster, runtimes: () => Promise<readonly TrainingRuntime[]>) {
    this.#cluster = cluster
    this.#runtimes = runtimes
  }

  /** Asks now for what the first class needs, as others wait for it; a failure is told by the first class. */
  prepare(): void {
    this.#needs().catch(() => undefined)
  }

  async #needs(): Promise<{ dialect: Dialect | undefined; runtimes: readonly TrainingRuntime[] }> {
    this.#dialect ??= dialectOf(this.#cluster)
    const dialect = await this.#dialect
    return { dialect, runtimes: dialect ? await this.#runtimes() : [] }
  }

  async of(object: KubeObject): Promise<JobClass> {
    // the converter is loaded by those who have a job to convert: it would cost every start of the program
    const { classKey, classOf } = await import('../convert/job-class.ts')
    const { dialect, runtimes } = await this.#needs()
    this.#namespaces ??= new Set(runtimes.map(({ metadata }) => metadata.namespace))
    const { namespace = '' } = object.metadata
    const where = this.#namespaces.has(namespace) ? namespace : ''
    const key = hashText(`${where} ${classKey(object)}`)
    const known = this.#known.get(key)
    if (known) return known
    const found = classOf(object, { dialect, runtimes })
    // rows that are known, and answers that have come, do not wait for the classes of a whole page
    await new Promise((resolve) => setImmediate(resolve))
    this.#known.set(key, found)
    return found
  }

  /** Forgets what was found with runtimes that are no longer all there are. */
  forget(): void {
    this.#known.clear()
    this.#namespaces = undefined
  }
}

/** What the cluster's Trainer understands; undefined, which is the newest, where there is none or nobody may ask. */
async function dialectOf(cluster: Cluster): Promise<Dialect | undefined> {
  try {
    return await readDialect(cluster)
  } catch (error) {
    if (error instanceof Problem || (error instanceof ClusterError && error.failure.kind === 'forbidden'))
      return undefined
    throw error
  }
}
