import { isRecord, type KubeObject } from '../kube/object.ts'
import { badRequest } from './failure.ts'
import type { ServedResource } from './served.ts'

/** What a list or watch asks for. */
export interface Selection {
  readonly labels?: string
  readonly fields?: string
}

/** A test of one object; throws the API server's 400 for a selector it does not know. */
export function selectionOf(resource: ServedResource, { labels, fields }: Selection): (object: KubeObject) => boolean {
  const terms = [...labelTerms(labels ?? ''), ...fieldTerms(resource, fields ?? '')]
  return (object) => terms.every((term) => term(object))
}

type Term = (object: KubeObject) => boolean

/** Label selectors (k8s.io/apimachinery v0.36.3, pkg/labels/selector.go): equality, sets, presence. */
function labelTerms(selector: string): Term[] {
  if (selector.trim() === '') return []
  return selector.split(/,(?![^(]*\))/).map((text) => {
    const term = text.trim()
    const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term)
    if (set) {
      const [, key = '', operator, list = ''] = set
      const values = list.split(',').map((value) => value.trim())
      for (const [at, value] of values.entries()) mustBeShort(key, value, at)
      return (object) => {
        const value = labelOf(object, key)
        return (value !== undefined && values.includes(value)) === (operator === 'in')
      }
    }
    const equal = /^([^!=\s]+)\s*(==?|!=)\s*([^=\s]*)$/.exec(term)
    if (equal) {
      const [, key = '', operator, value = ''] = equal
      mustBeShort(key, value, 0)
      return (object) => (labelOf(object, key) === value) === (operator !== '!=')
    }
    const presence = /^(!?)([^!=\s(),]+)$/.exec(term)
    if (presence) return (object) => (labelOf(object, presence[2] ?? '') !== undefined) === (presence[1] === '')
    throw badRequest(`unable to parse requirement: found '${term}', expected: !, identifier, or 'end of string'`)
  })
}

/** Of what is no label's value only the length is looked at. */
function mustBeShort(key: string, value: string, at: number): void {
  if (value.length <= 63) return
  const place = `values[${at}][${key}]`
  throw badRequest(
    `unable to parse requirement: ${place}: Invalid value: ${JSON.stringify(value)}: must be no more than 63 bytes`,
  )
}

function labelOf({ metadata }: KubeObject, key: string): string | undefined {
  return metadata.labels?.[key]
}

/** Fields beside name and namespace that may be selected by (kubernetes v1.36.3, pkg/apis/core/v1/conversion.go). */
const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: ['status.phase', 'spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName'],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.fieldPath',
    'reason',
    'type',
    'source',
  ],
  secrets: ['type'],
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
  jobs: ['status.successful'],
}

function fieldTerms(resource: ServedResource, selector: string): Term[] {
  if (selector.trim() === '') return []
  return selector.split(',').map((term) => {
    const [, path = '', operator = '', wanted = ''] = /^([^!=]+)(==?|!=)(.*)$/.exec(term) ?? []
    if (operator === '') throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`)
    const known = [
      'metadata.name',
      ...(resource.namespaced ? ['metadata.namespace'] : []),
      ...(selectable[resource.plural] ?? []),
    ]
    if (!known.includes(path)) {
      throw badRequest(
        resource.custom
          ? `field label not supported: ${path}`
          : `"${path}" is not a known field selector: only ${known.map((name) => `"${name}"`).join(', ')}`,
      )
    }
    return (object) => (textAt(object, path) === wanted) === (operator !== '!=')
  })
}

function textAt(object: KubeObject, path: string): string {
  let value: unknown = object
  for (const key of path.split('.')) value = isRecord(value) ? value[key] : undefined
  return value === undefined || value === null ? '' : String(value)
}
