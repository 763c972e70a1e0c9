import { isRecord, type KubeObject } from '../kube/object.ts'
import { badRequest, unsupportedMediaType } from './failure.ts'
import { parseFault, valueFault } from './go-json.ts'
import { decodeProtobuf } from './protobuf.ts'
import type { Request } from './request.ts'
import { apiVersionOf, type ServedResource } from './served.ts'

const protobuf = 'application/vnd.kubernetes.protobuf'
const bodies = ['application/json', 'application/yaml', protobuf]

/** The object a request brings. Throws 415 for a form that is not read, 400 for what is no object. */
export function objectIn(request: Request, resource: ServedResource): KubeObject {
  const { kind, custom } = resource
  const type = mediaType(request)
  if (type !== '' && !bodies.includes(type)) {
    throw unsupportedMediaType(custom ? bodies.filter((known) => known !== protobuf) : bodies)
  }
  const body = bodyOf(request, kind)
  if (!isRecord(body)) throw badRequest(unrecognized(kind, valueFault(body, typeMeta), textOf(request)))
  // a built-in kind need not be named: the path says it
  const named = custom ? body : { apiVersion: apiVersionOf(resource), kind, ...body }
  return { ...named, metadata: isRecord(body['metadata']) ? body['metadata'] : {} } as unknown as KubeObject
}

/** The media type of a request’s body, without parameters. */
export function mediaType({ contentType }: Request): string {
  return contentType.split(';')[0]?.trim() ?? ''
}

/** A request’s body, taken for UTF-8. */
export function textOf({ body }: Request): string {
  return new TextDecoder().decode(body)
}

/** Whatever a request brings, parsed. Throws 400 with the words of the API server for what is no JSON. */
export function bodyOf(request: Request, kind: string): unknown {
  if (mediaType(request) === protobuf) return decodeProtobuf(request.body)
  const text = textOf(request)
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(unrecognized(kind, parseFault(text), text))
  }
}

/** the Go type that versions and kinds are read into (k8s.io/apimachinery v0.36.3, pkg/runtime/serializer/json/meta.go) */
const typeMeta = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`

function unrecognized(kind: string, fault: string, text: string): string {
  const words = `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error`
  return `${words}: ${fault} (${shown(text)})`
}

/** the beginning of a body: JSON as it is, anything else in hexadecimal (k8s.io/apiserver v0.36.3, pkg/endpoints/handlers/rest.go) */
function shown(text: string): string {
  if (text === '') return '<empty>'
  const bytes = new TextEncoder().encode(text)
  const start = bytes.slice(0, 30)
  const summary = text.startsWith('{') ? new TextDecoder().decode(start) : hexadecimal(start)
  return bytes.length > start.length ? `${summary} ...` : summary
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
