import type { KubeObject } from '../kube/object.ts'

type Refuse = (path: string, message: string) => void

/** RFC 1035 label: Services and TrainJobs are named so. */
const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
/** RFC 1123 label: namespaces. */
const label1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const subdomain1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/**
 * The name of a v1 job, or its generateName where it has none; tells what the API server or Training Operator's webhook would refuse.
 * MPIJobs have no webhook, so that any name goes which the API server takes for a custom resource.
 * Sources: Training Operator v1.9.4, pkg/webhooks/<kind>/; k8s.io/apimachinery v0.36.3, pkg/api/validation/generic.go and
 * pkg/util/validation/validation.go.
 */
export function nameOf({ kind, metadata }: KubeObject, refuse: Refuse): string {
  const namespace = textOf(metadata.namespace, 'metadata.namespace', refuse)
  if (namespace !== '' && (!label1123.test(namespace) || namespace.length > 63)) {
    refuse('metadata.namespace', `"${namespace}" is no namespace: a-z, 0-9 and -, at most 63 long`)
  }
  const name = textOf(metadata.name, 'metadata.name', refuse)
  if (name !== '') {
    check(kind, name, 'metadata.name', refuse)
    return name
  }
  const prefix = textOf(metadata.generateName, 'metadata.generateName', refuse)
  if (prefix !== '') check(kind, prefix, 'metadata.generateName', refuse)
  else if (isAbsent(metadata.name) && isAbsent(metadata.generateName)) refuse('metadata.name', 'is missing')
  return prefix
}

function check(kind: string, written: string, path: string, refuse: Refuse): void {
  // as the API server does: what it will add to a generateName may follow a dash
  const name = path === 'metadata.generateName' ? written.replace(/-$/, '') : written
  if (kind === 'MPIJob') {
    if (subdomain1123.test(name) && name.length <= 253) return
    refuse(path, `"${written}" must be a DNS name (a-z, 0-9, - and .), at most 253 long`)
  } else if (!label1035.test(name) || name.length > 63) {
    refuse(path, `"${written}" must be a DNS label that starts with a letter (a-z, 0-9, -), at most 63 long`)
  }
}

/** Empty where it is absent; YAML reads `n`, `on` and `0755` as other things than text. */
function textOf(value: unknown, path: string, refuse: Refuse): string {
  if (typeof value === 'string') return value
  if (!isAbsent(value)) {
    const read =
      typeof value === 'object' ? (Array.isArray(value) ? 'a list' : 'a map') : `the ${typeof value} ${value}`
    refuse(path, `is read as ${read} and must be text: write it in quotes`)
  }
  return ''
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
