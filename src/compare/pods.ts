import type { ModelPod } from '../kube/model-pod.ts'
import { areSame, type HostNames, type Leaf, type Leaves, podLeaves } from './leaves.ts'
import { causeOf, type Normalisation } from './normalisations.ts'
import { RoleTwins } from './role-twins.ts'
import type { MayBeHost } from './twins.ts'

/** One value compared: absent on a side means undefined there. */
export interface LeafComparison {
  readonly path: string
  readonly v1?: string
  readonly v2?: string
  readonly verdict: 'same' | 'harmless' | 'different'
  /** why a harmless one is harmless */
  readonly cause?: Normalisation
}

export interface PodPair {
  /** `master-0`, `worker-3`: v1's name for the pod without the job's */
  readonly label: string
  readonly rank: number
  readonly v1: ModelPod
  readonly v2: ModelPod
  readonly leaves: readonly LeafComparison[]
}

/** A difference that nothing explains away, in one pod. */
export interface PodDifference {
  readonly pod: string
  readonly rank: number
  readonly path: string
  readonly v1?: string
  readonly v2?: string
}

export interface PodComparison {
  readonly pairs: readonly PodPair[]
  /** differences nothing explains: a proof needs none */
  readonly differences: readonly PodDifference[]
}

/** One that is made as far as it is asked about: most runtimes are told from v1's pods by their first one. */
export interface LazyComparison extends PodComparison {
  /** whether there is such a difference */
  some(wanted: (difference: PodDifference) => boolean): boolean
}

/** Compares the pods of both sides by rank, value by value, after the published normalisations. */
export function comparePods(v1: readonly ModelPod[], v2: readonly ModelPod[]): LazyComparison {
  const twins = pairUp(v1, v2)
  const { hosts: hostsOfV1, mayHold: mayBeOfV1 } = hostNames(v1, v1)
  const { hosts: hostsOfV2, mayHold: mayBeOfV2 } = hostNames(twins, v1)
  const twinsOfRoles = new RoleTwins(hostsOfV1, hostsOfV2, (text) => mayBeOfV1(text) || mayBeOfV2(text))
  const compared = twins.map((twin, rank) => {
    const left = v1[rank]
    return left && twin
      ? new ComparedPair(rank, left, nameMainLike(twin, left), hostsOfV1, hostsOfV2)
      : lonePod(rank, left, twin)
  })
  return new PodsCompared(compared, twinsOfRoles)
}

class PodsCompared implements LazyComparison {
  readonly pairs: readonly PodPair[]
  readonly #found: PodDifference[] = []
  readonly #rest: Iterator<PodDifference>

  constructor(compared: readonly (ComparedPair | PodDifference)[], twinsOfRoles: RoleTwins) {
    this.pairs = compared.filter((one) => one instanceof ComparedPair)
    this.#rest = differencesOf(compared, twinsOfRoles)
  }

  get differences(): readonly PodDifference[] {
    this.some(() => false)
    return this.#found
  }

  some(wanted: (difference: PodDifference) => boolean): boolean {
    if (this.#found.some(wanted)) return true
    for (let next = this.#rest.next(); !next.done; next = this.#rest.next()) {
      this.#found.push(next.value)
      if (wanted(next.value)) return true
    }
    return false
  }
}

function* differencesOf(
  compared: readonly (ComparedPair | PodDifference)[],
  twinsOfRoles: RoleTwins,
): Generator<PodDifference, void> {
  for (const one of compared) {
    if (!(one instanceof ComparedPair)) yield one
    else if (!twinsOfRoles.areSame(one.v1, one.v2)) yield* unexplained(one)
  }
}

function lonePod(rank: number, v1: ModelPod | undefined, v2: ModelPod | undefined): PodDifference {
  const pod = v1 ?? v2
  return {
    pod: pod ? podLabel(pod) : '',
    rank,
    path: 'pod',
    ...(v1 ? { v1: v1.name } : {}),
    ...(v2 ? { v2: v2.name } : {}),
  }
}

/** A pair whose values are listed when somebody asks for them. */
class ComparedPair implements PodPair {
  readonly label: string
  readonly rank: number
  readonly v1: ModelPod
  readonly v2: ModelPod
  readonly #hosts: readonly [HostNames, HostNames]
  #leaves: readonly LeafComparison[] | undefined

  constructor(rank: number, v1: ModelPod, v2: ModelPod, hostsOfV1: HostNames, hostsOfV2: HostNames) {
    this.label = podLabel(v1)
    this.rank = rank
    this.v1 = v1
    this.v2 = v2
    this.#hosts = [hostsOfV1, hostsOfV2]
  }

  get leaves(): readonly LeafComparison[] {
    const [hostsOfV1, hostsOfV2] = this.#hosts
    this.#leaves ??= compareLeaves(podLeaves(this.v1, hostsOfV1), podLeaves(this.v2, hostsOfV2))
    return this.#leaves
  }
}

/** v2's pods in the order of v1's: those of a role by the same name first, the rest one after another. */
function pairUp(v1: readonly ModelPod[], v2: readonly ModelPod[]): (ModelPod | undefined)[] {
  const byPlace = new Map(v2.map((pod) => [podLabel(pod), pod]))
  const named = v1.map((pod) => byPlace.get(podLabel(pod)))
  const taken = new Set(named)
  const rest = v2.filter((pod) => !taken.has(pod))
  const paired = named.map((pod) => pod ?? rest.shift())
  return [...paired, ...rest]
}

/** A pod without its job's name: `master-0`. */
function podLabel(pod: ModelPod): string {
  return `${pod.role}-${pod.index}`
}

/** Outside Trainer's convention a v2 container may keep v1's name, at any place in the list and beside one called node. */
function nameMainLike(pod: ModelPod, like: ModelPod): ModelPod {
  return pod.spec.containers.some(({ name }) => name === like.main) ? { ...pod, main: like.main } : pod
}

function unexplained(pair: PodPair): PodDifference[] {
  return pair.leaves
    .filter((leaf) => leaf.verdict === 'different')
    .map(({ path, v1, v2 }) => ({
      pod: pair.label,
      rank: pair.rank,
      path,
      ...(v1 === undefined ? {} : { v1 }),
      ...(v2 === undefined ? {} : { v2 }),
    }))
}

function compareLeaves(v1: Leaves, v2: Leaves): LeafComparison[] {
  const rows: LeafComparison[] = []
  for (const [path, left] of v1) rows.push(compareLeaf(path, left, v2.get(path)))
  for (const [path, right] of v2) if (!v1.has(path)) rows.push(compareLeaf(path, undefined, right))
  return rows
}

function compareLeaf(path: string, v1: Leaf | undefined, v2: Leaf | undefined): LeafComparison {
  const values = { path, ...(v1 ? { v1: v1.value } : {}), ...(v2 ? { v2: v2.value } : {}) }
  if (areSame(path, v1, v2)) return { ...values, verdict: 'same' }
  const cause = causeOf(path, v1?.value, v2?.value)
  return cause ? { ...values, verdict: 'harmless', cause } : { ...values, verdict: 'different' }
}

/**
 * Replaces the host names of a side's pods by a token for the v1 pod of the same rank. Names are matched whole: `train-master-0`
 * does not match inside `train-master-01`.
 */
function hostNames(
  all: readonly (ModelPod | undefined)[],
  like: readonly ModelPod[],
): { readonly hosts: HostNames; readonly mayHold: MayBeHost } {
  const tokens = new Map<string, string>()
  all.forEach((pod, rank) => {
    const twin = like[rank]
    if (!twin || !pod) return
    for (const address of pod.addresses) tokens.set(address, `<${podLabel(twin)}>`)
  })
  const prefix = commonPrefix([...tokens.keys()])
  const word = /[A-Za-z0-9_][A-Za-z0-9_.-]*/g
  const mayHold = (text: string) => text.includes(prefix)
  const hosts = (text: string) =>
    mayHold(text) ? text.replace(word, (candidate) => tokens.get(candidate) ?? trimmed(candidate, tokens)) : text
  return { hosts, mayHold }
}

/** A name at the end of a sentence, or before a dash, carries punctuation that is not its own. */
function trimmed(candidate: string, tokens: ReadonlyMap<string, string>): string {
  const bare = candidate.replace(/[.-]+$/, '')
  const token = tokens.get(bare)
  return token === undefined ? candidate : token + candidate.slice(bare.length)
}

/** What all host names begin with: a cheap test before any replacing. */
function commonPrefix(names: readonly string[]): string {
  let prefix = names[0] ?? ''
  for (const name of names) if (!name.startsWith(prefix)) prefix = sharedStart(prefix, name)
  return prefix
}

function sharedStart(one: string, other: string): string {
  let length = 0
  while (length < one.length && one[length] === other[length]) length++
  return one.slice(0, length)
}
