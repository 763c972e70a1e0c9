import { podState } from '../kube/pod-state.ts'
import type { Facts, Subject } from '../migration/facts.ts'
import { isStarted, standingHold } from '../migration/queue.ts'
import { isStanding, type MigrationRecord, ranBeside, removalsOf, sawStop } from '../migration/record.ts'
import type { Observer } from './observer.ts'

/** milliseconds the API server gets to tell what became of pods */
const readingBack = 10_000
/** the same of v2's, which it may have forgotten, and which may not be gone yet */
const readingRemoved = 3000

/**
 * Name of a twin that a killed run deleted, as the last record tells: it may not be gone yet, and how it ended is still to be read.
 * @param trainJobName what is no twin
 */
export function removedTwin(
  records: readonly { readonly record: MigrationRecord }[],
  trainJobName: string,
): string | undefined {
  const last = records.at(-1)?.record
  const removals = last && isStanding(last) ? removalsOf(last) : []
  return removals.find(({ name }) => name !== trainJobName)?.name
}

/** Whether an earlier run saw how v1's pods ended: it did before it started a TrainJob in v1's place. */
export function stopWasSeen(
  record: MigrationRecord | undefined,
  { trainJob }: Pick<Facts, 'trainJob'>,
  queue: Subject['queue'],
): boolean {
  if (record && sawStop(record)) return true
  if (record && ranBeside(record)) return false
  return trainJob !== undefined && isStarted(trainJob, { queue })
}

/** How many pods of v1 were ready before it was held: a job an earlier run holds has no pods to count. */
export function readyBefore(facts: Facts, subject: Pick<Subject, 'uid' | 'queue'>): number {
  return standingHold(facts, subject)?.ready ?? facts.v1Pods.filter((pod) => podState(pod).ready).length
}

/**
 * Reads how pods ended of which an earlier run was killed before it had seen them all go: of v1 when it was held, of v2 when its
 * TrainJob or twin was deleted. What finished then is not run again.
 * @param stopSeen an earlier run saw how v1's pods ended
 */
export async function readBack(
  observer: Observer,
  subject: Pick<Subject, 'uid' | 'queue'>,
  record: MigrationRecord | undefined,
  stopSeen: boolean,
  sleep: (milliseconds: number) => Promise<void>,
): Promise<void> {
  const { trainJob, twin } = observer.facts
  const hold = standingHold(observer.facts, subject)
  if (hold && !stopSeen) await observer.readBack(hold, sleep(readingBack))
  for (const { name, since, back } of record ? removalsOf(record) : []) {
    const which = name === observer.twin ? 'twin' : 'v2'
    const stands = which === 'twin' ? twin?.trainJob : trainJob
    // beside a v1 that runs, what is taken back was only there to compare
    if (!stands && (hold || !back)) await observer.readBackRemoved(which, since, sleep(readingRemoved))
  }
}
