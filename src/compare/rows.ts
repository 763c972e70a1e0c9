import type { LeafComparison, PodComparison, PodPair } from './pods.ts'

/** What one row of a diff is about. */
export type Aspect = 'env' | 'resources' | 'other'

/** One value compared, once for all the pods it is alike in. */
export interface DiffRow {
  /** `all`, a role (`worker`), or ranks (`rank 0,3`) */
  readonly pods: string
  readonly path: string
  readonly aspect: Aspect
  readonly v1?: string
  readonly v2?: string
  readonly verdict: LeafComparison['verdict']
  /** code and reason of the normalisation or finding that explains it */
  readonly cause?: { readonly code: string; readonly why: string }
  /** what put the value there; `job`: it stands in no pod */
  readonly origin: 'operator' | 'template' | 'job'
}

const verdictOrder = { different: 0, harmless: 1, same: 2 } as const

/** What a finding says of a difference: harmless, or a change a reader should know. */
export interface Explanation {
  readonly code: string
  readonly why: string
  readonly harmless: boolean
}

/** A difference that asks for an explanation. */
export interface Difference {
  readonly path: string
  readonly v1: string | undefined
  readonly v2: string | undefined
  /** of all pods it is alike in */
  readonly ranks: readonly number[]
}

/** Pods that only one side has. */
export function missingPods({ differences }: Pick<PodComparison, 'differences'>): DiffRow[] {
  return differences
    .filter(({ path }) => path === 'pod')
    .map(({ pod, path, v1, v2 }) => ({
      pods: pod,
      path,
      aspect: 'other',
      v1,
      v2,
      verdict: 'different',
      origin: 'template',
    }))
}

/**
 * The values of all pods as rows, differences first, then in the pods' own order. `injected` are the env names v1's operator sets;
 * `explained` gives differences the finding that tells them.
 */
export function diffRows(
  comparison: PodComparison,
  injected: ReadonlySet<string>,
  explained: (difference: Difference) => Explanation | undefined = () => undefined,
): DiffRow[] {
  const groups = new Map<string, { leaf: LeafComparison; pairs: PodPair[] }>()
  for (const pair of comparison.pairs) {
    for (const leaf of pair.leaves) {
      const varies = leaf.verdict === 'same' && leaf.v1 !== leaf.v2
      const key = varies
        ? `${leaf.path}\0same`
        : [leaf.path, leaf.v1 ?? '\u0001', leaf.v2 ?? '\u0001', leaf.verdict].join('\0')
      const group = groups.get(key)
      if (group) group.pairs.push(pair)
      else groups.set(key, { leaf, pairs: [pair] })
    }
  }
  const rows = [...groups.values()].map(({ leaf, pairs }) => {
    const explanation =
      leaf.verdict === 'different'
        ? explained({ path: leaf.path, v1: leaf.v1, v2: leaf.v2, ranks: pairs.map(({ rank }) => rank) })
        : undefined
    const cause = explanation ?? leaf.cause
    const row: DiffRow = {
      pods: podsOf(pairs, comparison.pairs),
      path: leaf.path,
      aspect: aspectOf(leaf.path),
      ...(leaf.v1 === undefined ? {} : { v1: leaf.v1 }),
      ...(leaf.v2 === undefined ? {} : { v2: leaf.v2 }),
      verdict: explanation?.harmless ? 'harmless' : leaf.verdict,
      ...(cause ? { cause: { code: cause.code, why: cause.why } } : {}),
      origin: isInjected(leaf.path, injected) || (cause && leaf.v1 === undefined) ? 'operator' : 'template',
    }
    return row
  })
  return rows.sort((a, b) => verdictOrder[a.verdict] - verdictOrder[b.verdict])
}

/** Env and resources are what people ask for by name; the rest is everything else. */
function aspectOf(path: string): Aspect {
  if (/\]\.env\./.test(path)) return 'env'
  return /\]\.resources\./.test(path) ? 'resources' : 'other'
}

function isInjected(path: string, injected: ReadonlySet<string>): boolean {
  const name = /\]\.env\.(.*)$/.exec(path)?.[1]
  return name !== undefined ? injected.has(name) : /^labels\.training\.kubeflow\.org\/|init-pytorch/.test(path)
}

/** Which pods a row is about, in the fewest words. */
export function podsOf(pairs: readonly PodPair[], all: readonly PodPair[]): string {
  if (pairs.length === all.length) return 'all'
  const role = pairs[0]?.v1.role
  const ofRole = all.filter((pair) => pair.v1.role === role)
  if (pairs.every((pair) => pair.v1.role === role) && pairs.length === ofRole.length) return role ?? ''
  return `rank ${ranges(pairs.map(({ rank }) => rank))}`
}

/** `0-3,7` */
function ranges(ranks: readonly number[]): string {
  const parts: string[] = []
  for (let at = 0; at < ranks.length; ) {
    let end = at
    while (ranks[end + 1] === (ranks[end] ?? 0) + 1) end++
    parts.push(end > at ? `${ranks[at]}-${ranks[end]}` : `${ranks[at]}`)
    at = end + 1
  }
  return parts.join(',')
}
