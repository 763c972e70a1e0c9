import { equalJson } from '../../kube/clone.ts'
import type { Container, PodSpec, PodTemplate } from '../../kube/pod.ts'
import type { Dialect, PodOverride } from '../../v2/dialects/dialect.ts'

/** Containers whose env only spec.trainer and spec.initializer may set (Trainer v2.3.0, pkg/runtime/framework/plugins/jobset/jobset.go). */
const ownEnv: readonly string[] = ['node', 'dataset-initializer', 'model-initializer']

/** Lists an override merges item by item; others it replaces whole. */
const merged: readonly string[] = ['volumes', 'imagePullSecrets', 'schedulingGates']

/** What an override must say so that a runtime's pods have what `ours` has, as far as the dialect can say it; undefined when nothing. */
export function overrideFor(
  job: string,
  ours: PodTemplate,
  theirs: PodTemplate,
  dialect: Dialect,
): PodOverride | undefined {
  const spec: Record<string, unknown> = {}
  for (const field of dialect.podFields) {
    const value = missing(field, ours.spec[field], theirs.spec[field])
    if (value !== undefined) spec[field] = value
  }
  for (const list of ['containers', 'initContainers'] as const) {
    const containers = (ours.spec[list] ?? []).flatMap((container) => {
      const other = theirs.spec[list]?.find(({ name }) => name === container.name)
      return other ? containerPatch(container, other, dialect) : []
    })
    if (containers.length > 0) spec[list] = containers
  }
  const metadata = dialect.metadata ? metadataPatch(ours.metadata, theirs.metadata) : {}
  if (Object.keys(spec).length + Object.keys(metadata).length === 0) return undefined
  return {
    job,
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
    ...(Object.keys(spec).length > 0 ? { spec: spec as Partial<PodSpec> } : {}),
  }
}

function missing(field: string, ours: unknown, theirs: unknown): unknown {
  if (ours === undefined || equalJson(ours, theirs)) return undefined
  if (!Array.isArray(ours) || !Array.isArray(theirs) || !merged.includes(field)) return ours
  const items = ours.filter((item) => !theirs.some((other) => equalJson(item, other)))
  return items.length > 0 ? items : undefined
}

function containerPatch(ours: Container, theirs: Container, dialect: Dialect): Container[] {
  const patch: Container = { name: ours.name }
  for (const field of dialect.containerFields) {
    if (field === 'env' && ownEnv.includes(ours.name)) continue
    const [mine = [], other = []] = [ours[field], theirs[field]]
    if (equalJson(mine, other)) continue
    if (!Array.isArray(mine) || !Array.isArray(other)) Object.assign(patch, { [field]: mine })
    else {
      const items = mine.filter((item) => !other.some((known) => equalJson(item, known)))
      if (items.length > 0) Object.assign(patch, { [field]: items })
    }
  }
  return Object.keys(patch).length > 1 ? [patch] : []
}

function metadataPatch(
  ours: PodTemplate['metadata'],
  theirs: PodTemplate['metadata'],
): NonNullable<PodOverride['metadata']> {
  const entries = (kind: 'labels' | 'annotations') => {
    const own = Object.entries(ours?.[kind] ?? {}).filter(([key, value]) => theirs?.[kind]?.[key] !== value)
    return own.length > 0 ? { [kind]: Object.fromEntries(own) } : {}
  }
  return { ...entries('labels'), ...entries('annotations') }
}

/** A volume that one container of an override mounts twice: the API keys mounts by volume and refuses it. */
export function doubledMount({ spec = {} }: PodOverride): string | undefined {
  for (const { volumeMounts = [] } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    const names = volumeMounts.map(({ name }) => name)
    const doubled = names.find((name, at) => names.indexOf(name) < at)
    if (doubled !== undefined) return doubled
  }
  return undefined
}
