import { formatQuantity, parseQuantity } from '../../src/kube/quantity.ts'

/** A value of an object that a model and a cluster disagree about. */
export interface Disagreement {
  readonly path: string
  readonly model: string
  readonly live: string
}

/** Something the API server puts into an object beside what its creator wrote: `value` absent means whatever it is. */
export interface Addition {
  readonly path: RegExp
  readonly value?: RegExp
}

const quantities = /\.(limits|requests|overhead)\.[^.]+$|\.(sizeLimit|divisor)$/

/** All scalars of a JSON value by path, lists by position: what is compared, with quantities in one spelling. */
export function leavesOf(value: unknown, path = ''): Map<string, string> {
  const leaves = new Map<string, string>()
  const visit = (item: unknown, at: string): void => {
    if (item === undefined || item === null) return
    if (Array.isArray(item) && item.length > 0) {
      for (const [index, member] of item.entries()) visit(member, `${at}[${index}]`)
    } else if (typeof item === 'object' && Object.keys(item).length > 0) {
      for (const [key, member] of Object.entries(item)) visit(member, at === '' ? key : `${at}.${key}`)
    } else {
      leaves.set(at, typeof item === 'object' ? JSON.stringify(item) : canonical(String(item), at))
    }
  }
  visit(value, path)
  return leaves
}

function canonical(text: string, path: string): string {
  const amount = quantities.test(path) ? parseQuantity(text) : undefined
  return amount === undefined ? text : formatQuantity(amount)
}

/** Go leaves these out of an object when it writes it (`omitempty`). */
const empty = new Set(['', '0', 'false', '[]', '{}'])

/**
 * Every value the two sides do not agree about: what the model says must be in the cluster, what is in the cluster must be in the model
 * or in the list of additions.
 */
export function disagreements(model: unknown, live: unknown, additions: readonly Addition[]): Disagreement[] {
  const expected = leavesOf(model)
  const found = leavesOf(live)
  const all: Disagreement[] = []
  for (const [path, value] of expected) {
    const twin = found.get(path)
    const omitted = twin === undefined && empty.has(value)
    const grown = value === '{}' && [...found.keys()].some((key) => key.startsWith(`${path}.`))
    if (twin !== value && !omitted && !grown) all.push({ path, model: value, live: twin ?? 'absent' })
  }
  for (const [path, value] of found) {
    if (expected.has(path)) continue
    const isAddition = additions.some((addition) => addition.path.test(path) && (addition.value?.test(value) ?? true))
    if (!isAddition) all.push({ path, model: 'absent', live: value })
  }
  return all
}
