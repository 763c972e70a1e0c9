import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import type { Subject } from './facts.ts'

/** What becomes of a migration, as the Events on both objects tell it. */
export type Turn = 'Held' | 'Started' | 'Done' | 'Undone' | 'RolledBack' | 'Finalized' | 'Ended' | 'Stranded'

const alarming: readonly Turn[] = ['Undone', 'RolledBack', 'Stranded']

/** Bytes a note may have (kubernetes v1.36.3, pkg/apis/core/validation/events.go). */
const longestNote = 1000

/** A turn of a migration, as its Events are to tell it. */
export interface Announcing {
  readonly turn: Turn
  readonly says: string
  readonly now: Date
  /** who tells it: `jane@laptop` */
  readonly instance: string
  /** makes the names of the Events those of nobody else */
  readonly unique: string
}

/** An Event about each object there is or was: the v1 job, and its TrainJob where the uid is known. */
export function announcements(
  { kind, namespace, name, uid, trainJobName }: Subject,
  trainJobUid: string | undefined,
  { turn, says, now, instance, unique }: Announcing,
): KubeObject[] {
  const { trainJobs } = resources
  const v1 = { apiVersion: `${kind.resource.group}/${kind.resource.version}`, kind: kind.kind, namespace, name, uid }
  const v2 = {
    apiVersion: `${trainJobs.group}/${trainJobs.version}`,
    kind: trainJobs.kind,
    namespace,
    name: trainJobName,
    uid: trainJobUid,
  }
  const both = trainJobUid === undefined ? [v1] : [v1, v2]
  return both.map((regarding, at) => ({
    apiVersion: 'events.k8s.io/v1',
    kind: resources.newEvents.kind,
    metadata: { name: `${regarding.name.slice(0, 200)}.${unique}${at}`, namespace },
    // a MicroTime has six digits
    eventTime: now.toISOString().replace(/\.(\d{3})Z$/, '.$1000Z'),
    reportingController: 'kubectl-migrate',
    reportingInstance: instance.slice(0, 128),
    action: 'Migrate',
    reason: `Migration${turn}`,
    regarding,
    ...(both.length === 2 && { related: both[1 - at] }),
    note: says.slice(0, longestNote),
    type: alarming.includes(turn) ? 'Warning' : 'Normal',
  }))
}
