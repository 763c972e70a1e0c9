import { isRecord, type KubeObject } from '../kube/object.ts'
import { parseJson } from '../kube/parse-json.ts'
import { trackerOfMark } from '../kube/tracker.ts'
import { type Hold, holdOf, v1Annotations } from './hold.ts'
import type { MigrationRecord } from './record.ts'

/** Whose place a v1 job has that was made again after it had been deleted. */
export interface Restored {
  /** of the job that was deleted */
  readonly uid: string
  /** id of the migration that it was deleted in */
  readonly migration: string
}

/** What a v1 job says of the one it was made again from; undefined for any other job, and where it cannot be read. */
export function readRestored(v1: KubeObject | undefined): Restored | undefined {
  const value = parseJson(v1?.metadata.annotations?.[v1Annotations.restored] ?? '')
  if (!isRecord(value)) return undefined
  const { uid, migration } = value
  return typeof uid === 'string' && typeof migration === 'string' ? { uid, migration } : undefined
}

/** Whether a rollback made it again and has not ended: it is held for the migration it was deleted in. */
export function isRestoring(v1: KubeObject): boolean {
  const restored = readRestored(v1)
  return restored !== undefined && holdOf(v1)?.migration === restored.migration
}

const ownMark = /^kubectl-migrate\.dev\//

/**
 * A v1 job as it is made again from its manifest: suspended, held as if it had never been deleted, so that the same way leads back from
 * here as before. Left out is what the server or an owner that may be gone has to say (the collector would delete it with that one), and
 * marks of tools: a source that no longer has the job would have it pruned.
 */
export function restoredJob(manifest: KubeObject, record: MigrationRecord): KubeObject {
  const { name, namespace, uid, id, before, kind } = { ...record, kind: manifest.kind }
  const spec = isRecord(manifest['spec']) ? manifest['spec'] : {}
  const runPolicy = isRecord(spec['runPolicy']) ? spec['runPolicy'] : {}
  const hold: Hold = {
    ...(before.suspend === false ? { suspend: false } : {}),
    ready: before.ready,
    migration: id,
  }
  const restored: Restored = { uid, migration: id }
  return {
    apiVersion: manifest.apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      labels: kept(manifest.metadata.labels),
      annotations: {
        ...kept(manifest.metadata.annotations),
        [v1Annotations.restored]: JSON.stringify(restored),
        // what its owner had suspended nobody holds
        ...(before.suspend === true ? {} : { [v1Annotations.held]: JSON.stringify(hold) }),
      },
    },
    spec: { ...spec, runPolicy: { ...runPolicy, suspend: true } },
  }
}

function kept(marks: Readonly<Record<string, string>> = {}): Record<string, string> {
  const entries = Object.entries(marks)
  return Object.fromEntries(entries.filter(([key]) => !ownMark.test(key) && trackerOfMark(key) === undefined))
}
