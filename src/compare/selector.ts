import { isRecord } from '../kube/object.ts'

export type Labels = Readonly<Record<string, string>>

/**
 * Whether a LabelSelector (matchLabels, matchExpressions) matches labels; an empty one matches everything, an absent one nothing. An
 * operator nobody knows matches nothing. Source: k8s.io/apimachinery v0.36, pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector.
 */
export function selects(selector: unknown, labels: Labels): boolean {
  if (!isRecord(selector)) return false
  const { matchLabels, matchExpressions } = selector
  return (
    (!isRecord(matchLabels) || equal(matchLabels, labels)) &&
    (!Array.isArray(matchExpressions) || matchExpressions.every((each) => isRecord(each) && holds(each, labels)))
  )
}

/** Whether labels hold every pair of a map, as a Service selects; an empty or absent map selects nothing. */
export function holdsAll(map: unknown, labels: Labels): boolean {
  return isRecord(map) && Object.keys(map).length > 0 && equal(map, labels)
}

function equal(wanted: Readonly<Record<string, unknown>>, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value)
}

function holds({ key, operator, values }: Readonly<Record<string, unknown>>, labels: Labels): boolean {
  const value = labels[String(key)]
  const listed = Array.isArray(values) && values.includes(value)
  switch (operator) {
    case 'In':
      return listed
    case 'NotIn':
      return !listed
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}
