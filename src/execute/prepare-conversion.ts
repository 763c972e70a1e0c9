import type { Cluster } from '../cluster/cluster.ts'
import { type Conversion, type ConvertOptions, convertJob } from '../convert/convert.ts'
import { decisionsFor } from '../convert/decisions.ts'
import { convertTwin } from '../convert/twin.ts'
import type { KubeObject } from '../kube/object.ts'
import { promotionRefusal } from '../migration/other-ways.ts'
import type { MoveVerb } from '../migration/rights.ts'
import { configMapShelf } from '../read/config-maps.ts'
import { readTwins, twinOf } from '../read/twins.ts'
import { asSubmitted } from '../v1/as-submitted.ts'
import { parseV1Job, type V1Job } from '../v1/job.ts'
import { asAgreed } from './agreed.ts'
import { movedBy } from './check-rights.ts'
import { decideTwin, type TwinAsked, type TwinDecided } from './decide-twin.ts'
import type { JobRead, PrepareOptions } from './prepare-job.ts'
import { refusedProblem, runtimeDecided } from './prepare-refusals.ts'

/** A job as it will run on the other side. */
export interface JobConverted {
  readonly job: V1Job
  readonly conversion: Conversion
  /** absent: it is no twin */
  readonly twin?: TwinDecided
  /** codes that the decisions file accepts */
  readonly accepted: ReturnType<typeof decisionsFor>['accepted']
}

/** Converts and proves a job as flags and the decisions file say. Throws a Problem: what `convertJob` says, and `guard-CODE` for what was agreed to otherwise. */
export async function convertRead(
  cluster: Cluster,
  options: PrepareOptions,
  { kind, name, v1, dialect, reading }: JobRead,
  verb: MoveVerb,
): Promise<JobConverted> {
  const { namespace, toolVersion, accept } = options
  const { runtime: wanted, mpi, ...decided } = decisionsOf(options, v1)
  if (wanted !== undefined) throw runtimeDecided(v1, wanted, verb)
  const kept = options.way === 'keep-name' ? await promotable(cluster, v1, kind.kind, namespace, name) : undefined
  const { job, twin, ...made } = await converted(cluster, asSubmitted(v1, reading.workload), options.twin, {
    live: true,
    // the step that makes the TrainJob suspends it whatever the conversion says
    run: true,
    anyName: true,
    dialect,
    toolVersion,
    configMaps: await configMapShelf(cluster).of(v1),
    accept,
    ...decided,
    mpi,
    ...(kept === undefined ? {} : { name: kept }),
  })
  const conversion = asAgreed(made.conversion, options.reviewed, dialect)
  if ('code' in conversion) throw refusedProblem(v1, [conversion])
  return { job, conversion, twin, accepted: decided.accepted }
}

/** A job converted to the TrainJob in its place, or to the twin that is asked for. */
async function converted(
  cluster: Cluster,
  v1: KubeObject,
  asked: TwinAsked | undefined,
  options: ConvertOptions,
): Promise<{ readonly conversion: Conversion; readonly job: V1Job; readonly twin?: TwinDecided }> {
  const parsed = asked && parseV1Job(v1)
  if (!parsed || !('job' in parsed)) {
    const conversion = convertJob(v1, options)
    return { conversion, job: conversion.job }
  }
  const { job } = parsed
  const twin = await decideTwin(cluster, job, asked)
  return { conversion: convertTwin(job, `${job.name}${asked.suffix}`, twin.changes, options), job, twin }
}

/** Name of the twin that takes v1's place: a whole copy. */
async function promotable(
  cluster: Cluster,
  v1: KubeObject,
  kind: string,
  namespace: string,
  name: string,
): Promise<string> {
  const twins = await readTwins(cluster, namespace, name)
  const twin = twins.find((candidate) => candidate.metadata.name === twinOf(twins, v1.metadata.uid))
  const refusal = promotionRefusal(twin, `${kind.toLowerCase()}/${name} -n ${namespace}`)
  if (refusal) throw refusedProblem(v1, [refusal], movedBy.cutover)
  return twin?.metadata.name ?? ''
}

/** What flags and the decisions file say of a job; a flag has the last word. */
function decisionsOf({ decisions, mpi, podLabels, gangScheduler, now, namespace }: PrepareOptions, v1: KubeObject) {
  const { accepted, expired, runtime, ...decided } = decisionsFor(decisions ?? { jobs: [] }, v1, now(), namespace)
  return {
    ...{ accepted, expired, runtime },
    mpi: mpi ?? decided.mpi,
    podLabels: podLabels ?? decided.podLabels,
    gangScheduler: gangScheduler ?? decided.gangScheduler,
  }
}
