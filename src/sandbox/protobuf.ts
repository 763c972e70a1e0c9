import { badRequest, Failure } from './failure.ts'

/** How a field of a message is read: a scalar, a message of the table, or a map of strings. */
type Field = readonly [name: string, type: string, repeated?: 'repeated']
type Message = Readonly<Record<number, Field>>

/**
 * The messages that kubectl's own commands send as protobuf (create configmap, create namespace, auth can-i ...), by their field numbers.
 * Source: generated.proto of k8s.io/api and k8s.io/apimachinery v0.36.3.
 */
const messages: Readonly<Record<string, Message>> = {
  ObjectMeta: {
    1: ['name', 'string'],
    2: ['generateName', 'string'],
    3: ['namespace', 'string'],
    5: ['uid', 'string'],
    6: ['resourceVersion', 'string'],
    11: ['labels', 'strings'],
    12: ['annotations', 'strings'],
    14: ['finalizers', 'string', 'repeated'],
  },
  ConfigMap: {
    1: ['metadata', 'ObjectMeta'],
    2: ['data', 'strings'],
    3: ['binaryData', 'bytes'],
    4: ['immutable', 'bool'],
  },
  Secret: {
    1: ['metadata', 'ObjectMeta'],
    2: ['data', 'bytes'],
    3: ['type', 'string'],
    4: ['stringData', 'strings'],
    5: ['immutable', 'bool'],
  },
  Namespace: { 1: ['metadata', 'ObjectMeta'] },
  ServiceAccount: { 1: ['metadata', 'ObjectMeta'] },
  Role: { 1: ['metadata', 'ObjectMeta'], 2: ['rules', 'PolicyRule', 'repeated'] },
  ClusterRole: { 1: ['metadata', 'ObjectMeta'], 2: ['rules', 'PolicyRule', 'repeated'] },
  PolicyRule: {
    1: ['verbs', 'string', 'repeated'],
    2: ['apiGroups', 'string', 'repeated'],
    3: ['resources', 'string', 'repeated'],
    4: ['resourceNames', 'string', 'repeated'],
  },
  RoleBinding: { 1: ['metadata', 'ObjectMeta'], 2: ['subjects', 'Subject', 'repeated'], 3: ['roleRef', 'RoleRef'] },
  ClusterRoleBinding: {
    1: ['metadata', 'ObjectMeta'],
    2: ['subjects', 'Subject', 'repeated'],
    3: ['roleRef', 'RoleRef'],
  },
  Subject: { 1: ['kind', 'string'], 2: ['apiGroup', 'string'], 3: ['name', 'string'], 4: ['namespace', 'string'] },
  RoleRef: { 1: ['apiGroup', 'string'], 2: ['kind', 'string'], 3: ['name', 'string'] },
  SelfSubjectReview: { 1: ['metadata', 'ObjectMeta'] },
  SelfSubjectRulesReview: { 1: ['metadata', 'ObjectMeta'], 2: ['spec', 'RulesReviewSpec'] },
  RulesReviewSpec: { 1: ['namespace', 'string'] },
  SelfSubjectAccessReview: { 1: ['metadata', 'ObjectMeta'], 2: ['spec', 'AccessReviewSpec'] },
  AccessReviewSpec: {
    1: ['resourceAttributes', 'ResourceAttributes'],
    2: ['nonResourceAttributes', 'NonResourceAttributes'],
  },
  ResourceAttributes: {
    1: ['namespace', 'string'],
    2: ['verb', 'string'],
    3: ['group', 'string'],
    4: ['version', 'string'],
    5: ['resource', 'string'],
    6: ['subresource', 'string'],
    7: ['name', 'string'],
  },
  NonResourceAttributes: { 1: ['path', 'string'], 2: ['verb', 'string'] },
  DeleteOptions: {
    1: ['gracePeriodSeconds', 'number'],
    2: ['preconditions', 'Preconditions'],
    4: ['propagationPolicy', 'string'],
    5: ['dryRun', 'string', 'repeated'],
  },
  Preconditions: { 1: ['uid', 'string'], 2: ['resourceVersion', 'string'] },
  Unknown: { 1: ['typeMeta', 'TypeMeta'], 2: ['raw', 'raw'] },
  TypeMeta: { 1: ['apiVersion', 'string'], 2: ['kind', 'string'] },
}

/** How every such body begins (k8s.io/apimachinery v0.36.3, pkg/runtime/serializer/protobuf). */
const magic = [0x6b, 0x38, 0x73, 0x00]

/** An object as Kubernetes writes it in protobuf. Throws 415 for a kind whose message is not in the table, 400 for what is no such body. */
export function decodeProtobuf(bytes: Uint8Array): Record<string, unknown> {
  if (magic.some((byte, at) => bytes[at] !== byte))
    throw badRequest('the body does not begin as Kubernetes protobuf does')
  const envelope = read(bytes.subarray(magic.length), 'Unknown')
  const { apiVersion, kind } = (envelope['typeMeta'] ?? {}) as Record<string, string>
  if (kind === undefined || messages[kind] === undefined) {
    const known =
      'the sandbox reads JSON; of protobuf it reads what kubectl auth can-i, create configmap, secret, namespace and role send'
    throw new Failure(415, 'UnsupportedMediaType', `${kind ?? 'the body'} came as protobuf: ${known}`)
  }
  const object = read((envelope['raw'] as Uint8Array | undefined) ?? new Uint8Array(), kind)
  return { apiVersion, kind, ...object }
}

function read(bytes: Uint8Array, type: string): Record<string, unknown> {
  const message = messages[type] ?? {}
  const out: Record<string, unknown> = {}
  for (const { number, value } of fieldsOf(bytes)) {
    const field = message[number]
    // a field that no row knows is one the sandbox has no use for
    if (!field) continue
    const [name, kind, repeated] = field
    if (kind === 'strings' || kind === 'bytes') {
      const [key, text] = entryOf(value as Uint8Array, kind)
      out[name] = { ...(out[name] as object | undefined), [key]: text }
    } else {
      const item = scalar(value, kind)
      out[name] = repeated ? [...((out[name] as unknown[] | undefined) ?? []), item] : item
    }
  }
  for (const [name, kind] of Object.values(message)) {
    // empty strings are not written, and mean nothing
    if (kind === 'string' && out[name] === '') delete out[name]
  }
  return out
}

function scalar(value: Uint8Array | number, kind: string): unknown {
  if (kind === 'raw') return value
  if (kind === 'number') return Number(value)
  if (kind === 'bool') return value !== 0
  if (kind === 'string') return new TextDecoder().decode(value as Uint8Array)
  return read(value as Uint8Array, kind)
}

function entryOf(bytes: Uint8Array, kind: 'strings' | 'bytes'): [string, string] {
  let [key, text] = ['', '']
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === 1) key = new TextDecoder().decode(value as Uint8Array)
    else text = kind === 'strings' ? new TextDecoder().decode(value as Uint8Array) : base64(value as Uint8Array)
  }
  return [key, text]
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

/** Protobuf's wire format: varints and lengths; the fixed widths are not used by these messages. */
function* fieldsOf(bytes: Uint8Array): Generator<{ readonly number: number; readonly value: Uint8Array | number }> {
  let at = 0
  const varint = (): number => {
    let [value, shift] = [0, 1]
    for (;;) {
      const byte = bytes[at++]
      if (byte === undefined) throw badRequest('the body is truncated protobuf')
      value += (byte & 0x7f) * shift
      if (byte < 0x80) return value
      shift *= 128
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const number = Math.floor(tag / 8)
    const wire = tag % 8
    if (wire === 0) yield { number, value: varint() }
    else if (wire === 2) {
      const length = varint()
      if (at + length > bytes.length) throw badRequest('the body is truncated protobuf')
      yield { number, value: bytes.subarray(at, at + length) }
      at += length
    } else throw badRequest(`the body has a field of wire type ${wire}`)
  }
}
