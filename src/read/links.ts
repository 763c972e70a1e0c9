import type { Cluster } from '../cluster/cluster.ts'
import { ClusterError } from '../cluster/errors.ts'
import { resources } from '../kube/resources.ts'
import type { TrainJobLink } from './early-rows.ts'
import { sourceOf } from './rows.ts'

/** With more TrainJobs in a namespace than this, what they are called and made from is not asked for at once. */
const most = 1000

/** What the TrainJobs of namespaces are called and made from, asked for at once for somebody who waits for rows; each namespace once. */
export class Links {
  readonly #cluster: Cluster
  readonly #known = new Map<string, Promise<readonly TrainJobLink[] | undefined>>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** Undefined where there are too many, they cannot be read, or no namespace is meant. */
  async of(namespace: string | undefined): Promise<readonly TrainJobLink[] | undefined> {
    if (namespace === undefined) return undefined
    const known = this.#known.get(namespace) ?? this.#read(namespace)
    this.#known.set(namespace, known)
    return await known
  }

  async #read(namespace: string): Promise<readonly TrainJobLink[] | undefined> {
    try {
      const pages = this.#cluster.pages(resources.trainJobs, { namespace, pageSize: most, metadataOnly: true })
      for await (const { items } of pages) {
        if (items.length >= most) return undefined
        return items.map((item) => ({ name: item.metadata.name ?? '', source: sourceOf(item) }))
      }
    } catch (error) {
      // the list of all TrainJobs, which goes on meanwhile, tells what is wrong
      if (!(error instanceof ClusterError)) throw error
    }
    return undefined
  }
}
