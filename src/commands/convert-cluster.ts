import type { Cluster, ConnectionFlags } from '../cluster/cluster.ts'
import type { Env } from '../env.ts'
import { ServerValidation } from '../execute/validate-conversion.ts'
import { readDialect } from '../read/dialect.ts'
import { clusterShelf, type RuntimeShelf } from '../read/runtimes.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { noteTo } from './screen.ts'

interface OpenCluster {
  readonly namespace: string
  readonly dialect: Dialect
  readonly shelf: RuntimeShelf
  readonly validation: ServerValidation
}

/** The cluster of the connection flags, asked only when something of it is needed. */
export class LazyCluster {
  readonly #env: Env
  readonly #flags: ConnectionFlags
  #cluster: Cluster | undefined
  #opened: Promise<OpenCluster> | undefined

  constructor(env: Env, flags: ConnectionFlags) {
    this.#env = env
    this.#flags = flags
  }

  /** Throws what `connect` and `readDialect` throw. */
  open(): Promise<OpenCluster> {
    this.#opened ??= this.#open()
    return this.#opened
  }

  async #open() {
    const cluster = await this.#env.connect(this.#flags)
    this.#cluster = cluster
    const shelf = clusterShelf(cluster, noteTo(this.#env))
    const validation = new ServerValidation(cluster)
    return { namespace: cluster.namespace, dialect: await readDialect(cluster), shelf, validation }
  }

  close(): void {
    this.#cluster?.close()
  }
}
