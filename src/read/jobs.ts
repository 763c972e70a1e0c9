import type { Cluster } from '../cluster/cluster.ts'
import { ClusterError, failedWith } from '../cluster/errors.ts'
import { resources } from '../kube/resources.ts'
import { EarlyRows } from './early-rows.ts'
import { type Gap, settle } from './gaps.ts'
import { type JobQuery, JobReader, jobResources } from './job-reader.ts'
import { settleOpenJobs } from './open-jobs.ts'
import { candidateNames, type Pair, pairJobs, twinSuffix } from './pairs.ts'
import { type JobRow, sourceOf } from './rows.ts'

export interface Jobs {
  readonly pairs: readonly Pair[]
  /** what could not be read: the pairs lack it */
  readonly gaps: readonly Gap[]
  /** which sides the cluster serves at all */
  readonly served: { readonly v1: boolean; readonly v2: boolean }
}

/**
 * Every v1 job and TrainJob a query means, in pairs, in the API server's order. Objects are read in pages and only their
 * rows kept; pods (one list a side) and events only where a job's own status leaves its state open. With selectors the
 * partners of what they select are read as well, so that no pair is torn. Kinds that are not served or forbidden are
 * gaps; throws when both sides are not served (exit 3) or nothing at all may be listed.
 */
export async function readJobs(cluster: Cluster, query: JobQuery, early?: Early): Promise<Jobs> {
  const rows = early && !isSelective(query) ? new EarlyRows(jobResources) : undefined
  const reader = new JobReader(cluster, query.classes, query.namespace, rows)
  const reading = settle(reader.v1Rows(query), reader.rows(resources.trainJobs, query))
  const given = early && rows ? await giveEarly(cluster, reader, rows, early, reading) : new Set<JobRow>()
  const [v1, v2] = await reading
  reader.mustHaveReadSomething()
  if (isSelective(query)) await completePairs(reader, query, v1, v2)
  const rest = (row: JobRow) => !given.has(row)
  return await inPairs(cluster, reader, query, v1.filter(rest), v2.filter(rest))
}

/** Somebody who waits for rows: pairs of whole namespaces are given, in their order, before all jobs are read. */
export interface Early {
  /** resolves when it is time to look what there is to give */
  wait(): Promise<void>
  give(pairs: readonly Pair[]): void
}

/** Open jobs whose pods are asked for at once, by name, for somebody who waits. */
const openAtOnce = 100

/**
 * Gives what is whole each time somebody asks, until all is read: the first time with the pods of few open jobs and, where no namespace is
 * whole, with the first rows of one; later as far as no job is open, so that pods are read once. What was given has settled rows, and is no more open.
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
  const give = async (taken: readonly JobRow[]) => {
    if (taken.length === 0) return
    for (const row of taken) given.add(row)
    const open = taken.flatMap(({ uid }) => reader.open.get(uid) ?? [])
    for (const { row } of open) reader.open.delete(row.uid)
    const settled = await settleOpenJobs(cluster, open, undefined, reader.gaps)
    const current = taken.map((row) => settled.get(row) ?? row)
    const of = (isV2: boolean) => current.filter(({ kind }) => (kind === 'TrainJob') === isV2)
    early.give(pairJobs(of(false), of(true)))
  }
  let room = openAtOnce
  const whole = () => {
    const taken = rows.take((namespace) => {
      room -= namespace.filter(({ uid }) => reader.open.has(uid)).length
      return room >= 0
    })
    if (taken.length > 0) room = 0
    return taken
  }
  if ((await isOver(early.wait())) || (await isOver(rows.begun))) return given
  const first = whole()
  await give(first.length > 0 ? first : await firstOfNamespace(cluster, rows))
  while (!(await isOver(early.wait()))) await give(whole())
  return given
}

/** TrainJobs of a namespace whose names and sources are asked for at once, for somebody who waits. */
const linksAtOnce = 500

/** The first rows of a namespace of which not all is read, where it has no more TrainJobs than one page tells. */
async function firstOfNamespace(cluster: Cluster, rows: EarlyRows): Promise<JobRow[]> {
  const namespace = rows.current
  if (namespace === undefined) return []
  const trainJobs = cluster.pages(resources.trainJobs, { namespace, pageSize: linksAtOnce, metadataOnly: true })
  try {
    for await (const { items } of trainJobs) {
      if (items.length >= linksAtOnce) return []
      return rows.takeFirst(items.map((item) => ({ name: item.metadata.name ?? '', source: sourceOf(item) })))
    }
  } catch (error) {
    // whoever may not list a namespace, or finds no Trainer, is told so by the list of all that goes on meanwhile
    if (!(error instanceof ClusterError)) throw error
    if (failedWith(error, 'apiAbsent')) return rows.takeFirst([])
  }
  return []
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
  const settled = await settleOpenJobs(cluster, [...reader.open.values()], namespace, reader.gaps)
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
