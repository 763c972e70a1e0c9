import { ClusterError } from '../../src/cluster/errors.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { type Resource, resourceName } from '../../src/kube/resources.ts'

/** Label selectors as the API server reads them, the forms this project sends; any other form is an error of the test. */
export function matchesLabels(selector: string | undefined, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined || selector === '') return true
  return selector.split(/,(?![^(]*\))/).every((term) => matchesTerm(term.trim(), labels))
}

function matchesTerm(term: string, labels: Readonly<Record<string, string>>): boolean {
  const set = /^(\S+) (in|notin) \(([^)]*)\)$/.exec(term)
  if (set) {
    const [, key = '', operator, values = ''] = set
    for (const value of values.split(',')) mustBeLabelValue(key, value)
    const value = labels[key]
    const inside = value !== undefined && values.split(',').includes(value)
    return operator === 'in' ? inside : !inside
  }
  const equal = /^([^!=\s]+)(==?|!=)([^=]*)$/.exec(term)
  if (equal) mustBeLabelValue(equal[1] ?? '', equal[3] ?? '')
  if (equal) return (labels[equal[1] ?? ''] === equal[3]) === (equal[2] !== '!=')
  const exists = /^(!?)([^!=\s(),]+)$/.exec(term)
  if (exists) return (exists[2] ?? '') in labels === (exists[1] === '')
  throw new Error(`label selector not understood by the fake cluster: ${term}`)
}

/** The API server's 400 for what no label has as its value. */
function mustBeLabelValue(key: string, value: string): void {
  if (value.length <= 63) return
  const message = `unable to parse requirement: values[0][${key}]: Invalid value: "${value}": must be no more than 63 bytes`
  throw new ClusterError({ kind: 'internal', status: 400, message, verb: 'list', resource: 'pods' })
}

const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: ['status.phase', 'spec.nodeName', 'spec.restartPolicy'],
  events: ['involvedObject.name', 'involvedObject.kind', 'involvedObject.uid', 'reason', 'type'],
}

/**
 * Field selectors as the API server reads them: metadata.name and metadata.namespace everywhere, a few more for pods and
 * events, and 400 for all others. With no object it only checks.
 */
export function matchesFields(
  resource: Resource,
  selector: string | undefined,
  object: KubeObject | undefined,
): boolean {
  if (selector === undefined || selector === '') return true
  return selector.split(',').every((term) => {
    const [, path = '', operator = '', wanted = ''] = /^([^!=]+)(==?|!=)(.*)$/.exec(term) ?? []
    const allowed = ['metadata.name', 'metadata.namespace', ...(selectable[resource.plural] ?? [])]
    if (!allowed.includes(path)) {
      throw new ClusterError({
        kind: 'internal',
        status: 400,
        message: `field label not supported: ${path}`,
        verb: 'list',
        resource: resourceName(resource),
      })
    }
    if (!object) return true
    const value = path
      .split('.')
      .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], object)
    return (String(value ?? '') === wanted) === (operator !== '!=')
  })
}
