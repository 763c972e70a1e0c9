import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { ConfigMaps, ConfigMapText } from '../convert/config-maps.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
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

/**
 * The ConfigMaps written in files that are read once, from the first to the last: a job is told of those before it. Others may be in the
 * cluster or in files nobody named, so that one that is not here is nothing to tell.
 */
export class ConfigMapsOfFiles implements ConfigMapShelf {
  readonly #written = new Map<string, KubeObject[]>()
  /** namespaces of jobs that were asked about before, by the name of a ConfigMap that was not there */
  readonly #asked = new Map<string, Set<string | undefined>>()

  /** Takes an object of any kind; whether it is a ConfigMap that comes too late for a job before it. */
  add(object: Readonly<Record<string, unknown>>): object is KubeObject {
    if (object['kind'] !== 'ConfigMap' || object['apiVersion'] !== 'v1' || !isRecord(object['metadata'])) return false
    const name = String(object['metadata']['name'])
    this.#written.set(name, [...(this.#written.get(name) ?? []), object as unknown as KubeObject])
    const namespace = (object as unknown as KubeObject).metadata.namespace
    const late = [...(this.#asked.get(name) ?? [])].some((asked) => isOne(asked, namespace))
    if (late) this.#asked.delete(name)
    return late
  }

  async of(job: KubeObject): Promise<ConfigMaps> {
    const known = new Map<string, ConfigMapText>()
    for (const { name } of configMapReferences(job)) {
      const found = this.#written
        .get(name)
        ?.findLast(({ metadata }) => isOne(job.metadata.namespace, metadata.namespace))
      if (found) known.set(name, { data: texts(found['data']) })
      else this.#asked.set(name, new Set([...(this.#asked.get(name) ?? []), job.metadata.namespace]))
    }
    return known
  }
}

/** Whether two namespaces may be one: a manifest that names none is created in the one of the others. */
function isOne(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other
}

function texts(data: unknown): Record<string, string> {
  const pairs = Object.entries(isRecord(data) ? data : {})
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
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
