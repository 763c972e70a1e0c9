import { isActive, isFinished } from '../kube/job-state.ts'
import type { JobRow } from './rows.ts'

/** A v1 job with the TrainJob that goes with it; one of both may be missing. */
export interface Pair {
  readonly v1?: JobRow
  readonly v2?: JobRow
  /** by what they were paired: the TrainJob's own record, or names alone */
  readonly link?: 'recorded' | 'name'
}

/**
 * Where the move of one pair stands, as its two states show it.
 * Revived: a v1 job was made under the name of one that was moved.
 * Twin: both run, and the TrainJob was started beside v1 to be compared with it.
 * Held: v1 is kept suspended and the TrainJob ran or runs: moved, with a way back.
 * NeitherRuns: also v1 that a cutover stopped, and whose TrainJob is not there.
 * Finalized: moved, and v1 is gone.
 */
export type Phase =
  | 'NotStarted'
  | 'V1Runs'
  | 'Twin'
  | 'BothRun'
  | 'Held'
  | 'NeitherRuns'
  | 'V1Finished'
  | 'V2Only'
  | 'Finalized'
  | 'Revived'

type Side = Pick<JobRow, 'state'> & Partial<Pick<JobRow, 'uid' | 'formerUid' | 'created' | 'source' | 'twin' | 'held'>>

/** What of a pair tells where its move stands. */
interface Sides {
  readonly v1?: Side
  readonly v2?: Side
}

/** Whether the v1 job is a new one: the TrainJob was made before it, from another v1 job of its name. */
export function isRevived({ v1, v2 }: Sides): boolean {
  const from = v2?.source?.uid
  if (!v1 || !v2 || from === undefined || v1.uid === undefined || from === v1.uid || from === v1.formerUid) return false
  return Date.parse(v1.created ?? '') > Date.parse(v2.created ?? '')
}

/** What a twin's name ends in. */
export const twinSuffix = '-v2'

/** Where a pair stands, by what runs on its two sides and who made the TrainJob. */
export function phaseOf(pair: Sides): Phase {
  const { v1, v2 } = pair
  if (!v1) return v2?.source?.moved && !v2.twin ? 'Finalized' : 'V2Only'
  const first = v1.state.word
  if (isRevived(pair) && !(v2 && isActive(first) && isActive(v2.state.word))) return 'Revived'
  if (isFinished(first)) return 'V1Finished'
  if (!v2) return v1.held === undefined ? 'NotStarted' : v1.held === 'ended' ? 'V1Finished' : 'NeitherRuns'
  const second = v2.state.word
  if (isActive(first)) return isActive(second) ? (v2.twin ? 'Twin' : 'BothRun') : 'V1Runs'
  return isActive(second) || second === 'Complete' ? 'Held' : 'NeitherRuns'
}

/**
 * Pairs v1 jobs with TrainJobs: by the recorded link (whose uid must be the v1 job's), else by the name NAME, else by
 * NAME-v2. A TrainJob that names another source is never paired by its name, nor is one whose name two v1 kinds share.
 * A v1 job with two TrainJobs makes two pairs. Pairs come in the order of the v1 jobs, then TrainJobs alone in theirs.
 */
export function pairJobs(v1Jobs: readonly JobRow[], trainJobs: readonly JobRow[]): Pair[] {
  const index = indexOf(v1Jobs)
  const partners = new Map<JobRow, Pair[]>()
  const alone: Pair[] = []
  for (const v2 of trainJobs) {
    const found = partnerOf(v2, index)
    if (found) {
      const pairs = partners.get(found.v1)
      if (pairs) pairs.push({ ...found, v2 })
      else partners.set(found.v1, [{ ...found, v2 }])
    } else alone.push({ v2 })
  }
  const pairs = v1Jobs.flatMap((v1) => partners.get(v1)?.sort(ownNameFirst) ?? [{ v1 }])
  return [...pairs, ...alone]
}

/** v1 jobs of one name in one namespace, by kind. */
type Index = ReadonlyMap<string, readonly JobRow[]>

function indexOf(jobs: readonly JobRow[]): Index {
  const index = new Map<string, JobRow[]>()
  for (const job of jobs) {
    const key = `${job.namespace}/${job.name}`
    const same = index.get(key)
    if (same) same.push(job)
    else index.set(key, [job])
  }
  return index
}

function partnerOf(v2: JobRow, index: Index): { v1: JobRow; link: 'recorded' | 'name' } | undefined {
  const { namespace, name, source } = v2
  if (source) {
    const v1 = index.get(`${namespace}/${source.name}`)?.find(({ kind }) => kind === source.kind)
    if (!v1) return undefined
    return {
      v1,
      link: source.uid === undefined || source.uid === v1.uid || source.uid === v1.formerUid ? 'recorded' : 'name',
    }
  }
  const same = index.get(`${namespace}/${name}`) ?? index.get(`${namespace}/${originalOf(name)}`) ?? []
  const [v1, second] = same
  return v1 && !second ? { v1, link: 'name' } : undefined
}

/** Names a v1 job can have that goes with this TrainJob. */
export function candidateNames({ name, source }: Pick<JobRow, 'name' | 'source'>): string[] {
  return source ? [source.name] : [name, originalOf(name)]
}

/** The name a twin was made for; the name itself when it is not a twin's. */
export function originalOf(name: string): string {
  return name.endsWith(twinSuffix) ? name.slice(0, -twinSuffix.length) : name
}

function ownNameFirst(a: Pair, b: Pair): number {
  return Number(a.v2?.name !== a.v1?.name) - Number(b.v2?.name !== b.v1?.name)
}
