import { formatFieldPath, type PathStep } from '../kube/field-path.ts'
import { isRecord } from '../kube/object.ts'
import { type Finding, type FindingDetail, findingAt } from './finding.ts'

/** Where a value stands in an object: `['spec', 'containers', 0, 'image']`. */
export type Path = readonly PathStep[]

/** What is left of a value. A leaf has no children; an empty map or list is a leaf too, and null is absent, as the API server reads it. */
class Node {
  readonly #value: unknown
  #children: Map<PathStep, Node> | undefined
  #isGrown = false

  constructor(value: unknown) {
    this.#value = value
  }

  /** Made when somebody asks for them: most values are accounted for as a whole. */
  get children(): Map<PathStep, Node> | undefined {
    if (!this.#isGrown) this.#children = childrenOf(this.#value)
    this.#isGrown = true
    return this.#children
  }
}

function childrenOf(value: unknown): Map<PathStep, Node> | undefined {
  const children = new Map<PathStep, Node>()
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) children.set(at, new Node(item))
  } else if (isRecord(value)) {
    for (const key of Object.keys(value)) {
      const item = value[key]
      if (item !== undefined && item !== null) children.set(key, new Node(item))
    }
  }
  return children.size === 0 ? undefined : children
}

/**
 * Every leaf of a v1 object and what became of it. Features account for paths; a leaf nobody accounts for fails the conversion,
 * so that nothing is dropped in silence.
 */
export class Ledger {
  readonly #root: Node
  readonly #findings: Finding[] = []

  /** `object` is read without its status, which no conversion carries. */
  constructor(object: Readonly<Record<string, unknown>>) {
    const { status: _status, ...rest } = object
    this.#root = new Node(rest)
  }

  /** The whole subtree at `path` is on the other side unchanged. Nothing happens where there is none. */
  carry(path: Path): void {
    const last = path.at(-1)
    if (last !== undefined) this.#childrenAt(path.slice(0, -1))?.delete(last)
  }

  /** The same for several fields of the object at `path`. */
  carryFields(path: Path, fields: ReadonlySet<PathStep>): void {
    const children = this.#childrenAt(path)
    // an object has few of the fields that it may have
    for (const field of children?.keys() ?? []) if (fields.has(field)) children?.delete(field)
  }

  #childrenAt(path: Path): Map<PathStep, Node> | undefined {
    let node: Node | undefined = this.#root
    for (const part of path) node = node?.children?.get(part)
    return node?.children
  }

  /** What becomes of the subtree at `path` is told by a finding. */
  note(path: Path, detail: FindingDetail): void {
    this.carry(path)
    this.remark(path, detail)
  }

  /** A finding about a part that features account for field by field: it accounts for nothing itself. */
  remark(path: Path, detail: FindingDetail): void {
    this.#findings.push(findingAt(formatFieldPath(path), detail))
  }

  get findings(): readonly Finding[] {
    return this.#findings
  }

  /** Paths of the leaves nobody accounted for. */
  unaccounted(): Path[] {
    const left: Path[] = []
    const visit = (node: Node, path: Path): void => {
      if (!node.children) left.push(path)
      else for (const [key, child] of node.children) visit(child, [...path, key])
    }
    if (this.#root.children) visit(this.#root, [])
    return left
  }
}
