import type { EnvVar } from '../../kube/pod.ts'
import type { Part, SymbolicEnv } from '../../v1/symbolic-env.ts'

/** How a target's pods learn what v1 wrote out per pod, without naming the job. */
export interface Binding {
  /** env variable that holds the job's name, from the JobSet's label */
  readonly jobName: string
  /** env variable that holds a pod's position inside its role, for values it is a part of */
  readonly podIndex: string
  /** downward API field that holds a pod's position among all pods */
  readonly rankField: string
  /** the same for its position inside its role */
  readonly indexField: string
  /** `<replicated job>-<job index>-<pod index>` of a v1 role's pod; the index may be a variable's reference */
  hostOf(role: string, index: number | string): string
}

/** The v2 env that gives a container what v1's operator injected, in v1's order, with the helper variables it needs first. */
export function boundEnv(variables: readonly SymbolicEnv[], binding: Binding, role: string): EnvVar[] {
  const bound = variables.map((variable) => bind(variable, binding, role))
  const uses = (name: string) => {
    const reference = `$(${name})`
    return bound.some(({ value = '' }) => value.includes(reference))
  }
  return [
    ...(uses(binding.jobName) ? [fromField(binding.jobName, "metadata.labels['jobset.sigs.k8s.io/jobset-name']")] : []),
    ...(uses(binding.podIndex) ? [fromField(binding.podIndex, binding.indexField)] : []),
    ...bound,
  ]
}

/** Names of the helper variables: v2's own, in no template and in no v1 pod. */
export function isHelper(name: string, binding: Binding): boolean {
  return name === binding.jobName || name === binding.podIndex
}

function fromField(name: string, fieldPath: string): EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } }
}

function bind({ name, parts }: SymbolicEnv, binding: Binding, role: string): EnvVar {
  const [only] = parts
  if (parts.length === 1 && typeof only === 'object') {
    if ('field' in only) return fromField(name, only.field)
    if ('is' in only && only.is === 'rank') return fromField(name, binding.rankField)
    if ('is' in only && only.is === 'index') return fromField(name, binding.indexField)
  }
  return { name, value: parts.map((part) => textOf(part, binding, role)).join('') }
}

function textOf(part: Part, binding: Binding, role: string): string {
  if (typeof part === 'string') return part
  const job = `$(${binding.jobName})`
  const index = `$(${binding.podIndex})`
  const host = (ofRole: string, at: number | string) => `${job}-${binding.hostOf(ofRole, at)}.${job}`
  if ('host' in part) return host(part.host, part.index)
  if ('field' in part) throw new Error(`field ${part.field} stands alone`)
  switch (part.is) {
    case 'job':
      return job
    case 'index':
      return index
    case 'self':
      return host(role, index)
    case 'rank':
      throw new Error('the rank stands alone')
  }
}

/** Names for the helper variables that no template uses. */
export function helperNames(used: ReadonlySet<string>): Pick<Binding, 'jobName' | 'podIndex'> {
  const free = (name: string) => (used.has(name) ? `KUBECTL_MIGRATE_${name}` : name)
  return { jobName: free('JOBSET_NAME'), podIndex: free('REPLICA_INDEX') }
}
