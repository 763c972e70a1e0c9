import { qualifiedName, type ServedResource } from './served.ts'

/** One field of an Invalid answer. */
export interface Cause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

/** metav1.Status of a refused request (k8s.io/apimachinery v0.36.3, pkg/api/errors/errors.go words them). */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: number
  readonly reason: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: number, reason: string | undefined, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }

  /** the body as the API server sends it */
  get status(): Record<string, unknown> {
    const { code, reason, message, details } = this
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason !== undefined && { reason }),
      ...(details && { details }),
      code,
    }
  }
}

function detailsOf({ group, plural }: ServedResource, name: string): Record<string, unknown> {
  return { ...(name !== '' && { name }), ...(group !== '' && { group }), kind: plural }
}

export function notFound(resource: ServedResource, name: string): Failure {
  return new Failure(404, 'NotFound', `${qualifiedName(resource)} "${name}" not found`, detailsOf(resource, name))
}

export function alreadyExists(resource: ServedResource, name: string): Failure {
  const message = `${qualifiedName(resource)} "${name}" already exists`
  return new Failure(409, 'AlreadyExists', message, detailsOf(resource, name))
}

export function conflict(resource: ServedResource, name: string, why: string): Failure {
  const message = `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`
  return new Failure(409, 'Conflict', message, detailsOf(resource, name))
}

/** The words of a write that was decided on an older version. */
export const objectModified =
  'the object has been modified; please apply your changes to the latest version and try again'

export function invalid(resource: ServedResource, name: string, causes: readonly Cause[]): Failure {
  const { kind, group } = resource
  // what is wrong is told once, and counted as often as it was found
  const texts = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))]
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  const what = group === '' ? kind : `${kind}.${group}`
  const details = { name, ...(group !== '' && { group }), kind, causes }
  return new Failure(422, 'Invalid', `${what} "${name}" is invalid: ${list}`, details)
}

export function badRequest(message: string): Failure {
  return new Failure(400, 'BadRequest', message)
}

/** A strict decoding that failed names what it found. */
export function strictDecoding({ kind, version }: ServedResource, errors: readonly string[]): Failure {
  const what = `${kind} in version "${version}" cannot be handled as a ${kind}`
  return new Failure(400, 'BadRequest', `${what}: strict decoding error: ${errors.join(', ')}`)
}

/** A deletion that was meant for another object, or another version of it (k8s.io/apiserver v0.36.3, pkg/registry/rest/delete.go). */
export function otherThanMeant({ kind, group }: ServedResource, name: string, why: string): Failure {
  const what = group === '' ? kind : `${kind}.${group}`
  const details = { name, ...(group !== '' && { group }), kind }
  return new Failure(409, 'Conflict', `Operation cannot be fulfilled on ${what} "${name}": ${why}`, details)
}

export function forbidden(
  { group, plural }: { readonly group: string; readonly plural: string },
  { verb, name, namespace, user }: { verb: string; name: string; namespace: string | undefined; user: string },
): Failure {
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const what = group === '' ? plural : `${plural}.${group}`
  const object = name === '' ? what : `${what} "${name}"`
  const why = `User "${user}" cannot ${verb} resource "${plural}" in API group "${group}" ${where}`
  const details = { ...(name !== '' && { name }), ...(group !== '' && { group }), kind: plural }
  return new Failure(403, 'Forbidden', `${object} is forbidden: ${why}`, details)
}

/** As a validating webhook denies it. */
export function denied(webhook: string, message: string): Failure {
  return new Failure(403, 'Forbidden', `admission webhook "${webhook}" denied the request: ${message}`)
}

/** What the sandbox does not know it does not answer with a guess. */
export function notSimulated(what: string): Failure {
  return new Failure(501, 'NotImplemented', `the sandbox does not simulate ${what}`)
}

export function unsupportedMediaType(accepted: readonly string[]): Failure {
  const words = 'the body of the request was in an unknown format - accepted media types include'
  return new Failure(415, 'UnsupportedMediaType', `${words}: ${accepted.join(', ')}`)
}

/** A patch whose outcome is no object of its kind any more. */
export function unreadablePatch(outcome: unknown, why: string): Failure {
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(outcome))}: ${why}`
  const causes = [{ reason: 'FieldValueInvalid', message, field: 'patch' }]
  return new Failure(422, 'Invalid', ` "" is invalid: patch: ${message}`, { causes })
}

/** A patch in a form that no resource takes. */
export function unsupportedPatch(): Failure {
  return new Failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
}

/** A JSON patch whose operations cannot be done. */
export function patchUndone(): Failure {
  return new Failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
}

/** A strategic merge patch that says what cannot be merged: the API server takes it for its own fault. */
export function unmergeable(message: string): Failure {
  return new Failure(500, undefined, message)
}

export function methodNotAllowed(): Failure {
  const message = 'the server does not allow this method on the requested resource'
  return new Failure(405, 'MethodNotAllowed', message, {})
}

/** A path below a group's that is no resource. */
export function noResource(): Failure {
  return new Failure(404, 'NotFound', 'the server could not find the requested resource', {})
}

export function expired(message: string): Failure {
  return new Failure(410, 'Expired', message)
}
