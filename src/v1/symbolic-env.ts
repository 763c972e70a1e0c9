import type { EnvVar } from '../kube/pod.ts'

/** A piece of a value an operator injects, before it is bound to one pod. */
export type Part =
  | string
  /** host name of a pod of the job; `service`: with the namespace, as a Service's full name */
  | { readonly host: string; readonly index: number; readonly service?: true }
  /** rank: position among all pods, roles one after another; index: position inside the role; self: the pod's own Service; job: the job's name */
  | { readonly is: 'rank' | 'index' | 'self' | 'job' }
  /** a pod field by its downward API path */
  | { readonly field: string }

/** One env variable an operator injects into the pods of a role. */
export interface SymbolicEnv {
  readonly name: string
  readonly parts: readonly Part[]
  /** whether the value is of this job (its size, its settings) and not of the kind and the shape of its replicas */
  readonly perJob: boolean
  /** absent: into every container but init containers; `main`: only into the one that trains */
  readonly only?: 'main'
  /** absent: on every pod of the role; else only on its first pod, or only on the others */
  readonly pods?: 'first' | 'others'
}

/** A variable with the same text on every pod. */
export function literal(name: string, value: string, perJob = false): SymbolicEnv {
  return { name, parts: [value], perJob }
}

/** Where a variable is bound to: one pod of a v1 job. */
export interface Place {
  readonly job: string
  readonly namespace: string
  readonly role: string
  readonly rank: number
  readonly index: number
}

/** The variable as Training Operator writes it into one pod. */
export function bindToPod(variable: SymbolicEnv, place: Place): EnvVar {
  const { name, parts } = variable
  const [only] = parts
  if (parts.length === 1 && typeof only === 'object' && 'field' in only) {
    return { name, valueFrom: { fieldRef: { fieldPath: only.field } } }
  }
  if (parts.length === 1 && only !== undefined) return { name, value: textOf(only, place) }
  return { name, value: parts.map((part) => textOf(part, place)).join('') }
}

function textOf(part: Part, place: Place): string {
  if (typeof part === 'string') return part
  const host = (role: string, index: number) => `${place.job}-${role}-${index}`
  if ('host' in part) return `${host(part.host, part.index)}${part.service ? `.${place.namespace}.svc` : ''}`
  if ('field' in part) throw new Error(`field ${part.field} stands alone`)
  switch (part.is) {
    case 'rank':
      return String(place.rank)
    case 'index':
      return String(place.index)
    case 'self':
      return `${host(place.role, place.index)}.${place.namespace}.svc`
    case 'job':
      return place.job
  }
}
