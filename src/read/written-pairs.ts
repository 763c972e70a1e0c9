import type { Env } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import { Problem } from '../problem.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { newestDialect } from '../v2/dialects/index.ts'
import { dialectWritten, isTrainJob, trainJobFaults } from '../v2/train-job-faults.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import { sourceOf } from './rows.ts'
import { isRuntime } from './runtimes.ts'
import { type Place, readSources, type Source } from './sources.ts'

export type V1Source = Extract<Source, { is: 'job' }>

/** A TrainJob of a file. */
export interface WrittenTrainJob {
  readonly label: string
  readonly object: TrainJob
  placeOf(path: string): Place
}

/** What two sets of files hold. */
export interface Written {
  readonly v1: readonly V1Source[]
  readonly trainJobs: readonly WrittenTrainJob[]
  readonly runtimes: readonly TrainingRuntime[]
  /** what could not be read */
  readonly problems: readonly { readonly label: string; readonly problem: Problem }[]
}

interface WrittenQuery {
  readonly v1: readonly string[]
  readonly v2: readonly string[]
  readonly recursive: boolean
  readonly dialect?: Dialect
  readonly note: (text: string) => void
}

/** The v1 jobs of the old files, the TrainJobs and runtimes of the new ones; a folder with a kustomization is built by kubectl. */
export async function readWritten(env: Env, { v1, v2, recursive, dialect, note }: WrittenQuery): Promise<Written> {
  const found = { v1: [] as V1Source[], trainJobs: [] as WrittenTrainJob[], runtimes: [] as TrainingRuntime[] }
  const problems: { label: string; problem: Problem }[] = []
  const read = (paths: readonly string[]) =>
    readSources(env, {
      paths,
      recursive,
      buildsKustomizations: true,
      positionals: [],
      allNamespaces: false,
      connection: {},
      note,
    })
  for await (const source of read(v1)) {
    if (source.is === 'job') found.v1.push(source)
    if (source.is === 'problem') problems.push(source)
  }
  for await (const source of read(v2)) {
    if (source.is === 'problem') problems.push(source)
    if (source.is !== 'other') continue
    const { object, label, placeOf } = source
    if (isRuntime(object)) found.runtimes.push(object)
    if (!isTrainJob(object)) continue
    const problem = faulty(object, label, placeOf, dialect)
    if (problem) problems.push({ label, problem })
    else found.trainJobs.push({ label, object: object as TrainJob, placeOf })
  }
  return { ...found, problems }
}

/** The dialect to read a TrainJob in: the one asked for, else the newest that has the field it uses. */
export function dialectFor(trainJob: KubeObject, asked: Dialect | undefined): Dialect {
  return asked ?? dialectWritten(trainJob) ?? newestDialect
}

function faulty(
  object: KubeObject,
  label: string,
  placeOf: WrittenTrainJob['placeOf'],
  asked: Dialect | undefined,
): Problem | undefined {
  const faults = trainJobFaults(object, dialectFor(object, asked))
  const [first] = faults
  if (!first) return undefined
  const { file, line } = placeOf(first.path)
  return new Problem({
    code: 'invalid-train-job',
    what: `${label}: this TrainJob would be refused, or lose a field in silence`,
    where: `${file}:${line}: ${first.path}`,
    why: faults.map(({ path, message }) => `${path} ${message}`).join('\n'),
    exit: exitCode.usage,
  })
}

export interface PairsOfFiles {
  readonly pairs: readonly { readonly v1: V1Source; readonly v2: WrittenTrainJob }[]
  /** v1 jobs that nothing replaces */
  readonly alone: readonly V1Source[]
  /** TrainJobs that replace nothing */
  readonly extra: readonly WrittenTrainJob[]
}

/** Pairs jobs by what a TrainJob records as its source, then by name (`NAME`, `NAME-v2`); one and one are a pair by any name. */
export function pairWritten(v1: readonly V1Source[], trainJobs: readonly WrittenTrainJob[]): PairsOfFiles {
  const free = new Set(trainJobs)
  const [only, second] = trainJobs
  const byAnyName = v1.length === 1 && only && !second
  const found = new Map<V1Source, WrittenTrainJob>()
  for (const fits of [byRecord, byName(''), byName('-v2')]) {
    for (const job of v1) {
      if (found.has(job)) continue
      const twin = [...free].find(({ object }) => samePlace(job.object, object) && fits(job.object, object))
      if (!twin) continue
      found.set(job, twin)
      free.delete(twin)
    }
  }
  const [job] = v1
  if (byAnyName && job && !found.has(job)) {
    found.set(job, only)
    free.delete(only)
  }
  return {
    pairs: [...found].map(([one, twin]) => ({ v1: one, v2: twin })),
    alone: v1.filter((one) => !found.has(one)),
    extra: [...free],
  }
}

type Fits = (v1: KubeObject, trainJob: TrainJob) => boolean

const byRecord: Fits = (v1, trainJob) => {
  const source = sourceOf(trainJob)
  return source?.kind === v1.kind && source.name === v1.metadata.name
}

function byName(suffix: string): Fits {
  return (v1, trainJob) => `${nameOf(v1)}${suffix}` === nameOf(trainJob)
}

function nameOf({ metadata }: KubeObject): string {
  return metadata.name ?? metadata.generateName?.replace(/-$/, '') ?? ''
}

/** A manifest without a namespace may be for any. */
function samePlace(a: KubeObject, b: KubeObject): boolean {
  const [one, other] = [a.metadata.namespace, b.metadata.namespace]
  return one === undefined || other === undefined || one === other
}
