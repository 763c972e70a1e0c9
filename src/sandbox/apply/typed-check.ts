import { isRecord } from '../../kube/object.ts'
import { type Atom, elementOf, formOf, type ListAtom, type MapAtom, memberAtom, NoElement } from './atom.ts'
import { pathText } from './field-set.ts'

/**
 * Why an object cannot be merged by its schema, in the words of structured-merge-diff v6.4.2 (typed/validate.go); undefined where it can.
 * @param duplicates items of a list may share a key
 */
export function typeFault(atom: Atom, object: unknown, duplicates = false): string | undefined {
  const faults = faultsOf(atom, object, { path: [], duplicates })
  if (faults.length === 0) return undefined
  return faults.length === 1 ? faults[0] : ['errors:', ...faults.map((fault) => `  ${fault}`)].join('\n')
}

interface Place {
  readonly path: readonly string[]
  readonly duplicates: boolean
}

function faultsOf(atom: Atom, value: unknown, place: Place): string[] {
  if (value === null || value === undefined) return []
  switch (formOf(atom, value)) {
    case 'list':
      return Array.isArray(value) ? itemFaults(atom.list as ListAtom, value, place) : [wrong(place, 'list', value)]
    case 'map':
      return isRecord(value) ? memberFaults(atom.map as MapAtom, value, place) : [wrong(place, 'map', value)]
    default:
      return scalarFaults(atom, value, place)
  }
}

function scalarFaults({ scalar }: Atom, value: unknown, place: Place): string[] {
  if (scalar === 'numeric' && typeof value !== 'number') {
    return [said(place, `expected numeric (int or float), got ${goType(value)}`)]
  }
  if (scalar === 'string' && typeof value !== 'string') {
    return [said(place, `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`)]
  }
  return scalar === 'boolean' && typeof value !== 'boolean' ? [wrong(place, 'boolean', value)] : []
}

function memberFaults(map: MapAtom, value: Readonly<Record<string, unknown>>, place: Place): string[] {
  const faults: string[] = []
  for (const [key, part] of Object.entries(value)) {
    const atom = memberAtom(map, key)
    const inside = { ...place, path: [...place.path, `f:${key}`] }
    // nothing after it is looked at
    if (atom === undefined) return [...faults, said(inside, 'field not declared in schema')]
    faults.push(...faultsOf(atom, part, inside))
  }
  return faults
}

function itemFaults(list: ListAtom, items: readonly unknown[], place: Place): string[] {
  const faults: string[] = []
  const seen = new Set<string>()
  for (const [at, item] of items.entries()) {
    const element = list.atomic ? `i:${at}` : elementIn(list, item)
    if (element instanceof NoElement) return [...faults, said(place, `element ${at}: ${element.message}`)]
    if (seen.has(element) && !place.duplicates) {
      faults.push(said(place, `duplicate entries for key ${pathText([element])}`))
    }
    seen.add(element)
    faults.push(...faultsOf(list.item, item, { ...place, path: [...place.path, element] }))
  }
  return faults
}

function elementIn(list: ListAtom, item: unknown): string | NoElement {
  try {
    return elementOf(list, item)
  } catch (error) {
    if (error instanceof NoElement) return error
    throw error
  }
}

function said({ path }: Place, what: string): string {
  return path.length === 0 ? what : `${pathText(path)}: ${what}`
}

function wrong(place: Place, wanted: string, value: unknown): string {
  return said(place, `expected ${wanted}, got &{${goText(value)}}`)
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (isRecord(value)) return 'map[string]interface {}'
  return typeof value === 'boolean' ? 'bool' : 'string'
}

/** as Go's %#v writes it */
function goSyntax(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!isRecord(value)) return JSON.stringify(value)
  const members = Object.keys(value).sort()
  return `map[string]interface {}{${members.map((key) => `${JSON.stringify(key)}:${goSyntax(value[key])}`).join(', ')}}`
}

/** as Go's %v writes it */
function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isRecord(value)) return String(value)
  const members = Object.keys(value).sort()
  return `map[${members.map((key) => `${key}:${goText(value[key])}`).join(' ')}]`
}
