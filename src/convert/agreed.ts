import { compareValues } from '../compare/live.ts'
import type { PodDifference } from '../compare/pods.ts'
import { hashJson } from '../kube/hash.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { UnmodelledError } from '../v2/render.ts'
import { annotations, type JobSetSpec, queueAnnotation, type TrainingRuntime, type TrainJob } from '../v2/trainjob.ts'
import { differencesTold } from './choose.ts'
import type { Conversion } from './convert.ts'
import { endingRows } from './ending-rows.ts'
import { explainsPath } from './explained.ts'
import { lastApplied } from './features/identity.ts'
import { type Proof, prove } from './proof.ts'

/** A TrainJob, and its runtime, that somebody agreed to. */
export interface Agreed {
  readonly trainJob: TrainJob
  readonly runtime?: KubeObject
}

/**
 * The conversion of a job with the TrainJob and runtime of a file in the place of ours, where they do the same: the same pods, value by
 * value, and the same endings. However they are written, whatever the runtime is called, and whichever of the two says a thing. Otherwise
 * in what they differ, a clause each.
 */
export function agreedConversion(
  ours: Conversion,
  { trainJob, runtime }: Agreed,
  dialect: Dialect,
): Conversion | { readonly differences: readonly string[] } {
  const written = drift(ours, trainJob, runtime)
  if (written.length === 0) return ours
  const named = bothWays('metadata.name', ours.trainJob.metadata.name, trainJob.metadata.name)
  const labels = bothWays('metadata.labels', ours.trainJob.metadata.labels ?? {}, trainJob.metadata.labels ?? {})
  if (named.length + labels.length > 0) return { differences: [...named, ...labels] }
  if (!runtime || trainJob.spec.runtimeRef.kind !== 'TrainingRuntime') return { differences: written }
  const made = placed(ours, trainJob, runtime as TrainingRuntime)
  const stale = staleHash(made.runtime)
  // what stands on a runtime of ours reads best field by field
  const onOurs = trainJob.spec.runtimeRef.name === ours.runtime.metadata.name
  if (stale !== undefined) return { differences: onOurs ? written : [stale] }
  try {
    const proof = prove(ours.job, made.trainJob, made.runtime, ours.findings, dialect)
    const differences = inEffect(ours, { ...made, proof }, dialect)
    if (differences.length > 0) return { differences: onOurs ? written : differences }
    return { ...ours, ...made, proof, reused: false }
  } catch (error) {
    if (error instanceof UnmodelledError) return { differences: [error.message] }
    throw error
  }
}

/** How what v1 converts to now differs from the file as it is written; `suspend` aside, which a cutover decides itself. */
function drift(ours: Conversion, trainJob: TrainJob, runtime: KubeObject | undefined): string[] {
  const { suspend: _, ...spec } = ours.trainJob.spec
  const { suspend: __, ...agreed } = trainJob.spec
  return [
    ...bothWays('metadata.name', ours.trainJob.metadata.name, trainJob.metadata.name),
    ...bothWays('metadata.labels', ours.trainJob.metadata.labels ?? {}, trainJob.metadata.labels ?? {}),
    ...bothWays('spec', spec, agreed),
    ...(runtime ? bothWays('runtime spec', ours.runtime.spec, runtime['spec']) : []),
  ]
}

/** What either has and the other has not, or has otherwise. */
function bothWays(what: string, now: unknown, then: unknown): string[] {
  const told = ({ path, v1 = 'absent', v2 = 'absent' }: Pick<PodDifference, 'path' | 'v1' | 'v2'>) =>
    `${what}${path === '' ? '' : `.${path}`} is ${v2} now, and ${v1} in the file`
  const lacking = compareValues(then, now)
  const more = compareValues(now, then).filter(({ path }) => !lacking.some((other) => other.path === path))
  return [...lacking, ...more.map(({ path, v1, v2 }) => ({ path, v1: v2, v2: v1 }))].map(told)
}

/** The file's objects where a cutover makes them, with the marks by which it knows its own. */
function placed(
  { trainJob: ours }: Conversion,
  trainJob: TrainJob,
  runtime: TrainingRuntime,
): Pick<Conversion, 'trainJob' | 'runtime'> {
  const { namespace } = ours.metadata
  const { suspend: _, ...spec } = trainJob.spec
  const { [lastApplied]: __, ...written } = trainJob.metadata.annotations ?? {}
  const { name, labels, annotations: notes } = runtime.metadata
  return {
    trainJob: {
      ...ours,
      metadata: { ...ours.metadata, annotations: { ...written, ...ours.metadata.annotations } },
      spec: ours.spec.suspend === undefined ? spec : { ...spec, suspend: ours.spec.suspend },
    },
    runtime: {
      apiVersion: runtime.apiVersion,
      kind: runtime.kind,
      metadata: {
        ...{ name, namespace },
        ...(labels ? { labels } : {}),
        ...(notes ? { annotations: notes } : {}),
      },
      spec: runtime.spec,
    },
  }
}

/** A runtime that says what it contains, and contains something else, would stand in the way of every job of that shape. */
function staleHash({ metadata, spec }: TrainingRuntime): string | undefined {
  const said = metadata.annotations?.[annotations.contentHash]
  if (said === undefined || said === hashJson(spec)) return undefined
  return `runtime ${metadata.name} was edited, and its annotation ${annotations.contentHash} says what it was: take that off and give it another name, in runtimeRef too`
}

type Made = Pick<Conversion, 'trainJob' | 'runtime'> & { readonly proof: Proof }

function inEffect(ours: Conversion, theirs: Made, dialect: Dialect): string[] {
  const { jobSet } = theirs.proof
  const pods = otherPods(ours, prove(ours.job, theirs.trainJob, theirs.runtime, [], dialect))
  const endings = endingRows(ours, theirs).filter(({ verdict }) => verdict === 'different')
  const gang = [
    ...bothWays('runtime spec.podGroupPolicy', podGroup(ours.runtime), podGroup(theirs.runtime)),
    ...bothWays('Volcano’s queue', queueOf(ours.runtime), queueOf(theirs.runtime)),
  ]
  return [
    ...differencesTold(pods),
    ...endings.map(({ path, v1 = 'absent', v2 = 'absent' }) => `${path} is ${v1} now, and ${v2} in the file`),
    ...gang,
    ...bothWays('runtime', order(ours.proof.jobSet), order(jobSet)),
  ]
}

/** Values in which the file's pods are not ours: what a finding explains of ours, it explains where the value is that one. */
function otherPods({ proof, findings }: Conversion, theirs: Proof): PodDifference[] {
  const values = new Map(
    proof.comparison.pairs.flatMap(({ rank, leaves }) => leaves.map(({ path, v2 }) => [`${rank} ${path}`, v2])),
  )
  return theirs.differences.filter(
    ({ rank, path, v2 }) =>
      values.get(`${rank} ${path}`) !== v2 || !findings.some((finding) => explainsPath(finding, path)),
  )
}

function podGroup({ spec }: TrainingRuntime): unknown {
  return (spec as { podGroupPolicy?: unknown }).podGroupPolicy
}

function queueOf({ spec }: TrainingRuntime): string | undefined {
  return spec.template.metadata?.annotations?.[queueAnnotation]
}

/** What stands in no pod and in no ending: which pods start first, and how they find each other. */
function order({ replicatedJobs, startupPolicy, network, coordinator }: JobSetSpec): Record<string, unknown> {
  const waits = replicatedJobs.flatMap(({ name, dependsOn }) => (dependsOn === undefined ? [] : [[name, dependsOn]]))
  return {
    ...Object.fromEntries(
      [
        ['startupPolicy', startupPolicy],
        ['network', network],
        ['coordinator', coordinator],
      ].filter(([, value]) => value !== undefined),
    ),
    ...(waits.length > 0 ? { dependsOn: Object.fromEntries(waits) } : {}),
  }
}
