import { formatFieldPath, type PathStep } from '../kube/field-path.ts'
import { isRecord } from '../kube/object.ts'
import { anyMap, type FieldType, list, map } from './field-type.ts'
import { podSpec, podTemplate } from './pod-template-fields.ts'

const texts: FieldType = { mapOf: 'text' }

/** Of the spec of any kind, its replica specs apart. */
const spec = map(
  {
    runPolicy: map({
      cleanPodPolicy: 'text',
      ttlSecondsAfterFinished: 'whole number',
      activeDeadlineSeconds: 'limit',
      backoffLimit: 'limit',
      schedulingPolicy: anyMap,
      suspend: 'flag',
      managedBy: 'text',
    }),
    nprocPerNode: 'text',
    elasticPolicy: map({
      minReplicas: 'whole number',
      maxReplicas: 'whole number',
      rdzvBackend: 'text',
      rdzvHost: 'text',
      rdzvPort: 'whole number',
      rdzvId: 'text',
      rdzvConf: list(map({ key: 'text', value: 'text' })),
      standalone: 'flag',
      nProcPerNode: 'whole number',
      maxRestarts: 'whole number',
    }),
    successPolicy: 'text',
    enableDynamicWorker: 'flag',
    slotsPerWorker: 'whole number',
    mainContainer: 'text',
    cleanPodPolicy: 'text',
  },
  { open: true },
)

const metadata = map({ labels: texts, annotations: texts }, { open: true })

/** Types of the parts of a v1 job, as its CRD has them (Training Operator v1.9.4, manifests/base/crds). */
export const fieldTypes = { metadata, spec, template: podTemplate, podSpec } as const

/**
 * Calls `refuse` for every value that is not of its type, with its path and what it must be; absent and null values are of every type.
 * Returns whether all were right.
 */
export function checkTypes(
  value: unknown,
  type: FieldType,
  path: string,
  refuse: (path: string, message: string) => void,
): boolean {
  if (value === undefined || value === null) return true
  if (typeof type === 'string') {
    const fault = scalarFault(value, type)
    if (fault !== undefined) refuse(path, fault)
    return fault === undefined
  }
  if ('list' in type) {
    if (!Array.isArray(value)) {
      refuse(path, 'must be a list')
      return false
    }
    const right = value.map((item, at) => {
      if (item !== null) return checkTypes(item, type.list, `${path}[${at}]`, refuse)
      refuse(`${path}[${at}]`, 'must not be empty')
      return false
    })
    return right.every(Boolean) && checkKeys(value, type, path, refuse)
  }
  if (!isRecord(value)) {
    refuse(path, 'must be a map')
    return false
  }
  let right = true
  for (const key of Object.keys(value)) {
    const item = value[key]
    const member = memberType(type, key)
    // most are right, and need no path
    if (item === undefined || item === null || member === undefined) continue
    if (typeof member === 'string' && scalarFault(item, member) === undefined) continue
    if (!checkTypes(item, member, `${path}${step(key)}`, refuse)) right = false
  }
  return checkNeeded(value, type, path, refuse) && right
}

function memberType(
  type: Exclude<FieldType, string | { readonly list: FieldType }>,
  key: string,
): FieldType | undefined {
  return 'map' in type ? type.map.get(key) : type.mapOf
}

function checkNeeded(
  value: Readonly<Record<string, unknown>>,
  type: Exclude<FieldType, string | { readonly list: FieldType }>,
  path: string,
  refuse: (path: string, message: string) => void,
): boolean {
  let right = true
  for (const key of 'map' in type ? type.needed : []) {
    if (value[key] !== undefined && value[key] !== null) continue
    refuse(`${path}${step(key)}`, 'is required')
    right = false
  }
  return right
}

/** A field that its type does not know: the API server drops it from the object. */
export interface UnknownField {
  readonly path: readonly PathStep[]
  /** names of the fields that there are in its place */
  readonly known: readonly string[]
}

/** Every field of a value that its type does not know; a value of another type is not looked into. */
export function unknownFields(value: unknown, type: FieldType): UnknownField[] {
  const found: UnknownField[] = []
  const steps: PathStep[] = []
  const visit = (item: unknown, of: FieldType, step: PathStep): void => {
    steps.push(step)
    look(item, of)
    steps.pop()
  }
  const look = (item: unknown, of: FieldType): void => {
    if (typeof of === 'string' || typeof item !== 'object' || item === null) return
    if ('list' in of) {
      if (Array.isArray(item)) for (const [at, each] of item.entries()) visit(each, of.list, at)
      return
    }
    for (const key of Object.keys(item)) {
      const member = memberType(of, key)
      const value = (item as Readonly<Record<string, unknown>>)[key]
      if (member !== undefined) visit(value, member, key)
      else if ('map' in of && !of.open && value !== undefined && value !== null) {
        found.push({ path: [...steps, key], known: [...of.map.keys()] })
      }
    }
  }
  look(value, type)
  return found
}

function checkKeys(
  items: readonly unknown[],
  { key, twice }: Extract<FieldType, { readonly list: FieldType }>,
  path: string,
  refuse: (path: string, message: string) => void,
): boolean {
  if (key === undefined) return true
  const seen = new Set<unknown>()
  let right = true
  for (const [at, item] of items.entries()) {
    const value = isRecord(item) ? item[key] : undefined
    if (!twice && seen.has(value)) {
      refuse(`${path}[${at}]`, `has the ${key} of another: ${JSON.stringify(value)}`)
      right = false
    }
    seen.add(value)
  }
  return right
}

/** A key as it stands in a field path behind another. */
function step(key: string): string {
  return formatFieldPath(['x', key]).slice(1)
}

/** As the CRD has it (k8s.io/apimachinery v0.36.3, pkg/api/resource/quantity.go). */
const number = /(?:\d+(?:\.\d*)?|\.\d+)/.source
const quantity = new RegExp(`^[+-]?${number}(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?${number})?$`)

function scalarFault(value: unknown, type: Extract<FieldType, string>): string | undefined {
  switch (type) {
    case 'text':
      if (typeof value === 'string') return undefined
      if (typeof value === 'object') return 'must be a string'
      // what was written is not known: 0755 is read as 493, and no, off and n as false
      return `is read as ${typeof value === 'number' ? `the number ${value}` : value} and must be a string: write it in quotes`
    case 'whole number':
      return Number.isInteger(value) ? undefined : 'must be a whole number'
    case 'limit':
      if (!Number.isInteger(value)) return 'must be a whole number'
      return Number(value) < 0 ? 'must not be negative: the job would fail as soon as it starts' : undefined
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'must be true or false'
    case 'number or text':
      return Number.isInteger(value) || typeof value === 'string' ? undefined : 'must be a whole number or a string'
    case 'amount':
      if (Number.isInteger(value) || (typeof value === 'string' && quantity.test(value))) return undefined
      if (typeof value === 'string') {
        return `must be a quantity such as 500m, 16Gi or 1e3: ${JSON.stringify(value)} is none`
      }
      return typeof value === 'number'
        ? `must be a whole number or a string: write "${value}" in quotes`
        : 'must be a quantity'
  }
}
