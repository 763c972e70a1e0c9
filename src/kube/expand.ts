import type { ModelPod } from './model-pod.ts'
import type { Container, EnvVar } from './pod.ts'

/**
 * Kubernetes' `$(NAME)` expansion: known names are replaced, unknown ones stay as they are, `$$` is a literal `$`.
 * Source: k8s.io/kubernetes v1.36, third_party/forked/golang/expansion/expand.go.
 */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  let at = text.indexOf('$')
  if (at === -1) return text
  let out = ''
  let from = 0
  // what stands before a `$` is taken as it is
  for (; at !== -1; at = text.indexOf('$', from)) {
    out += text.slice(from, at)
    const next = text[at + 1]
    const end = next === '(' ? text.indexOf(')', at + 2) : -1
    if (end === -1) {
      out += next === '$' ? '$' : `$${next ?? ''}`
      from = at + 2
    } else {
      out += lookup(text.slice(at + 2, end)) ?? text.slice(at, end + 1)
      from = end + 1
    }
  }
  return out + text.slice(from)
}

const keyed = /^metadata\.(labels|annotations)\['([^']+)'\]$/

type ResourceReference = NonNullable<NonNullable<EnvVar['valueFrom']>['resourceFieldRef']>

/** A field of a pod: resolved where the pod model knows it, else a token that names it. */
export function fieldValue(path: string, pod: ModelPod): string {
  const match = keyed.exec(path)
  if (match) {
    const table = match[1] === 'labels' ? pod.labels : pod.annotations
    return table[match[2] ?? ''] ?? ''
  }
  return path === 'metadata.namespace' ? pod.namespace : `<field ${path}>`
}

/** A token for a resource of a pod's container; `own` is the container that refers to itself by naming none. */
export function resourceValue(reference: ResourceReference, pod: ModelPod, own = ''): string {
  const { containerName, resource, divisor } = reference
  const owner = containerName === undefined || containerName === '' ? own : containerName
  const which = owner === pod.main ? '(main)' : owner
  return `<resource ${which} ${resource}${divisor === undefined || String(divisor) === '0' ? '' : `/${divisor}`}>`
}

/** What a source other than a literal gives: resolved where the pod model knows it, else a token that names the source. */
function sourceValue(variable: EnvVar, pod: ModelPod, container: Container): string {
  const from = variable.valueFrom
  if (!from) return variable.value ?? ''
  if (from.fieldRef) return fieldValue(from.fieldRef.fieldPath, pod)
  if (from.resourceFieldRef) return resourceValue(from.resourceFieldRef, pod, container.name)
  if (from.secretKeyRef)
    return `<secret ${from.secretKeyRef.name ?? ''}/${from.secretKeyRef.key}${optional(from.secretKeyRef)}>`
  if (from.configMapKeyRef)
    return `<configMap ${from.configMapKeyRef.name ?? ''}/${from.configMapKeyRef.key}${optional(from.configMapKeyRef)}>`
  return `<${JSON.stringify(from)}>`
}

function optional(reference: { optional?: boolean }): string {
  return reference.optional ? ' optional' : ''
}

/**
 * The environment a container's process sees: the last of a name counts, `$(NAME)` sees only what stands before it.
 * Source: k8s.io/kubernetes v1.36, pkg/kubelet/kubelet_pods.go makeEnvironmentVariables.
 */
export function effectiveEnv(container: Container, pod: ModelPod): Map<string, string> {
  const values = new Map<string, string>()
  const lookup = (name: string) => values.get(name)
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom ? sourceValue(variable, pod, container) : expand(variable.value ?? '', lookup)
    values.set(variable.name, value)
  }
  return values
}
