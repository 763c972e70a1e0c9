import { hashJson } from '../kube/hash.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { type Action, actionTitle } from './action.ts'
import type { Handover } from './resume.ts'

/** Labels of a migration's record and of the Secret with its v1 manifest: how they are found when the job is gone. */
export const recordLabels = {
  record: 'kubectl-migrate.dev/record',
  sourceUid: 'kubectl-migrate.dev/source-uid',
} as const

/** Version of the record's form; a newer one is refused. */
const schema = '1'

/**
 * Where a migration stands. moving, returning: under way, or killed on the way; started: a twin runs beside v1; moved: v1 is
 * held, v2 has its place; undone, returned: v1 is what it was before; ended: v1 ended by itself and is kept; stranded: neither way
 * could be gone to its end; finalizing: v1 is about to be deleted, or is; finalized: it is gone.
 */
export type MigrationState =
  | 'moving'
  | 'started'
  | 'moved'
  | 'undone'
  | 'returning'
  | 'returned'
  | 'ended'
  | 'stranded'
  | 'finalizing'
  | 'finalized'

/** One run of a verb: who did what, when, and why. */
export interface Run {
  readonly at: string
  readonly verb: 'start' | 'cutover' | 'rollback' | 'finalize'
  readonly actor: string
  readonly tool: string
  readonly reason?: string
}

/** One line of what happened. intent: about to be written; acted: the server has stored it; done, failed: what came of the step. */
export interface Entry {
  readonly at: string
  /** index into the runs */
  readonly run: number
  readonly step: string
  readonly back?: true
  readonly what: 'intent' | 'acted' | 'done' | 'failed'
  /** `patch pytorchjobs.kubeflow.org nlp/bert uid U at V` */
  readonly writes?: readonly string[]
  readonly says?: string
}

/** One migration of one job, as the cluster remembers it. No manifest is in it: env literals are secrets to somebody. */
export interface MigrationRecord {
  /** random; what this migration creates carries it, and only that is taken for its own */
  readonly id: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** of the v1 job */
  readonly uid: string
  /** from 1: a job may be moved again after it came back */
  readonly attempt: number
  readonly state: MigrationState
  /** what v1 was before */
  readonly before: { readonly suspend?: boolean; readonly ready: number }
  /** SHA-256 of v1's spec, and the content of what was made of it */
  readonly hashes: Readonly<Record<string, string>>
  /** where the training was when v1 was stopped, and where v2's log began */
  readonly handover?: Handover
  readonly runs: readonly Run[]
  readonly entries: readonly Entry[]
}

/** Whether a migration stands: what it made is there, or may be. The others are history. */
export function isStanding({ state }: MigrationRecord): boolean {
  return ['moving', 'started', 'moved', 'returning', 'stranded', 'finalizing'].includes(state)
}

/** Whether a run saw how v1's pods ended: the step that waits for them was done after it was last begun. */
export function sawStop({ entries }: MigrationRecord): boolean {
  return entries.findLast(({ step, what, back }) => step === 'hold' && !back && what !== 'failed')?.what === 'done'
}

/** Whether a run was about to stop v1, or did: from then on v1 may be held. */
export function beganHold({ entries }: MigrationRecord): boolean {
  return entries.some(({ step, what, back }) => step === 'hold' && !back && what === 'intent')
}

/** A TrainJob that a run had deleted: its name, and the resource version it had then. `back`: on the way back. */
export interface Removal {
  readonly name: string
  readonly since: string
  readonly back: boolean
}

/** TrainJobs that a run deleted of which the record does not tell how they had ended. */
export function removalsOf({ entries }: MigrationRecord): Removal[] {
  return ['train-job', 'stop-twin'].flatMap((id) => {
    const own = entries.filter(
      ({ step, back, what }) => step === id && what !== 'failed' && (back || id === 'stop-twin'),
    )
    const { back = false, writes = [] } = own.findLast(({ what }) => what === 'intent') ?? {}
    // the way there only goes on behind a twin that had not finished
    if (!back && own.at(-1)?.what === 'done') return []
    const [, name, since] = /^delete \S+ [^/ ]+\/(\S+) .*at (\d+)$/.exec(writes[0] ?? '') ?? []
    return name === undefined || since === undefined ? [] : [{ name, since, back }]
  })
}

/** Whether v2 ran before v1 was held, so that a v2 that runs does not tell that anybody saw v1 stop. */
export function ranBeside({ entries }: MigrationRecord): boolean {
  const begun = (id: string) =>
    entries.findLastIndex(({ step, what, back }) => step === id && !back && what === 'intent')
  return begun('hold') >= 0 && begun('start') < begun('hold')
}

/** Name of the record, and of the Secret beside it. A job name of any length stays within the API's limit. */
export function recordName({
  kind,
  name,
  uid,
  attempt,
}: Pick<MigrationRecord, 'kind' | 'name' | 'uid' | 'attempt'>): string {
  return `migration-${kind.toLowerCase()}-${name.slice(0, 200)}-${uid.slice(0, 8)}-${attempt}`
}

/** Whether a record's name is one of a migration of the job; of any kind where none is given. */
export function isRecordNameOf(
  record: string,
  { kind, name }: { readonly kind?: string; readonly name: string },
): boolean {
  const [, ofKind, rest = ''] = /^migration-([a-z]+)-(.*)$/.exec(record) ?? []
  const start = `${name.slice(0, 200)}-`
  const isKind = kind === undefined || ofKind === kind.toLowerCase()
  return isKind && rest.startsWith(start) && /^.{1,8}-\d+$/.test(rest.slice(start.length))
}

/** The record as data of its ConfigMap. */
export function recordData({ entries, ...header }: MigrationRecord): Record<string, string> {
  const migration = JSON.stringify(header)
  const log = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
  return { schema, migration, log, checksum: checksumOf(schema, migration, log) }
}

/** The ConfigMap that holds a record, as it is stored. */
export function recordObject(record: MigrationRecord): KubeObject {
  return {
    apiVersion: 'v1',
    kind: resources.configMaps.kind,
    metadata: metadataOf(record),
    data: recordData(record),
  }
}

/** The untouched v1 object, for a way back when it is gone from the cluster. */
export function manifestSecret(record: MigrationRecord, v1: KubeObject): KubeObject {
  return {
    apiVersion: 'v1',
    kind: resources.secrets.kind,
    metadata: metadataOf(record),
    type: 'kubectl-migrate.dev/v1-manifest',
    immutable: true,
    stringData: { 'manifest.json': JSON.stringify(v1) },
  }
}

function metadataOf(record: MigrationRecord): KubeObject['metadata'] {
  const labels = { [recordLabels.record]: 'migration', [recordLabels.sourceUid]: record.uid }
  return { name: recordName(record), namespace: record.namespace, labels }
}

/**
 * What a ConfigMap says of a migration. `unreadable` with the reason where it cannot be trusted: truncated, edited by hand, or
 * written by a newer version. It is never taken for an empty one.
 */
export function parseRecord(object: KubeObject): MigrationRecord | { readonly unreadable: string } {
  const data = object['data']
  if (!isRecord(data)) return { unreadable: 'it has no data' }
  if (data['schema'] !== schema) {
    const version = Number(data['schema'])
    return {
      unreadable:
        version > Number(schema) ? `a newer version wrote it (schema ${version})` : 'it has no schema version',
    }
  }
  const { migration, log, checksum } = data
  if (typeof migration !== 'string' || typeof log !== 'string') return { unreadable: 'a part of it is missing' }
  if (checksum !== checksumOf(schema, migration, log))
    return { unreadable: 'it is truncated or was edited: its checksum differs' }
  const entries = log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry)
  return { ...(JSON.parse(migration) as Omit<MigrationRecord, 'entries'>), entries }
}

function checksumOf(...parts: readonly string[]): string {
  return hashJson(parts)
}

/** A write in one line, with what it depends on. */
export function writeText(action: Action): string {
  if (action.verb === 'create') return actionTitle(action)
  const { uid, resourceVersion } = action.unchanged
  return `${actionTitle(action)} uid ${uid} at ${resourceVersion}`
}

/** What the server stored of a write, in one line. */
export function storedText({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name} uid ${metadata.uid} at ${metadata.resourceVersion}`
}
