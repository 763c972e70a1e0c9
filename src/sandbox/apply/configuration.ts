import { isRecord, type KubeObject } from '../../kube/object.ts'
import { readDocuments } from '../../kube/yaml.ts'
import { textOf } from '../body.ts'
import { badRequest, conflict, Failure } from '../failure.ts'
import { valueFault } from '../go-json.ts'
import { isTrue, type Request, type Target } from '../request.ts'

/** What a request applies: YAML, or JSON, which is YAML as well. Throws 400 for what is none. */
export function configurationIn(request: Request): KubeObject {
  const config = parsed(textOf(request))
  const { metadata } = config
  return { ...config, metadata: isRecord(metadata) ? metadata : {} } as unknown as KubeObject
}

function parsed(text: string): Record<string, unknown> {
  const value = jsonOrYaml(text)
  if (isRecord(value)) return value
  throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${valueFault(value, goObject)}`)
}

const goObject = 'map[string]interface {}'

function jsonOrYaml(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const [document] = readDocuments(text, 'patch')
    if (document?.problem) throw badRequest(`error decoding YAML: ${document.problem.message}`)
    return document?.object
  }
}

/** Whether a patch takes what others own. Throws 422 for an apply that does not say by whom, and where only an apply can take. */
export function isForced({ searchParams: query }: URL, applies: boolean): boolean {
  const force = query.get('force')
  if (applies && !query.get('fieldManager')) {
    throw invalidOptions({ reason: 'FieldValueRequired', message: 'Required value: is required for apply patch' })
  }
  if (!applies && force !== null) {
    const message = 'Forbidden: may not be specified for non-apply patch'
    throw invalidOptions({ reason: 'FieldValueForbidden', message }, 'force')
  }
  return isTrue(force)
}

function invalidOptions(cause: { readonly reason: string; readonly message: string }, field = 'fieldManager'): Failure {
  const message = `PatchOptions.meta.k8s.io "" is invalid: ${field}: ${cause.message}`
  const details = { group: 'meta.k8s.io', kind: 'PatchOptions', causes: [{ ...cause, field }] }
  return new Failure(422, 'Invalid', message, details)
}

/** An object that was applied at a path; throws 400 where it is another's, 409 where it was meant for one that is there no more. */
export function atItsPlace(
  object: KubeObject,
  live: KubeObject | undefined,
  { resource, namespace, name = '' }: Target,
): KubeObject {
  const { name: given, namespace: where, uid } = object.metadata
  if (live === undefined && uid !== undefined) {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
    throw conflict(resource, name, why)
  }
  if (namespace !== undefined && where !== undefined && where !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  if (given === undefined) {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  }
  if (given !== name) {
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`)
  }
  return object
}
