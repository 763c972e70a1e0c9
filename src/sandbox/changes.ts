import { mergePatch } from '../kube/merge-patch.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { mediaType, objectIn, textOf } from './body.ts'
import { badRequest, conflict, Failure, unsupportedMediaType, unsupportedPatch } from './failure.ts'
import { parseFault, valueFault } from './go-json.ts'
import { jsonPatch, strategicPatch } from './patch.ts'
import type { Request } from './request.ts'
import { schemaOf } from './schema.ts'
import type { ServedResource } from './served.ts'

/** What a stored object becomes. */
export type Change = (before: KubeObject) => KubeObject

/** What a PUT brings. Throws 422 for a custom object that does not say which version it was made from. */
export function replacementIn(request: Request, resource: ServedResource): Change {
  const object = objectIn(request, resource)
  if (object.metadata.resourceVersion === undefined && resource.custom) {
    const causes = [
      {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: 0: must be specified for an update',
        field: 'metadata.resourceVersion',
      },
    ]
    const what = `${resource.kind}.${resource.group} "${object.metadata.name}" is invalid: metadata.resourceVersion: ${causes[0]?.message}`
    const details = { name: object.metadata.name, group: resource.group, kind: resource.kind, causes }
    throw new Failure(422, 'Invalid', what, details)
  }
  return ({ metadata }) => {
    const { name = '', uid = metadata.uid } = object.metadata
    if (uid === metadata.uid) return object
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`
    throw conflict(resource, name, why)
  }
}

export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

const object = 'map[string]interface {}'

/** What a PATCH brings. Throws 415 for a form the resource does not take, 400 for a body that is none of that form. */
export function patchIn(request: Request, resource: ServedResource): Change {
  const type = mediaType(request)
  if (!(Object.values(patchTypes) as string[]).includes(type)) throw unsupportedPatch()
  if (type === patchTypes.strategic) {
    if (resource.custom) throw unsupportedMediaType(Object.values(patchTypes).filter((known) => known !== type))
    const patch = parsed(request, '')
    if (!isRecord(patch)) throw badRequest(valueFault(patch, object))
    return (before) => strategicPatch(schemaOf(resource), before, patch) as KubeObject
  }
  const patch = parsed(request, 'error decoding patch: ')
  if (type === patchTypes.json) {
    if (patch === null) return (before) => before
    if (!Array.isArray(patch)) throw badRequest(`error decoding patch: ${valueFault(patch, '[]handlers.jsonPatchOp')}`)
    const strange = patch.find((operation) => operation !== null && !isRecord(operation))
    if (strange !== undefined) {
      throw badRequest(`error decoding patch: ${valueFault(strange, 'handlers.jsonPatchOp')}`)
    }
    return (before) => jsonPatch(before, patch) as KubeObject
  }
  if (patch === null) throw badRequest('Invalid JSON Patch')
  if (!isRecord(patch)) throw badRequest(`error decoding patch: ${valueFault(patch, object)}`)
  return (before) => mergePatch(before, patch) as KubeObject
}

function parsed(request: Request, what: string): unknown {
  const text = textOf(request)
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(`${what}${parseFault(text)}`)
  }
}
