import { isRecord } from '../../src/kube/object.ts'
import type { Answer } from './api.ts'
import type { Side, Sides } from './sandbox-sides.ts'

/** One request; NAMESPACE in its path is the scenario's, VERSION the last resourceVersion that side answered with. */
export interface Asked {
  readonly method: string
  readonly path: string
  /** a string is sent as it is */
  readonly body?: unknown
  readonly type?: string
  readonly accept?: string
}

/** What both answer to the same requests, one after the other, in an empty namespace. */
export async function answersOf(
  sides: Sides,
  asked: readonly Asked[],
): Promise<{ readonly real: unknown; readonly ours: unknown }> {
  const namespace = await sides.namespace()
  return sides.ask(async (side) => {
    const state = { version: '0' }
    const answers: unknown[] = []
    for (const one of asked) answers.push(shapeOf(await askOne(side, one, namespace, state), namespace))
    return answers
  })
}

/** Asks one side; `state` keeps the version it answered with. */
export async function askOne(
  { api }: Side,
  { method, path, body, type, accept }: Asked,
  namespace: string,
  state: { version: string },
): Promise<Answer> {
  const usual = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const there = path.replaceAll('NAMESPACE', namespace).replaceAll('VERSION', state.version)
  const answer = await api.request(method, there, body, type ?? usual, accept)
  const { metadata } = (answer.body ?? {}) as { metadata?: { resourceVersion?: string } }
  state.version = metadata?.resourceVersion ?? state.version
  return answer
}

/** Keys whose values differ from one moment, and one cluster, to the next. */
const changing =
  /^(uid|resourceVersion|creationTimestamp|deletionTimestamp|lastTransitionTime|lastUpdateTime|time|continue)$/

/** Of claims, which the sandbox does not protect. */
const protection = 'kubernetes.io/pvc-protection'

/** An answer without what differs from one moment and one cluster to the next. */
function shapeOf({ status, body }: Answer, namespace: string): unknown {
  return [status, bodyShape(body, namespace)]
}

export function bodyShape(body: unknown, namespace: string): unknown {
  const text = JSON.stringify(body, (key, value: unknown) => {
    if (key === 'managedFields' && Array.isArray(value)) return ownersOf(value)
    // what an operator or the scheduler may have written, or not yet
    if (key === 'nodeName' || (key === 'status' && typeof value === 'object')) return undefined
    // columns are described by the real one only
    if (key === 'description') return undefined
    if (key === 'annotations' && isRecord(value)) return withoutRevision(value)
    if (key === 'finalizers' && String(value) === protection) return undefined
    if (typeof value !== 'string') return value
    if (changing.test(key)) return key
    // a patch that makes no object is refused with the whole of what it would make
    if (key === 'message') return value.replace(/Invalid value: "\{.*\}":/g, 'Invalid value: OBJECT:')
    return /^\d+s$/.test(value) ? 'AGE' : value
  })
  return text === undefined ? '' : JSON.parse(maskText(text, namespace))
}

/** Managers that write status in these scenarios. */
const tellers = /^(kubectl|alice|bob)/

/** What the controller of Deployments writes sooner or later. */
function withoutRevision({ 'deployment.kubernetes.io/revision': _, ...own }: Record<string, unknown>): unknown {
  return Object.keys(own).length > 0 || _ === undefined ? own : undefined
}

interface Entry {
  readonly manager: string
  readonly operation: string
  readonly subresource?: string
}

/** Who owns what, without operators; in an order that does not tell whether a second had ended between two writes. */
function ownersOf(entries: readonly Entry[]): readonly Entry[] {
  const key = ({ manager, operation, subresource = '' }: Entry): string => `${operation} ${manager} ${subresource}`
  return entries
    .filter(({ manager, subresource }) => subresource !== 'status' || tellers.test(manager))
    .sort((one, other) => (key(one) < key(other) ? -1 : 1))
}

/** Text without names, times and numbers of one cluster. */
export function maskText(text: string, namespace: string): string {
  return text
    .replaceAll(namespace, 'NAMESPACE')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
}
