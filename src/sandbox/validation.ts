import { isRecord, type KubeObject } from '../kube/object.ts'
import { checkObject } from './check.ts'
import { badRequest, type Cause, invalid, strictDecoding, unreadablePatch } from './failure.ts'
import { fieldFault } from './go-json.ts'
import { apiVersionOf, type ServedResource, served } from './served.ts'

/**
 * An object as it is stored, with the warnings for it. Throws what the API server refuses it with: 400 for fields that Go cannot read or that
 * nobody knows, 422 for what its schema forbids.
 */
export function validated(
  resource: ServedResource,
  given: KubeObject,
  { validation, isPatch }: { readonly validation: 'Strict' | 'Warn' | 'Ignore'; readonly isPatch?: boolean },
  before?: KubeObject,
): { readonly object: KubeObject; readonly warnings: readonly string[] } {
  const wrong = resource.custom ? undefined : fieldFault(resource, given, before)
  if (wrong !== undefined) {
    if (!isPatch)
      throw badRequest(
        `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${wrong}`,
      )
    throw unreadablePatch(given, wrong)
  }
  const { object, unknown, causes } = checkObject(resource, given, before)
  const errors = unknown.map((path) => `unknown field "${path}"`)
  if (validation === 'Strict' && errors.length > 0) {
    if (isPatch) throw unreadablePatch(given, `strict decoding error: ${errors.join(', ')}`)
    throw strictDecoding(resource, errors)
  }
  if (causes.length > 0) {
    const all = resource.custom && causes.some(isBlocking) ? [...causes, unchecked] : causes
    throw invalid(resource, given.metadata.name ?? '', all)
  }
  return { object, warnings: validation === 'Warn' ? errors : [] }
}

/** After these no rules in CEL are looked at (k8s.io/apiextensions-apiserver v0.36.3, pkg/registry/customresource/strategy.go). */
function isBlocking({ reason }: Cause): boolean {
  return /^FieldValue(NotSupported|Required|TooLong|TooMany|TypeInvalid)$/.test(reason)
}

const unchecked: Cause = {
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  field: '<nil>',
}

/** Refuses an object of another kind than the path's. */
export function refuseOtherKind(resource: ServedResource, object: unknown): void {
  if (!isRecord(object) || !isRecord(object['metadata'])) throw badRequest('the object provided has no metadata')
  const { apiVersion, kind } = object
  const wanted = apiVersionOf(resource)
  if (apiVersion === wanted && kind === resource.kind) return
  if (!resource.custom && !served.some((one) => !one.custom && apiVersionOf(one) === apiVersion)) {
    const scheme = `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`
    throw badRequest(`${kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${scheme}`)
  }
  if (apiVersion !== wanted) {
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`)
  }
  const message = `${kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: the object provided is unrecognized`
  throw badRequest(message)
}
