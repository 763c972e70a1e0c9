import type { Cluster } from '../cluster/cluster.ts'
import { resources } from '../kube/resources.ts'
import { EarlyRows } from './early-rows.ts'
import { type Gap, settle } from './gaps.ts'
import { withoutGonePartners } from './gone-partners.ts'
import { type JobQuery, JobReader, jobResources } from './job-reader.ts'
import { Links } from './links.ts'
import { settleOpenJobs } from './open-jobs.ts'
import { candidateNames, type Pair, pairJobs, twinSuffix } from './pairs.ts'
import type { JobRow } from './rows.ts'

export interface Jobs {
  readonly pairs: readonly Pair[]
  /** what could not be read: the pairs lack it */
  readonly gaps: readonly Gap[]
  /** which sides the cluster serves at all */
  readonly served: { readonly v1: boolean; readonly v2: boolean }
}

/**
 * Every v1 job and TrainJob a query means, in pairs, in the API server's order. Objects are read in pages and only their
 * rows kept; pods (one list a side, a namespace at a time where those of all may not be read) only of jobs whose status does not settle
 * their state (`LookedAt`), and events only where it leaves that open. With selectors the
 * partners of what they select are read as well, so that no pair is torn. Kinds that are not served or forbidden are
 * gaps; throws when both sides are not served (exit 3) or nothing at all may be listed.
 */
export async function readJobs(cluster: Cluster, query: JobQuery, early?: Early): Promise<Jobs> {
  const rows = early && !isSelective(query) ? new EarlyRows(jobResources) : undefined
  const reader = new JobReader(cluster, query, rows)
  const reading = settle(reader.v1Rows(query), reader.rows(resources.trainJobs, query))
  const given = early && rows ? await giveEarly(cluster, reader, rows, early, reading) : new Set<JobRow>()
  const [v1, v2] = await reading
  reader.mustHaveReadSomething()
  if (isSelective(query)) await completePairs(reader, query, v1, v2)
  const rest = (row: JobRow) => !given.has(row)
  const restOfV2 = await withoutGonePartners(cluster, v2.filter(rest), given)
  return await inPairs(cluster, reader, query, v1.filter(rest), restOfV2)
}

/** Somebody who waits for rows: pairs of whole namespaces are given, in their order, before all jobs are read. */
export interface Early {
  /** resolves when it is time to look what there is to give */
  wait(): Promise<void>
  give(pairs: readonly Pair[]): void
}

/** Rows that are worth a table of their own, before the namespace they are in is whole. */
const fewest = 8

/** Open jobs whose pods are asked for at once, by name, for somebody who waits. */
const openAtOnce = 100

/**
 * Gives what is whole each time somebody asks, until all is read: first rows of the first namespace, with the pods of few
 * open jobs, then namespaces that are whole as far as no job is open, so that pods are read once. What was given has settled rows, and is no more open.
 */
async function giveEarly(
  cluster: Cluster,
  reader: JobReader,
  rows: EarlyRows,
  early: Early,
  reading: Promise<unknown>,
): Promise<ReadonlySet<JobRow>> {
  const given = new Set<JobRow>()
  const end = reading.then(
    () => true,
    () => true,
  )
  const isOver = (event: Promise<void>) => Promise.race([end, event.then(() => false)])
  const give = async (all: readonly JobRow[]) => {
    if (all.length === 0) return
    const taken = await withoutGonePartners(cluster, all, given)
    for (const row of all) given.add(row)
    const open = taken.flatMap(({ uid }) => reader.open.get(uid) ?? [])
    for (const { row } of open) reader.open.forget(row.uid)
    const settled = await settleOpenJobs(cluster, open, undefined, reader.gaps)
    const current = taken.map((row) => settled.get(row) ?? row)
    const of = (isV2: boolean) => current.filter(({ kind }) => (kind === 'TrainJob') === isV2)
    early.give(pairJobs(of(false), of(true)))
  }
  const openOf = (some: readonly JobRow[]) => some.filter(({ uid }) => reader.open.get(uid)).length
  let room = openAtOnce
  const whole = () => {
    let left = room
    const taken = rows.take((namespace) => {
      left -= openOf(namespace)
      return left >= 0
    })
    if (taken.length > 0) room = 0
    return taken
  }
  const links = new Links(cluster)
  let first: string | undefined
  const next = async () => {
    const taken = whole()
    first ??= rows.current
    if (taken.length > 0 || room <= 0 || first !== rows.current) return taken
    const some = rows.takeFirst(await links.of(first), given.size === 0 ? fewest : 1)
    room -= openOf(some)
    return some
  }
  if (await isOver(early.wait())) return given
  // asked for while other lists are waited for: it is most often the namespace that all of them begin with
  void links.of(rows.leading)
  if (await isOver(rows.begun)) return given
  do await give(await next())
  while (!(await isOver(early.wait())))
  return given
}

/** Whether a query may tear pairs. */
export function isSelective({ labelSelector, fieldSelector }: JobQuery): boolean {
  return labelSelector !== undefined || fieldSelector !== undefined
}

/** Rows in pairs, those left open settled by pods and events. */
export async function inPairs(
  cluster: Cluster,
  reader: JobReader,
  { namespace }: JobQuery,
  v1: readonly JobRow[],
  v2: readonly JobRow[],
): Promise<Jobs> {
  const settled = await settleOpenJobs(cluster, reader.open.all, namespace, reader.gaps)
  const current = (row: JobRow) => settled.get(row) ?? row
  return { pairs: pairJobs(v1.map(current), v2.map(current)), gaps: reader.gaps.all, served: reader.served }
}

/** Adds the partners a selector left out: those of selected v1 jobs, and those of selected TrainJobs. */
async function completePairs(reader: JobReader, { namespace }: JobQuery, v1: JobRow[], v2: JobRow[]): Promise<void> {
  const pairs = pairJobs(v1, v2)
  const loneV1 = pairs.flatMap((pair) => (pair.v1 && !pair.v2 ? pair.v1 : []))
  const loneV2 = pairs.flatMap((pair) => (pair.v2 && !pair.v1 ? pair.v2 : []))
  const namesOfV2 = new Set(loneV1.flatMap((row) => [keyOf(row), `${keyOf(row)}${twinSuffix}`]))
  const namesOfV1 = new Set(loneV2.flatMap(candidateKeys))
  const mayPair = (row: JobRow) => namesOfV2.has(keyOf(row)) || candidateKeys(row).some((key) => namesOfV2.has(key))
  const [moreV2, moreV1] = await settle(
    loneV1.length === 0 ? [] : reader.rows(resources.trainJobs, { namespace }, mayPair),
    loneV2.length === 0 ? [] : reader.v1Rows({ namespace }, (row) => namesOfV1.has(keyOf(row))),
  )
  v2.push(...pairJobs(loneV1, moreV2).flatMap((pair) => (pair.v1 && pair.v2 ? pair.v2 : [])))
  v1.push(...new Set(pairJobs(moreV1, loneV2).flatMap((pair) => (pair.v1 && pair.v2 ? pair.v1 : []))))
}

function keyOf({ namespace, name }: JobRow): string {
  return `${namespace}/${name}`
}

/** Keys a v1 job can have that goes with this TrainJob. */
function candidateKeys(row: JobRow): string[] {
  return candidateNames(row).map((candidate) => `${row.namespace}/${candidate}`)
}
