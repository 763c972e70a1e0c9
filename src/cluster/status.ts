import { isRecord } from '../kube/object.ts'
import { parseJson } from '../kube/parse-json.ts'
import { type Asked, ClusterError, type FieldError } from './errors.ts'

/** metav1.Status (k8s.io/apimachinery v0.36.3, pkg/apis/meta/v1/types.go), the fields read here. */
interface Status {
  readonly message: string
  readonly reason: string
  readonly code: number
  /** metadata.continue: offered with an expired continue token */
  readonly continueToken?: string
  readonly name: string
  readonly kind: string
  readonly causes: readonly { readonly reason: string; readonly message: string; readonly field: string }[]
  readonly retryAfterSeconds?: number
}

/** Thrown for 410 of a paged list: where the server offers to go on, if it does. */
export class ExpiredError extends ClusterError {
  readonly continueToken: string | undefined

  constructor(asked: Asked, message: string, continueToken: string | undefined) {
    super({ kind: 'expired', ...asked, message })
    this.continueToken = continueToken
  }
}

/** An answer that is no success, and what had been asked. */
export interface Refusal {
  readonly server: string
  readonly status: number
  /** lower-case names */
  readonly contentType: string | undefined
  readonly body: string
  readonly asked: Asked
  readonly group: string
  readonly user?: string
}

/** The typed error of an answer that is not a success. */
export function refusalError(refusal: Refusal): ClusterError {
  const status = parseStatus(refusal.body)
  if (status === undefined) return plainRefusal(refusal)
  return statusError(refusal, { ...status, code: refusal.status })
}

/** The typed error of a Status object met inside a stream (a watch's ERROR event). */
export function streamError(object: unknown, context: Omit<Refusal, 'status' | 'contentType' | 'body'>): ClusterError {
  const status = toStatus(object)
  const refusal = { ...context, status: status?.code ?? 0, contentType: undefined, body: '' }
  return status === undefined ? plainRefusal(refusal) : statusError(refusal, status)
}

function parseStatus(body: string): Status | undefined {
  return toStatus(parseJson(body))
}

function toStatus(value: unknown): Status | undefined {
  if (!isRecord(value) || value['kind'] !== 'Status') return undefined
  const details = isRecord(value['details']) ? value['details'] : {}
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {}
  const causes = Array.isArray(details['causes']) ? (details['causes'] as unknown[]).filter(isRecord) : []
  const text = (from: Record<string, unknown>, key: string): string => (typeof from[key] === 'string' ? from[key] : '')
  return {
    message: text(value, 'message'),
    reason: text(value, 'reason'),
    code: typeof value['code'] === 'number' ? value['code'] : 0,
    continueToken: text(metadata, 'continue') || undefined,
    name: text(details, 'name'),
    kind: text(details, 'kind'),
    causes: causes.map((cause) => ({
      reason: text(cause, 'reason'),
      message: text(cause, 'message'),
      field: text(cause, 'field'),
    })),
    retryAfterSeconds: typeof details['retryAfterSeconds'] === 'number' ? details['retryAfterSeconds'] : undefined,
  }
}

/** Answers without a Status: the mux's own 404, a proxy's page, an old 401. */
function plainRefusal({ server, status, contentType, body, asked, user }: Refusal): ClusterError {
  const text = body.trim().slice(0, 200)
  if (status === 401) return new ClusterError({ kind: 'unauthenticated', server, user, message: text })
  // this path is not served: net/http's ServeMux, which stands behind the API groups, says so; the description of an API that
  // is not there is answered without a word (kube-openapi pkg/handler3/handler.go: HandleGroupVersion)
  const isDescription = asked.resource.startsWith('/openapi/')
  if (status === 404 && (text === '404 page not found' || (text === '' && isDescription)))
    return new ClusterError({ kind: 'apiAbsent', ...asked })
  const html = /html/.test(contentType ?? '') || /^<(!doctype|html)/i.test(text)
  if (html) return new ClusterError({ kind: 'protocol', server, status, reason: 'a web page came back' })
  if (status === 429) return new ClusterError({ kind: 'tooManyRequests', ...asked, message: text })
  return new ClusterError({ kind: 'internal', ...asked, status, message: text })
}

function statusError(refusal: Refusal, status: Status): ClusterError {
  const { asked, server, group } = refusal
  const { message } = status
  const webhook = webhookError(asked, message)
  if (webhook !== undefined) return webhook
  const strict = schemaErrors(message)
  if (strict.length > 0) return new ClusterError({ kind: 'invalid', ...asked, message, fields: strict })
  switch (status.code) {
    case 401:
      return new ClusterError({ kind: 'unauthenticated', server, user: refusal.user, message })
    case 403:
      return forbiddenError(asked, group, message)
    case 404:
      return notFoundError(asked, status)
    case 409:
      if (status.reason === 'AlreadyExists') return new ClusterError({ kind: 'alreadyExists', ...asked })
      return conflictError(asked, status)
    case 410:
      return new ExpiredError(asked, message, status.continueToken)
    case 422:
      return invalidError(asked, status)
    case 429:
      return new ClusterError({
        kind: 'tooManyRequests',
        ...asked,
        message,
        retryAfterSeconds: status.retryAfterSeconds,
      })
    case 504:
      return new ClusterError({ kind: 'timeout', by: 'server', server, sent: true, ...asked })
    default:
      return new ClusterError({ kind: 'internal', ...asked, status: status.code, message })
  }
}

/** RBAC's sentence is k8s.io/apiserver's forbiddenMessage (handlers/responsewriters/errors.go); all else is admission. */
function forbiddenError(asked: Asked, group: string, message: string): ClusterError {
  const rbac = /User "([^"]*)" cannot (\S+) /.exec(message)
  if (rbac === null) return new ClusterError({ kind: 'admission', ...asked, message })
  return new ClusterError({
    kind: 'forbidden',
    ...asked,
    group,
    user: rbac[1] ?? '',
    verb: rbac[2] ?? asked.verb,
    message,
  })
}

/** A missing object carries its name in the details; a missing API does not (apiserver's NotFound handlers). */
function notFoundError(asked: Asked, status: Status): ClusterError {
  if (status.name === '') return new ClusterError({ kind: 'apiAbsent', ...asked })
  const namespace = status.kind === 'namespaces' ? undefined : asked.namespace
  const resource = status.kind === 'namespaces' ? 'namespaces' : asked.resource
  return new ClusterError({ kind: 'notFound', verb: asked.verb, resource, namespace, name: status.name })
}

/** Server-side apply names the manager and the field of each conflict: `conflict with "kubectl" using v1: .spec.x`. */
function conflictError(asked: Asked, status: Status): ClusterError {
  const owned = status.causes
    .filter((cause) => cause.reason === 'FieldManagerConflict')
    .map((cause) => ({ path: cause.field.replace(/^\./, ''), manager: /"([^"]*)"/.exec(cause.message)?.[1] ?? '' }))
  return new ClusterError({ kind: 'conflict', ...asked, message: status.message, owned })
}

/** Said beside the real errors of a schema; no error by itself. */
const rulesNotChecked = 'some validation rules were not checked because the object was invalid'

/** A merge patch carries the uid precondition in metadata; the server words its failure as an immutable field. */
function invalidError(asked: Asked, status: Status): ClusterError {
  const fields = status.causes
    .filter((cause) => !cause.message.includes(rulesNotChecked))
    // CEL rules on the whole object have no field: Go prints its absence
    .map((cause) => ({ path: cause.field === '<nil>' ? '' : cause.field, message: cause.message }))
  const isUid = (field: FieldError): boolean => field.path === 'metadata.uid' && /immutable/.test(field.message)
  if (asked.verb === 'patch' && fields.some(isUid)) {
    return new ClusterError({ kind: 'conflict', ...asked, message: status.message, owned: [] })
  }
  // policies deny with 422 and a cause of no field, if any (apiserver, plugin/policy/validating)
  if (fields.every(({ path }) => path === '') && / denied request: /.test(status.message)) {
    return new ClusterError({ kind: 'admission', ...asked, message: status.message })
  }
  return new ClusterError({ kind: 'invalid', ...asked, message: status.message, fields })
}

/**
 * The two sentences of k8s.io/apiserver v0.36.3: a refusal (admission/plugin/webhook/errors/statuserror.go) and a webhook
 * that could not be asked (admission/plugin/webhook/validating/dispatcher.go, ErrCallingWebhook).
 */
function webhookError(asked: Asked, message: string): ClusterError | undefined {
  const denied = /admission webhook "([^"]*)" denied the request(?:: | )?([\s\S]*)/.exec(message)
  if (denied !== null) {
    const [, webhook = '', words = ''] = denied
    return new ClusterError({ kind: 'webhook', ...asked, webhook, outcome: 'denied', message: words })
  }
  const failed = /failed calling webhook "([^"]*)": ([\s\S]*)/.exec(message)
  if (failed !== null) {
    const [, webhook = '', reason = ''] = failed
    return new ClusterError({ kind: 'webhook', ...asked, webhook, outcome: 'unreachable', message: reason })
  }
  return undefined
}

/**
 * Unknown fields: with fieldValidation=Strict `strict decoding error: unknown field "spec.a", unknown field "spec.b"` (400),
 * with server-side apply `failed to create typed patch object (...): .spec.a: field not declared in schema` (500).
 */
function schemaErrors(message: string): FieldError[] {
  const strict = /strict decoding error: ([\s\S]*)/.exec(message)?.[1] ?? ''
  const typed = /failed to create typed patch object \([^)]*\): ([\s\S]*)/.exec(message)?.[1] ?? ''
  return [
    ...[...strict.matchAll(/(unknown field|duplicate field) "([^"]*)"/g)].map(([, problem = '', path = '']) => ({
      path,
      message: problem,
    })),
    ...[...typed.matchAll(/\.(\S+): (.*)/g)].map(([, path = '', problem = '']) => ({ path, message: problem })),
  ]
}
