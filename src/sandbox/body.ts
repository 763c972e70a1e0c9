import { isRecord, type KubeObject } from '../kube/object.ts'
import { badRequest, unsupportedMediaType } from './failure.ts'
import { decodeProtobuf } from './protobuf.ts'
import type { Request } from './request.ts'
import type { ServedResource } from './served.ts'

const bodies = ['application/json', 'application/vnd.kubernetes.protobuf']

/** The object a request brings. Throws 415 for a form that is not read, 400 for what is no object. */
export function objectIn(request: Request, { kind }: ServedResource): KubeObject {
  const type = mediaType(request)
  if (type !== '' && !bodies.includes(type)) throw unsupportedMediaType(bodies)
  const body = bodyOf(request)
  if (!isRecord(body)) throw badRequest(`the body is no ${kind}`)
  if (!isRecord(body['metadata'])) throw badRequest(`the ${kind} has no metadata`)
  return body as unknown as KubeObject
}

export function mediaType({ contentType }: Request): string {
  return contentType.split(';')[0]?.trim() ?? ''
}

/** Whatever a request brings, parsed. */
export function bodyOf(request: Request): unknown {
  const { body } = request
  if (mediaType(request) === bodies[1]) return decodeProtobuf(body)
  const text = new TextDecoder().decode(body)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badRequest(`the object provided is unrecognized (must be of type JSON): ${(error as Error).message}`)
  }
}
