import { isRecord, type KubeObject } from '../kube/object.ts'
import { parseJson } from '../kube/parse-json.ts'
import { isSuspended } from '../v1/state.ts'

/** Annotations on a v1 job. They are written in the very request that suspends it, so that a hold is never without its record. */
export const v1Annotations = {
  /** JSON of a `Hold` */
  held: 'kubectl-migrate.dev/held',
  /** how the job ended by itself at the moment of the hold, for people: it is never run again */
  ended: 'kubectl-migrate.dev/ended',
  /** JSON of a `Restored`; it stays, so that a run that goes on finds the record of the job this one was made from */
  restored: 'kubectl-migrate.dev/restored',
} as const

/** What v1 was before we suspended it. */
export interface Hold {
  /** spec.runPolicy.suspend; absent where the field was */
  readonly suspend?: false
  /** pods that were ready */
  readonly ready: number
  /** of the v1 job once it is held; another one means that somebody changed it since */
  readonly generation?: number
  /** all its pods, as the API server had them at resource version `since`: how they end is told by what comes after it */
  readonly pods?: number
  readonly since?: string
  /** id of the migration that holds it */
  readonly migration?: string
  /** what holds it, where that is not its own suspend: its Kueue Workload, deactivated */
  readonly by?: 'workload'
  /** it waited for quota */
  readonly queued?: true
}

/**
 * The record of a hold that stands: undefined for a job that runs or that its owner suspended, `stale` with the reason where
 * the record no longer says what to go back to.
 * @param stands false: the job runs, so that no hold of it stands
 */
export function readHold(
  v1: KubeObject,
  stands = isSuspended(v1),
): { readonly hold: Hold } | { readonly stale: string } | undefined {
  const text = v1.metadata.annotations?.[v1Annotations.held]
  if (text === undefined || !stands) return undefined
  const hold = parseHold(text)
  if (!hold) return { stale: `its annotation ${v1Annotations.held} cannot be read` }
  const { generation } = v1.metadata
  const changed = hold.generation !== undefined && generation !== undefined && hold.generation !== generation
  return changed ? { stale: 'its spec was changed since it was held' } : { hold }
}

/** As readHold, the record alone. */
export function holdOf(v1: KubeObject | undefined): Hold | undefined {
  const read = v1 && readHold(v1)
  return read && 'hold' in read ? read.hold : undefined
}

/** Whether a job that runs has the record of a hold: whoever resumed it left it there. */
export function hasRecordOnly(v1: KubeObject): boolean {
  return !isSuspended(v1) && v1.metadata.annotations?.[v1Annotations.held] !== undefined
}

/** A held job as it was before the hold. */
export function unheld(v1: KubeObject, { suspend }: Hold): KubeObject {
  const { [v1Annotations.held]: _, ...annotations } = v1.metadata.annotations ?? {}
  const spec = isRecord(v1['spec']) ? v1['spec'] : {}
  const { suspend: __, ...runPolicy } = isRecord(spec['runPolicy']) ? spec['runPolicy'] : {}
  return {
    ...v1,
    metadata: { ...v1.metadata, annotations },
    spec: { ...spec, runPolicy: { ...runPolicy, ...(suspend === undefined ? {} : { suspend }) } },
  }
}

/** How v1 ended by itself, as a run that saw it wrote down; only a held job is believed. */
export function recordedEnding(v1: KubeObject | undefined): string | undefined {
  return v1 && isSuspended(v1) ? v1.metadata.annotations?.[v1Annotations.ended] : undefined
}

function parseHold(text: string): Hold | undefined {
  const value = parseJson(text)
  if (!isRecord(value)) return undefined
  const { suspend, ready, generation, migration, pods, since, by, queued } = value
  if (typeof ready !== 'number' || (suspend !== undefined && suspend !== false)) return undefined
  if (generation !== undefined && typeof generation !== 'number') return undefined
  if (migration !== undefined && typeof migration !== 'string') return undefined
  if (pods !== undefined && typeof pods !== 'number') return undefined
  if (since !== undefined && !(typeof since === 'string' && /^\d+$/.test(since))) return undefined
  if (by !== undefined && by !== 'workload') return undefined
  return { suspend, ready, generation, migration, pods, since, by, queued: queued === true ? true : undefined }
}
