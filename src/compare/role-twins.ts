import { effectiveEnv } from '../kube/expand.ts'
import type { ModelPod } from '../kube/model-pod.ts'
import type { Container } from '../kube/pod.ts'
import {
  areSame,
  expandedText,
  type HostNames,
  hasOwnVolumes,
  type Leaves,
  pathName,
  podLeaves,
  shareTemplate,
} from './leaves.ts'
import { causeOf, causeOfMember } from './normalisations.ts'
import { hasPlainNames, type MayBeHost, withoutTwins } from './twins.ts'

/** The values that the pods of a role share, on both sides. */
interface SharedLeaves {
  /** without those that are alike */
  readonly leaves: readonly [Leaves, Leaves]
  readonly same: boolean
  /** what may differ from pod to pod are labels, annotations and texts of containers, each at a path of its own */
  readonly isPlain: boolean
}

type Env = ReadonlyMap<string, string>
type Run = readonly [Container | undefined, ModelPod]

const none: Env = new Map()

const unlike: SharedLeaves = { leaves: [new Map(), new Map()], same: false, isPlain: false }

/** What was compared last, by what the pods share: one template serves several roles, and many jobs of a folder. */
const compared = new Map<string, SharedLeaves>()
const mostCompared = 500

/** Tells pairs without a difference, comparing what all pods of a role share once a role. */
export class RoleTwins {
  readonly #hostsOfV1: HostNames
  readonly #hostsOfV2: HostNames
  readonly #mayBeHost: MayBeHost
  readonly #ofRoles = new Map<string, { readonly v1: ModelPod; readonly v2: ModelPod; readonly shared: SharedLeaves }>()

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
    const known = this.#ofRoles.get(roles)
    if (known && shareTemplate(known.v1, v1) && shareTemplate(known.v2, v2)) return known.shared
    const shared = this.#sharedByContent(v1, v2)
    this.#ofRoles.set(roles, { v1, v2, shared })
    return shared
  }

  /** Where no host may be named, the outcome depends on what the pods share and on nothing else of their job. */
  #sharedByContent(v1: ModelPod, v2: ModelPod): SharedLeaves {
    const content = `${sharedText(v1)}\n${sharedText(v2)}`
    if (this.#mayBeHost(content)) return this.#compareShared(v1, v2)
    const known = compared.get(content)
    if (known) return known
    const shared = this.#compareShared(v1, v2)
    if (compared.size >= mostCompared) compared.clear()
    compared.set(content, shared)
    return shared
  }

  #compareShared(v1: ModelPod, v2: ModelPod): SharedLeaves {
    const arePlain = hasPlainNames(v1) && hasPlainNames(v2)
    const [left, right] = arePlain ? withoutTwins(v1, v2, this.#mayBeHost) : [v1, v2]
    const leaves = [podLeaves(left, this.#hostsOfV1, 'shared'), podLeaves(right, this.#hostsOfV2, 'shared')] as const
    const isPlain = arePlain && !hasOwnVolumes(v1) && !hasOwnVolumes(v2)
    // hundreds of these are kept, and those of pods that differ are asked no further
    return haveSameLeaves(...leaves) ? { leaves, same: true, isPlain } : unlike
  }

  #haveSameOwn(v1: ModelPod, v2: ModelPod): boolean {
    return (
      this.#haveSameMembers('labels', v1.labels, v2.labels) &&
      this.#haveSameMembers('annotations', v1.annotations, v2.annotations) &&
      this.#haveSameTexts('containers', v1, v2) &&
      this.#haveSameTexts('initContainers', v1, v2)
    )
  }

  #haveSameMembers(path: string, v1: Readonly<Record<string, string>>, v2: Readonly<Record<string, string>>): boolean {
    return (
      Object.keys(v1).every((name) =>
        this.#isSame(path, name, v1[name], Object.hasOwn(v2, name) ? v2[name] : undefined),
      ) && Object.keys(v2).every((name) => Object.hasOwn(v1, name) || this.#isSame(path, name, undefined, v2[name]))
    )
  }

  #haveSameTexts(list: 'containers' | 'initContainers', v1: ModelPod, v2: ModelPod): boolean {
    const others = new Map(v2.spec[list]?.map((container) => [pathName(list, container.name, v2.main), container]))
    for (const container of v1.spec[list] ?? []) {
      const name = pathName(list, container.name, v1.main)
      if (!this.#runSame(`${list}[${name}]`, [container, v1], [others.get(name), v2])) return false
      others.delete(name)
    }
    return [...others].every(([name, container]) => this.#runSame(`${list}[${name}]`, [undefined, v1], [container, v2]))
  }

  /** Whether two containers have the same env, and the same commands and arguments where these can refer to it. */
  #runSame(path: string, [left, v1]: Run, [right, v2]: Run): boolean {
    const ours: Env = left ? effectiveEnv(left, v1) : none
    const theirs: Env = right ? effectiveEnv(right, v2) : none
    for (const [name, value] of ours) if (!this.#isSame(`${path}.env`, name, value, theirs.get(name))) return false
    for (const [name, value] of theirs) {
      if (!ours.has(name) && !this.#isSame(`${path}.env`, name, undefined, value)) return false
    }
    return (['command', 'args'] as const).every((field) => {
      const text = left && expandedText(left, field, 'own', ours)
      const other = right && expandedText(right, field, 'own', theirs)
      return (text === undefined && other === undefined) || this.#isSame(path, field, text, other)
    })
  }

  #isSame(path: string, name: string, v1: string | undefined, v2: string | undefined): boolean {
    if (v1 !== undefined && v2 !== undefined) {
      if (v1 === v2 && !this.#mayBeHost(v1)) return true
      if (this.#hostsOfV1(v1) === this.#hostsOfV2(v2)) return true
    }
    return causeOfMember(path, name, v1, v2) !== undefined
  }
}

/** All that the shared values of a pod are made of: its main container's name, and its spec without env. */
function sharedText({ main, spec }: ModelPod): string {
  const { containers, initContainers, ...others } = spec
  return JSON.stringify([main, others, containers.map(withoutEnv), initContainers?.map(withoutEnv)])
}

function withoutEnv({ env: _env, ...others }: Container): Omit<Container, 'env'> {
  return others
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
    if (!areSame(path, left, right) && causeOf(path, left.value, right?.value) === undefined) return false
  }
  for (const [path, right] of v2) {
    if (!v1.has(path) && causeOf(path, undefined, right.value) === undefined) return false
  }
  return true
}
