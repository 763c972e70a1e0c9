import { lastApplied } from '../convert/features/identity.ts'
import type { KubeObject } from '../kube/object.ts'
import { trackerOf } from '../kube/tracker.ts'
import { annotations, previewLabel, type TrainJob } from '../v2/trainjob.ts'
import type { MigrationRecord } from './record.ts'

/** Something this program left, and why it may go. */
export interface Leftover {
  readonly kind: 'TrainingRuntime' | 'TrainJob' | 'Lease' | 'record'
  readonly namespace: string
  readonly name: string
  /** as it was read: another uid or version is not deleted */
  readonly uid?: string
  readonly resourceVersion?: string
  /** one clause */
  readonly why: string
  /** RFC 3339: since when nobody needs it */
  readonly since: string
}

/** Whether a TrainJob refers to a TrainingRuntime of its namespace. */
export function refersTo(
  { metadata, spec }: TrainJob,
  { namespace, name }: Pick<Leftover, 'namespace' | 'name'>,
): boolean {
  const { kind = 'ClusterTrainingRuntime', name: wanted } = spec.runtimeRef
  return kind === 'TrainingRuntime' && metadata.namespace === namespace && wanted === name
}

/**
 * A runtime that a cutover made and no TrainJob refers to: its name ends in the hash of its content, and nobody changed it since. One that
 * came by `kubectl apply`, Argo CD or another tool is kept for the next run of whoever applied it.
 */
export function unusedRuntime(runtime: KubeObject, trainJobs: readonly TrainJob[]): Leftover | undefined {
  const {
    name = '',
    namespace = '',
    generation = 1,
    creationTimestamp: since = '',
    uid,
    resourceVersion,
  } = runtime.metadata
  const hash = runtime.metadata.annotations?.[annotations.contentHash]
  if (hash === undefined || !name.endsWith(`-${hash.slice(0, 10)}`) || generation > 1) return undefined
  if (lastApplied in (runtime.metadata.annotations ?? {}) || trackerOf(runtime.metadata)) return undefined
  if (trainJobs.some((job) => refersTo(job, { namespace, name }))) return undefined
  return { kind: 'TrainingRuntime', namespace, name, uid, resourceVersion, why: 'no TrainJob refers to it', since }
}

/** Milliseconds after which nobody waits for a preview any more; it gives up long before. */
const longestPreview = 10 * 60_000

/** The suspended TrainJob of a `diff --preview` that was killed before it removed it; one that runs was started by somebody. */
export function oldPreview({ metadata, spec }: TrainJob, now: Date): Leftover | undefined {
  const { name = '', namespace = '', labels = {}, uid, resourceVersion, creationTimestamp: since = '' } = metadata
  if (labels[previewLabel] === undefined || spec.suspend !== true) return undefined
  if (now.getTime() - Date.parse(since) < longestPreview) return undefined
  return { kind: 'TrainJob', namespace, name, uid, resourceVersion, why: 'a preview that was killed made it', since }
}

const over: Readonly<Partial<Record<MigrationRecord['state'], string>>> = {
  undone: 'undone by itself: v1 is what it was before',
  returned: 'rolled back: v1 is what it was before',
}

/** Only when told: with the manifest goes the way back. */
const toldOnly: Readonly<Partial<Record<MigrationRecord['state'], string>>> = {
  finalized: 'finalized: v1 cannot be made again without its manifest',
  ended: 'v1 ended by itself',
}

/** A record, and the Secret of its name, of a migration that is history; one that stands is never a leftover. */
export function oldRecord(
  record: MigrationRecord,
  { metadata: { name = '', namespace = '', uid, resourceVersion } }: KubeObject,
  all: boolean,
): Leftover | undefined {
  const why = over[record.state] ?? (all ? toldOnly[record.state] : undefined)
  if (why === undefined) return undefined
  const since =
    [record.runs.at(-1)?.at, record.entries.at(-1)?.at]
      .filter((at) => at !== undefined)
      .sort()
      .at(-1) ?? ''
  return { kind: 'record', namespace, name, uid, resourceVersion, why, since }
}
