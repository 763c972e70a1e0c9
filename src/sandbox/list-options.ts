import { badRequest, type Cause, Failure } from './failure.ts'
import type { Store } from './store.ts'

/**
 * Refuses options of a list or watch that do not go together, and versions that are none or not there yet.
 * Source: k8s.io/apimachinery v0.36.3, pkg/apis/meta/internalversion/validation/validation.go; k8s.io/apiserver v0.36.3, pkg/storage.
 */
export function checkListOptions(query: URLSearchParams, watch: boolean, store: Store): void {
  const match = query.get('resourceVersionMatch') ?? ''
  const version = query.get('resourceVersion') ?? ''
  const initial = query.has('sendInitialEvents')
  const causes: Cause[] = []
  const forbid = (field: string, words: string): void =>
    void causes.push({ reason: 'FieldValueForbidden', message: `Forbidden: ${words}`, field })
  const unsupported = (known: readonly string[]): void => {
    const values = known.map((value) => JSON.stringify(value)).join(', ')
    const message = `Unsupported value: ${JSON.stringify(match)}: supported values: ${values}`
    causes.push({ reason: 'FieldValueNotSupported', message, field: 'resourceVersionMatch' })
  }
  if (watch) {
    if (initial && match !== 'NotOlderThan')
      forbid('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
    if (match !== '' && !initial)
      forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
    if (match !== '' && match !== 'NotOlderThan') unsupported(['NotOlderThan'])
  } else {
    if (match !== '' && version === '')
      forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided')
    if (match !== '' && match !== 'Exact' && match !== 'NotOlderThan') unsupported(['Exact', 'NotOlderThan', ''])
    if (match === 'Exact' && version === '0')
      forbid('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
    if (initial) forbid('sendInitialEvents', 'sendInitialEvents is forbidden for list')
  }
  if (match !== '' && query.has('continue'))
    forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided')
  if (causes.length > 0) throw invalidOptions(causes)
  if (!/^\d*$/.test(version)) throw badVersion(version, watch)
  if (Number(version) > store.version) throw tooLarge(Number(version), store.version)
}

function invalidOptions(causes: readonly Cause[]): Failure {
  const texts = causes.map(({ field, message }) => `${field}: ${message}`)
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  const details = { group: 'meta.k8s.io', kind: 'ListOptions', causes }
  return new Failure(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: ${list}`, details)
}

/** A list refuses it; a watch fails on it, in the words of Go. */
function badVersion(version: string, watch: boolean): Failure {
  const why = `resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`
  return watch ? new Failure(500, undefined, why) : badRequest(`invalid resource version: ${why}`)
}

/** A version that this server has not reached: in a real cluster another may have. */
function tooLarge(asked: number, current: number): Failure {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }]
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`
  return new Failure(504, 'Timeout', message, { causes, retryAfterSeconds: 1 })
}
