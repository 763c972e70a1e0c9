import { type ClassWord, classWords } from '../convert/class-words.ts'
import { isActive } from '../kube/job-state.ts'
import type { BlockerView, ClassCount, FleetView } from '../present/fleet-screen.ts'
import type { Pair } from '../read/pairs.ts'
import type { JobRow } from '../read/rows.ts'
import { v1Kinds } from '../v1/kinds.ts'
import { progressOf } from './fleet-progress.ts'

/** v1 jobs of each kind by class. */
export function classCounts(pairs: readonly Pair[]): ClassCount[] {
  const rows = v1Rows(pairs)
  return v1Kinds.flatMap(({ kind }) => {
    const own = rows.filter((row) => row.kind === kind && row.class)
    const of = (word: ClassWord) => own.filter((row) => row.class?.word === word).length
    const counts = Object.fromEntries(classWords.map((word) => [word, of(word)])) as Record<ClassWord, number>
    return own.length === 0 ? [] : [{ kind, ...counts }]
  })
}

/** GPUs that jobs of each side hold or ask for, those that have ended or are suspended left out. */
export function activeGpus(pairs: readonly Pair[]): FleetView['gpus'] {
  const sum = (rows: Iterable<JobRow>) =>
    [...rows].reduce((total, { state, gpus = 0 }) => total + (isActive(state.word) ? gpus : 0), 0)
  return { v1: sum(v1Rows(pairs)), v2: sum(pairs.flatMap(({ v2 }) => v2 ?? [])) }
}

/** What somebody must decide or mend before v1 jobs that are still to be moved can be, by code, the most frequent first. */
export function blockersOf(pairs: readonly Pair[]): BlockerView[] {
  const open = pairs.filter((pair) => !['held', 'ended', 'gone', 'native'].includes(progressOf(pair)))
  const blocked = v1Rows(open).flatMap((row) =>
    row.class?.word === 'NeedsDecision' || row.class?.word === 'Impossible' ? [row.class] : [],
  )
  const reasons = blocked.flatMap(({ word, codes }) => codes.map((code) => ({ class: word, code })))
  return [...Map.groupBy(reasons, ({ class: word, code }) => `${word} ${code}`).values()]
    .flatMap((same) => (same[0] ? [{ ...same[0], jobs: same.length }] : []))
    .sort((a, b) => b.jobs - a.jobs || (a.code < b.code ? -1 : 1))
}

/** A v1 job with two TrainJobs is in two pairs, and one job. */
function v1Rows(pairs: readonly Pair[]): JobRow[] {
  return [...new Set(pairs.flatMap(({ v1 }) => v1 ?? []))]
}
