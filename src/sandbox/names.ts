import type { ServedResource } from './served.ts'

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** Whether an object of a resource may bear a name. */
export function isName({ plural, group }: ServedResource, name: string): boolean {
  if (group === 'rbac.authorization.k8s.io') return !/[/%]/.test(name) && name !== '.' && name !== '..'
  const isLabel = plural === 'namespaces' || plural === 'services'
  return isLabel ? name.length <= 63 && label.test(name) : name.length <= 253 && subdomain.test(name)
}

/** Why it may not, in the words of the API server. */
export function nameFault(
  { plural }: ServedResource,
  name: string,
): { reason: string; message: string; field: string } {
  const isLabel = plural === 'namespaces' || plural === 'services'
  const words = isLabel
    ? "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  return {
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${JSON.stringify(name)}: ${words}`,
    field: 'metadata.name',
  }
}
