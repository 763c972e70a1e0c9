import { formatFieldPath } from '../kube/field-path.ts'
import { isRecord } from '../kube/object.ts'

/** What type a field has in the API, for the fields this project reads; others are not looked at. */
type FieldType =
  | 'text'
  | 'whole number'
  /** a whole number that Training Operator would take for a limit passed already, were it negative; a Kubernetes Job takes no such one */
  | 'limit'
  | 'flag'
  /** a whole number or a text that is a quantity */
  | 'amount'
  | { readonly map: Readonly<Record<string, FieldType>> }
  | { readonly mapOf: FieldType }
  /** `key`: the field that every item has, and no two the same; `twice`: of which the last item counts */
  | { readonly list: FieldType; readonly key?: string; readonly twice?: boolean }

const map = (fields: Readonly<Record<string, FieldType>> = {}): FieldType => ({ map: fields })
const list = (items: FieldType): FieldType => ({ list: items })
/** A list that the API server keeps as a map (x-kubernetes-list-type). */
const keyed = (items: FieldType, key: string): FieldType => ({ list: items, key })
const texts: FieldType = { mapOf: 'text' }

const variable = map({
  name: 'text',
  value: 'text',
  valueFrom: map({
    fieldRef: map({ fieldPath: 'text', apiVersion: 'text' }),
    resourceFieldRef: map({ resource: 'text', containerName: 'text', divisor: 'amount' }),
    configMapKeyRef: map({ name: 'text', key: 'text', optional: 'flag' }),
    secretKeyRef: map({ name: 'text', key: 'text', optional: 'flag' }),
  }),
})

const amounts: FieldType = { mapOf: 'amount' }

const container = map({
  name: 'text',
  image: 'text',
  command: list('text'),
  args: list('text'),
  // CRDs of older releases took a name twice
  env: { list: variable, key: 'name', twice: true },
  envFrom: list(map()),
  ports: list(map({ name: 'text', containerPort: 'whole number', protocol: 'text' })),
  resources: map({ limits: amounts, requests: amounts, claims: list(map()) }),
  volumeMounts: keyed(map({ name: 'text', mountPath: 'text', subPath: 'text' }), 'mountPath'),
  restartPolicy: 'text',
})

const template = map({
  metadata: map({ labels: texts, annotations: texts }),
  spec: map({
    containers: keyed(container, 'name'),
    initContainers: keyed(container, 'name'),
    volumes: keyed(map({ name: 'text' }), 'name'),
    nodeSelector: texts,
    tolerations: list(map()),
    imagePullSecrets: list(map()),
    affinity: map(),
    securityContext: map(),
    overhead: amounts,
    resources: map({ limits: amounts, requests: amounts }),
    hostNetwork: 'flag',
    hostname: 'text',
    subdomain: 'text',
    restartPolicy: 'text',
  }),
})

/** Of the spec of any kind, its replica specs apart. */
const spec = map({
  runPolicy: map({
    cleanPodPolicy: 'text',
    ttlSecondsAfterFinished: 'whole number',
    activeDeadlineSeconds: 'limit',
    backoffLimit: 'limit',
    schedulingPolicy: map(),
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
})

const metadata = map({ labels: texts, annotations: texts })

/** Types of the parts of a v1 job, as its CRD has them (Training Operator v1.9.4, manifests/base/crds). */
export const fieldTypes = { metadata, spec, template } as const

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
  const members = 'map' in type ? type.map : undefined
  let right = true
  for (const key of Object.keys(members ?? value)) {
    const item = value[key]
    const member = members ? members[key] : 'mapOf' in type ? type.mapOf : undefined
    // most are absent, and need no path
    if (item === undefined || item === null || member === undefined) continue
    if (typeof member === 'string' && scalarFault(item, member) === undefined) continue
    if (!checkTypes(item, member, `${path}${step(key)}`, refuse)) right = false
  }
  return right
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
    const missing = value === undefined || value === null
    if (missing) refuse(`${path}[${at}].${key}`, 'is required')
    else if (!twice && seen.has(value)) refuse(`${path}[${at}]`, `has the ${key} of another: ${JSON.stringify(value)}`)
    else seen.add(value)
    if (missing || (!twice && seen.size <= at)) right = false
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
