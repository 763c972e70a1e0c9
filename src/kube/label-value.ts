/**
 * Why a value can be none of a label or of a node selector, one clause that follows its path; undefined for one that can.
 * Source: k8s.io/apimachinery v0.36, pkg/util/validation.
 */
export function labelValueFault(value: unknown): string | undefined {
  if (typeof value === 'string' && /^$|^[a-z0-9]([-\w.]{0,61}[a-z0-9])?$/i.test(value)) return undefined
  return `is no value of a label: ${JSON.stringify(value)}`
}
