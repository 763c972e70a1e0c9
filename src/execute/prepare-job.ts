import type { Cluster } from '../cluster/cluster.ts'
import type { Decisions } from '../convert/decisions.ts'
import type { MpiTransport } from '../convert/features/mpi.ts'
import type { KubeObject } from '../kube/object.ts'
import { jobGuards, refusals, twinJobGuards } from '../migration/guards/index.ts'
import { twinQueued } from '../migration/guards/queues.ts'
import type { Way } from '../migration/other-ways.ts'
import type { MoveVerb } from '../migration/rights.ts'
import { readDialect } from '../read/dialect.ts'
import { settle } from '../read/gaps.ts'
import type { JobReference } from '../read/reference.ts'
import { resolveJob } from '../read/resolve.ts'
import type { Reviewed } from '../read/reviewed-file.ts'
import type { KindInfo } from '../v1/kinds.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import type { TwinAsked } from './decide-twin.ts'
import { leftPrepared } from './left-prepared.ts'
import { refuse } from './prepare-refusals.ts'
import { type QueueReading, readQueueing } from './read-queueing.ts'

/** What is asked of a move. */
export interface PrepareOptions {
  readonly reference: JobReference
  readonly namespace: string
  readonly toolVersion: string
  /** codes of `lost` findings that are accepted by name */
  readonly accept: readonly string[]
  /** how an MPIJob's launcher reaches its workers; a decision may say so as well */
  readonly mpi?: MpiTransport
  readonly podLabels?: 'v1'
  readonly gangScheduler?: string
  readonly decisions?: Decisions
  /** milliseconds v2 must stay healthy */
  readonly observe: number
  readonly requireResume?: boolean
  /** milliseconds it may wait for quota */
  readonly queueTimeout?: number
  /** make the runtime where it is not there; else a cutover without it is refused */
  readonly createRuntime: boolean
  /** its twin takes v1's place, or v2 starts before v1 stops */
  readonly way?: Way
  /** the TrainJob and runtime that were agreed to */
  readonly reviewed?: Reviewed
  /** a twin beside v1 instead of the TrainJob in its place */
  readonly twin?: TwinAsked
  /** reads which release Trainer's operator is */
  readonly trainerRelease: () => Promise<string | undefined>
  readonly now: () => Date
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** A job that no guard keeps from being moved by what it is itself, and what of its cluster its conversion depends on. */
export interface JobRead {
  readonly kind: KindInfo
  readonly v1: KubeObject
  readonly name: string
  readonly uid: string
  readonly dialect: Dialect
  readonly trainerRelease: string | undefined
  readonly reading: QueueReading
}

/** Reads the job. Throws a Problem: what `resolveJob` says, and `guard-CODE` for what may not be moved whatever it converts to. */
export async function readJobToMove(cluster: Cluster, options: PrepareOptions, verb: MoveVerb): Promise<JobRead> {
  const { reference, namespace, twin, way } = options
  const [{ kind, object: v1 }, dialect, trainerRelease] = await settle(
    resolveJob(cluster, reference, namespace, verb),
    readDialect(cluster),
    options.trainerRelease(),
  )
  const { name = reference.name, uid = '' } = v1.metadata
  const reading = await readQueueing(cluster, namespace, v1)
  const { workload, unread: queueUnread, name: queueName } = reading
  const evidence = { kind, namespace, name, v1, workload, queueName, queueUnread }
  const unfit = refusals(twin ? twinJobGuards : jobGuards, evidence)
  const alone = !twin && unfit.length === 1 && unfit[0]?.code === 'finished'
  if (!(alone && (await leftPrepared(cluster, v1)))) refuse(v1, unfit, verb)
  // a queue decides when either side runs: v2 beside v1 would wait for what v1 holds
  if (way) refuse(v1, refusals([twinQueued], evidence), verb)
  return { kind, v1, name, uid, dialect, trainerRelease, reading }
}
