/** What type a field has in the API. */
export type FieldType =
  | 'text'
  | 'whole number'
  /** a whole number that Training Operator would take for a limit passed already, were it negative; a Kubernetes Job takes no such one */
  | 'limit'
  | 'flag'
  /** a whole number or a text that is a quantity */
  | 'amount'
  | 'number or text'
  | MapType
  | { readonly mapOf: FieldType }
  /** `key`: the field in which no two items are the same; `twice`: of which the last item counts */
  | { readonly list: FieldType; readonly key?: string; readonly twice?: boolean }

/** A map of fields that are known by name. */
interface MapType {
  readonly map: ReadonlyMap<string, FieldType>
  /** those that must be there */
  readonly needed: readonly string[]
  /** others may be there as well, and are not looked at */
  readonly open: boolean
}

/** A map of these fields; a name that ends in `!` is that of one that must be there. */
export function map(fields: Readonly<Record<string, FieldType>>, { open = false } = {}): MapType {
  const named = new Map(Object.entries(fields).map(([name, type]) => [name.replace(/!$/, ''), type]))
  const needed = Object.keys(fields).flatMap((name) => (name.endsWith('!') ? name.slice(0, -1) : []))
  return { map: named, needed, open }
}

/** A map of whose fields nothing is said. */
export const anyMap = map({}, { open: true })

/** A list of such items. */
export function list(items: FieldType): FieldType {
  return { list: items }
}

/** A list that the API server keeps as a map (x-kubernetes-list-type). */
export function keyed(items: FieldType, key: string): FieldType {
  return { list: items, key }
}
