import { clone } from '../kube/clone.ts'
import { isRecord } from '../kube/object.ts'

/**
 * Lists that merge by a key; every other list is replaced whole.
 * Source: patchMergeKey tags of k8s.io/api v0.36.3 core/v1/types.go and JobSet v0.12.0 api/jobset/v1alpha2/jobset_types.go.
 */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  imagePullSecrets: 'name',
  schedulingGates: 'name',
  resourceClaims: 'name',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  ports: 'containerPort',
}

/** replicatedJobs merges by name only at the top of a JobSetSpec. */
const jobSetMergeKeys: Readonly<Record<string, string>> = { ...mergeKeys, replicatedJobs: 'name' }

/**
 * A strategic merge patch on a JobSetSpec, as Trainer v2.3 applies runtimePatches (pkg/runtime/core/trainingruntime.go): maps merge,
 * keyed lists merge item by item, other lists and scalars are replaced, null removes. Patched items stand in the patch's order, the
 * others in the base's; an item new to the base stands before those that are only the base's
 * (k8s.io/apimachinery v0.36.3, pkg/util/strategicpatch/patch.go normalizeElementOrder). Neither argument is changed.
 */
export function strategicMerge<T>(base: T, patch: unknown): T {
  return merge(base, patch) as T
}

function merge(base: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return clone(patch)
  const merged: Record<string, unknown> = isRecord(base) ? { ...base } : {}
  for (const [key, value] of Object.entries(patch)) {
    const mergeKey = jobSetMergeKeys[key]
    if (value === null) delete merged[key]
    else if (Array.isArray(value) && mergeKey !== undefined) merged[key] = mergeList(merged[key], value, mergeKey)
    else if (isRecord(value)) merged[key] = merge(merged[key], value)
    else merged[key] = clone(value)
  }
  return merged
}

function mergeList(base: unknown, patch: readonly unknown[], mergeKey: string): unknown[] {
  const original: readonly unknown[] = Array.isArray(base) ? base : []
  const keysOf = (items: readonly unknown[]) => items.map((item) => keyOf(item, mergeKey))
  const before = keysOf(original)
  const patched = new Map<unknown, unknown>()
  for (const item of patch) {
    const key = keyOf(item, mergeKey)
    patched.set(key, merge(patched.get(key) ?? original[before.indexOf(key)], item))
  }
  const kept = original.filter((item) => !patched.has(keyOf(item, mergeKey)))
  return interleave(kept, [...patched.values()], (item) => before.indexOf(keyOf(item, mergeKey)))
}

/** Kept items before the patched ones that they stood before; new items as soon as it is their turn. */
function interleave(kept: unknown[], patched: unknown[], place: (item: unknown) => number): unknown[] {
  const all: unknown[] = []
  while (kept.length > 0 && patched.length > 0) {
    const isBefore = place(kept[0]) < place(patched[0])
    all.push(isBefore ? kept.shift() : patched.shift())
  }
  return [...all, ...kept, ...patched]
}

function keyOf(item: unknown, mergeKey: string): unknown {
  return isRecord(item) ? item[mergeKey] : undefined
}
