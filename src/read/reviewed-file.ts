import type { Files, Input } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { hashJson } from '../kube/hash.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { Problem } from '../problem.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import { readManifests } from './manifests.ts'
import { type JobReference, parseReference } from './reference.ts'
import { sourceOf } from './rows.ts'

/** A TrainJob, and its runtime where the file has it, that somebody has read and agreed to. */
export interface Reviewed {
  readonly path: string
  readonly trainJob: TrainJob
  readonly runtime?: KubeObject
  /** of both, for the record */
  readonly hash: string
}

/** Reads the TrainJob of that name, or the only one, and its runtime. Throws a Problem (exit 2) for a file that has none, or several. */
export async function readReviewed(
  files: Files,
  input: Input,
  path: string,
  reference: JobReference | undefined,
): Promise<Reviewed> {
  const objects: KubeObject[] = []
  for await (const { problem, documents } of readManifests(files, input, { paths: [path], recursive: false })) {
    if (problem) throw problem
    for (const document of documents) {
      if (document.problem) throw document.problem
      if (isRecord(document.object)) objects.push(document.object as unknown as KubeObject)
    }
  }
  const named = ({ kind, metadata }: KubeObject) =>
    kind === 'TrainJob' && (reference === undefined || metadata?.name === reference.name)
  const [trainJob, second] = objects.filter(named) as TrainJob[]
  const whose = reference === undefined ? '' : ` ${reference.name}`
  if (!trainJob) {
    const how = `$0 convert job ${reference?.name ?? 'NAME'} > v2.yaml   (then review v2.yaml)`
    throw usage('no-such-manifest', `${path} has no TrainJob${whose}`, [how])
  }
  if (second) throw usage('several-manifests', `${path} has more than one TrainJob${whose}: name the job that is meant`)
  const { name, kind = 'ClusterTrainingRuntime' } = trainJob.spec.runtimeRef
  const runtime = objects.find((object) => object.kind === kind && object.metadata?.name === name)
  return { path, trainJob, runtime, hash: hashJson([trainJob, runtime ?? null]) }
}

/** The v1 job that a reviewed TrainJob was made from, by its own record. */
export function reviewedJob({ path, trainJob }: Reviewed): JobReference {
  const source = sourceOf(trainJob)
  const reference = source && parseReference([source.kind, source.name])
  if (reference) return reference
  throw usage('no-source', `the TrainJob in ${path} does not say which v1 job it was made from: name the job`)
}

function usage(code: string, what: string, next?: readonly string[]): Problem {
  return new Problem({ code, what, next, exit: exitCode.usage })
}
