import type { ModelPod } from '../kube/model-pod.ts'
import type { Container } from '../kube/pod.ts'
import { type HostNames, hasOwnVolumes, type Leaves, ownTexts, pathName, podLeaves, shareTemplate } from './leaves.ts'
import { causeOf } from './normalisations.ts'
import { hasPlainNames, type MayBeHost, withoutTwins } from './twins.ts'

/** The values that the pods of a role share, on both sides. */
interface SharedLeaves {
  readonly v1: ModelPod
  readonly v2: ModelPod
  /** without those that are alike */
  readonly leaves: readonly [Leaves, Leaves]
  readonly same: boolean
  /** what may differ from pod to pod are labels, annotations and texts of containers, each at a path of its own */
  readonly isPlain: boolean
}

/** Tells pairs without a difference, comparing what all pods of a role share once a role. */
export class RoleTwins {
  readonly #hostsOfV1: HostNames
  readonly #hostsOfV2: HostNames
  readonly #mayBeHost: MayBeHost
  readonly #shared = new Map<string, SharedLeaves>()

  constructor(hostsOfV1: HostNames, hostsOfV2: HostNames, mayBeHost: MayBeHost) {
    this.#hostsOfV1 = hostsOfV1
    this.#hostsOfV2 = hostsOfV2
    this.#mayBeHost = mayBeHost
  }

  /** Whether the values of a pair hold no difference; false where they have to be compared in full. */
  areSame(v1: ModelPod, v2: ModelPod): boolean {
    const { same, leaves, isPlain } = this.#sharedBy(v1, v2)
    if (!same) return false
    if (isPlain && hasTexts(v1) && hasTexts(v2)) return this.#haveSameOwn(v1, v2)
    const left = podLeaves(v1, this.#hostsOfV1, 'own')
    const right = podLeaves(v2, this.#hostsOfV2, 'own')
    // values at one path add up, so that those of a path have to be seen together
    return !overlap(left, leaves[0]) && !overlap(right, leaves[1]) && haveSameLeaves(left, right)
  }

  #sharedBy(v1: ModelPod, v2: ModelPod): SharedLeaves {
    const roles = `${v1.role} ${v2.role}`
    const known = this.#shared.get(roles)
    if (known && shareTemplate(known.v1, v1) && shareTemplate(known.v2, v2)) return known
    const [left, right] = withoutTwins(v1, v2, this.#mayBeHost)
    const leaves = [podLeaves(left, this.#hostsOfV1, 'shared'), podLeaves(right, this.#hostsOfV2, 'shared')] as const
    const isPlain = [v1, v2].every((pod) => hasPlainNames(pod) && !hasOwnVolumes(pod))
    const shared = { v1, v2, leaves, same: haveSameLeaves(...leaves), isPlain }
    this.#shared.set(roles, shared)
    return shared
  }

  #haveSameOwn(v1: ModelPod, v2: ModelPod): boolean {
    return (
      this.#haveSameMembers('labels.', asMap(v1.labels), asMap(v2.labels)) &&
      this.#haveSameMembers('annotations.', asMap(v1.annotations), asMap(v2.annotations)) &&
      this.#haveSameTexts('containers', v1, v2) &&
      this.#haveSameTexts('initContainers', v1, v2)
    )
  }

  #haveSameTexts(list: 'containers' | 'initContainers', v1: ModelPod, v2: ModelPod): boolean {
    const name = (container: Container, pod: ModelPod) => pathName(list, container.name, pod.main)
    const others = new Map(v2.spec[list]?.map((container) => [name(container, v2), ownTexts(container, v2)]))
    for (const container of v1.spec[list] ?? []) {
      const path = name(container, v1)
      const texts = others.get(path) ?? new Map()
      others.delete(path)
      if (!this.#haveSameMembers(`${list}[${path}].`, ownTexts(container, v1), texts)) return false
    }
    return [...others].every(([path, texts]) => this.#haveSameMembers(`${list}[${path}].`, new Map(), texts))
  }

  #haveSameMembers(path: string, v1: ReadonlyMap<string, string>, v2: ReadonlyMap<string, string>): boolean {
    for (const [name, left] of v1) {
      const right = v2.get(name)
      if (left === right && !this.#mayBeHost(left)) continue
      if (right !== undefined && this.#hostsOfV1(left) === this.#hostsOfV2(right)) continue
      if (causeOf(path + name, left, right) === undefined) return false
    }
    for (const [name, right] of v2) {
      if (!v1.has(name) && causeOf(path + name, undefined, right) === undefined) return false
    }
    return true
  }
}

function asMap(texts: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(texts))
}

/** Whether its labels and annotations are the texts they should be, and all there is beside its spec. */
function hasTexts({ labels, annotations, finalizers }: ModelPod): boolean {
  return (
    !finalizers &&
    [labels, annotations].every((record) => Object.values(record).every((text) => typeof text === 'string'))
  )
}

function overlap(some: Leaves, others: Leaves): boolean {
  for (const path of some.keys()) if (others.has(path)) return true
  return false
}

function haveSameLeaves(v1: Leaves, v2: Leaves): boolean {
  for (const [path, left] of v1) {
    const right = v2.get(path)
    if (left.canonical !== right?.canonical && causeOf(path, left.value, right?.value) === undefined) return false
  }
  for (const [path, right] of v2) {
    if (!v1.has(path) && causeOf(path, undefined, right.value) === undefined) return false
  }
  return true
}
