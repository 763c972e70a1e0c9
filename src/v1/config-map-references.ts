import type { PathStep } from '../kube/field-path.ts'
import { isRecord } from '../kube/object.ts'
import { kindInfo } from './kinds.ts'

/** One place in a job that takes something of a ConfigMap of its namespace. */
export interface ConfigMapReference {
  readonly name: string
  /** the key it takes; absent: all of them */
  readonly key?: string
  /** path of the reference in the job */
  readonly path: readonly PathStep[]
}

/**
 * The ConfigMaps that the pods of a v1 job take files or env from, each place once; a job that is not valid has those that can be read.
 */
export function configMapReferences(object: Readonly<Record<string, unknown>>): ConfigMapReference[] {
  const info = kindInfo(String(object['kind']))
  if (!info) return []
  const replicas = member(member(object, 'spec'), info.specKey)
  return Object.keys(isRecord(replicas) ? replicas : {}).flatMap((role) => {
    const path = ['spec', info.specKey, role, 'template', 'spec']
    const spec = member(member(member(replicas, role), 'template'), 'spec')
    return [
      ...items(spec, 'volumes', path, ['configMap', 'projected']).flatMap(ofVolume),
      ...['containers', 'initContainers'].flatMap((list) =>
        items(spec, list, path, ['env', 'envFrom']).flatMap(ofContainer),
      ),
    ]
  })
}

interface Item {
  readonly value: unknown
  readonly path: readonly PathStep[]
}

function member(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined
}

/** The items of a list that have one of these members: of most jobs none are left. */
function items(owner: unknown, list: string, path: readonly PathStep[], having: readonly string[]): Item[] {
  const found = member(owner, list)
  const kept: Item[] = []
  if (!Array.isArray(found)) return kept
  for (const [at, value] of found.entries()) {
    if (having.some((name) => member(value, name) !== undefined)) kept.push({ value, path: [...path, list, at] })
  }
  return kept
}

function ofVolume({ value, path }: Item): ConfigMapReference[] {
  const projected = items(member(value, 'projected'), 'sources', [...path, 'projected'], ['configMap'])
  return [...ofFiles({ value, path }), ...projected.flatMap(ofFiles)]
}

/** A volume, or a source of a projected one: all keys, or those it lists. */
function ofFiles({ value, path }: Item): ConfigMapReference[] {
  const source = member(value, 'configMap')
  const name = member(source, 'name')
  if (typeof name !== 'string') return []
  const at = [...path, 'configMap']
  const listed = member(source, 'items')
  const keys = Array.isArray(listed) ? listed.map((item) => member(item, 'key')) : []
  if (keys.length === 0) return [{ name, path: at }]
  return keys.flatMap((key) => (typeof key === 'string' ? [{ name, key, path: at }] : []))
}

function ofContainer({ value, path }: Item): ConfigMapReference[] {
  const env = items(value, 'env', path, ['valueFrom']).flatMap((variable): ConfigMapReference[] => {
    const source = member(member(variable.value, 'valueFrom'), 'configMapKeyRef')
    const [name, key] = [member(source, 'name'), member(source, 'key')]
    return typeof name === 'string' && typeof key === 'string' ? [{ name, key, path: variable.path }] : []
  })
  const all = items(value, 'envFrom', path, ['configMapRef']).flatMap((source): ConfigMapReference[] => {
    const name = member(member(source.value, 'configMapRef'), 'name')
    return typeof name === 'string' ? [{ name, path: source.path }] : []
  })
  return [...env, ...all]
}
