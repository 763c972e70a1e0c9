import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { ConfigMaps, ConfigMapText } from '../convert/config-maps.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { configMapReferences } from '../v1/config-map-references.ts'

/** What jobs take from ConfigMaps, of a cluster or written beside them. */
export interface ConfigMapShelf {
  /** The ConfigMaps that a job's pods refer to, by name: their texts, or why there are none. */
  of(job: KubeObject): Promise<ConfigMaps>
}

/** The ConfigMaps of a cluster, each read once, and only those that a job refers to. Throws what is neither absence nor a lack of rights. */
export function configMapShelf(cluster: Cluster): ConfigMapShelf {
  const read = new Map<string, Promise<ConfigMapText>>()
  return {
    async of(job) {
      const namespace = job.metadata.namespace ?? cluster.namespace
      const names = [...new Set(configMapReferences(job).map(({ name }) => name))]
      const texts = names.map(async (name) => {
        const key = `${namespace}/${name}`
        const text = read.get(key) ?? textOf(cluster, namespace, name)
        read.set(key, text)
        return [name, await text] as const
      })
      return new Map(await Promise.all(texts))
    },
  }
}

async function textOf(cluster: Cluster, namespace: string, name: string): Promise<ConfigMapText> {
  try {
    const found = await cluster.find<KubeObject & { data?: Record<string, string> }>(
      resources.configMaps,
      namespace,
      name,
    )
    return found ? { data: found.data ?? {} } : { missing: 'absent' }
  } catch (error) {
    if (failedWith(error, 'forbidden')) return { missing: 'forbidden' }
    throw error
  }
}
