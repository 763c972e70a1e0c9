import type { Subject } from '../migration/facts.ts'
import { standingHold } from '../migration/queue.ts'
import { type MigrationRecord, removedSince } from '../migration/record.ts'
import type { Observer } from './observer.ts'

/** milliseconds the API server gets to tell what became of pods */
const readingBack = 10_000
/** the same of v2's, which it may have forgotten, and which may not be gone yet */
const readingRemoved = 3000

/**
 * Reads how pods ended of which an earlier run was killed before it had seen them all go: of v1 when it was held, of v2 when its
 * TrainJob was deleted. What finished then is not run again.
 * @param stopSeen an earlier run saw how v1's pods ended
 */
export async function readBack(
  observer: Observer,
  subject: Pick<Subject, 'uid' | 'queue'>,
  record: MigrationRecord | undefined,
  stopSeen: boolean,
  sleep: (milliseconds: number) => Promise<void>,
): Promise<void> {
  const hold = standingHold(observer.facts, subject)
  if (hold && !stopSeen) await observer.readBack(hold, sleep(readingBack))
  const since = hold && !observer.facts.trainJob && record ? removedSince(record) : undefined
  if (since !== undefined) await observer.readBackRemoved(since, sleep(readingRemoved))
}
