import { isRecord } from '../../kube/object.ts'
import { type Atom, elementOf, formOf, type ListAtom, type MapAtom, memberAtom } from './atom.ts'

/**
 * An object with what somebody applies to it: scalars and atomic values are replaced, the rest is merged by keys. Undefined where nothing is left.
 * Source: structured-merge-diff v6.4.2, typed/merge.go.
 */
export function merged(atom: Atom, live: unknown, applied: unknown): unknown {
  if (applied === undefined || live === applied) return live
  if (live === undefined) return applied
  const [was, is] = [formOf(atom, live), formOf(atom, applied)]
  const form = applied === null ? was : is
  if (live !== null && was !== form) return applied
  if (form === 'list') return mergedList(atom.list as ListAtom, live, applied)
  return form === 'map' ? mergedMap(atom.map as MapAtom, live, applied) : applied
}

function mergedMap(map: MapAtom, live: unknown, applied: unknown): unknown {
  const [was, is] = [isRecord(live) ? live : {}, isRecord(applied) ? applied : {}]
  const keys = new Set([...Object.keys(was), ...Object.keys(is)])
  if (map.atomic || keys.size === 0) return applied
  const out: Record<string, unknown> = {}
  for (const key of keys) {
    const value = merged(memberAtom(map, key) ?? {}, was[key], is[key])
    if (value !== undefined) out[key] = value
  }
  return Object.keys(out).length > 0 ? out : undefined
}

function mergedList(list: ListAtom, live: unknown, applied: unknown): unknown {
  const [was, is] = [Array.isArray(live) ? live : [], Array.isArray(applied) ? applied : []]
  if (list.atomic || (was.length === 0 && is.length === 0)) return applied
  return mergedItems(list, was, is)
}

/** Items of both: those that are applied in the order in which they are applied, the others as near as they can to where they were. */
function mergedItems(list: ListAtom, live: readonly unknown[], applied: readonly unknown[]): readonly unknown[] {
  const was = live.map((item) => elementOf(list, item))
  const is = applied.map((item) => elementOf(list, item))
  const wanted = new Map(is.map((element, at) => [element, applied[at]]))
  const present = itemsOnce(was, live)
  const shared = is.filter((element) => present.has(element))
  const done = new Set<string>()
  const out: unknown[] = []
  let [left, right] = [0, 0]
  const take = (element: string): void => {
    done.add(element)
    out.push(merged(list.item, present.get(element), wanted.get(element)))
    right += 1
    if (shared[0] === element) shared.shift()
  }
  while (left < was.length || right < is.length) {
    const [old, next] = [was[left], is[right]]
    if (old !== undefined && old === next) {
      take(old)
      left += 1
    } else if (
      old !== undefined &&
      next !== undefined &&
      wanted.has(old) &&
      shared[0] !== undefined &&
      shared[0] !== old
    ) {
      // it is applied, but not now
      left += 1
    } else if (old !== undefined && !wanted.has(old)) {
      out.push(live[left])
      left += 1
    } else {
      if (old !== undefined && done.has(old)) left += 1
      if (next !== undefined) take(next)
    }
  }
  return out
}

/** Items that share a key are not merged with what is applied, but replaced by it. */
function itemsOnce(elements: readonly string[], items: readonly unknown[]): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const [at, element] of elements.entries()) found.set(element, found.has(element) ? undefined : items[at])
  return found
}
