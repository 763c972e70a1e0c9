import { build } from '../cli/build.ts'
import type { Invocation } from '../cli/command.ts'
import { checkPoints } from '../convert/check.ts'
import type { Decided } from '../convert/decisions.ts'
import { examine } from '../convert/examine.ts'
import type { MpiTransport } from '../convert/features/mpi.ts'
import { jobTitle } from '../convert/job-title.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode, worse } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import { type Checked, githubLines, junitLines } from '../present/check-formats.ts'
import { describeError } from '../present/errors.ts'
import { spoken } from '../present/spoken.ts'
import { Problem } from '../problem.ts'
import { namedDialect, readDialect } from '../read/dialect.ts'
import { clusterShelf, fileShelf, type RuntimeShelf } from '../read/runtimes.ts'
import { dialectFor, pairWritten, readWritten, type V1Source, type WrittenTrainJob } from '../read/written-pairs.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { UnmodelledError } from '../v2/render.ts'
import { annotations, type TrainingRuntime, type TrainJob } from '../v2/trainjob.ts'
import { placeInTrainJob } from '../v2/where.ts'
import type { flags } from './diff-flags.ts'
import { type ComparedView, show, viewOf } from './diff-output.ts'
import { noAnswer } from './no-answer.ts'
import { noteTo } from './screen.ts'

type Given = Invocation<typeof flags>['flags']

/** The outcome for one v1 job: a view of what was compared, or why nothing was. */
interface Outcome {
  readonly checked: Checked
  readonly view?: ComparedView
  readonly exit: ExitCode
}

/** `diff --v1 OLD --v2 NEW`: holds TrainJobs that somebody wrote against the v1 jobs they replace. */
export async function diffWritten(
  env: Env,
  { flags: given, connection, positionals }: Invocation<typeof flags>,
  decide: (job: KubeObject) => Decided,
): Promise<ExitCode> {
  refuseOther(given, positionals)
  const asked = namedDialect(given['target-version'])
  const written = await readWritten(env, {
    v1: given.v1,
    v2: given.v2,
    recursive: given.recursive,
    dialect: asked,
    note: noteTo(env),
  })
  let worst: ExitCode = exitCode.ok
  const fail = (problem: Problem) => {
    env.err.write(spoken(describeError(problem, env.name).lines, env.err))
    worst = worse(worst, problem.data.exit)
  }
  for (const { problem } of written.problems) fail(noAnswer(problem))
  const { pairs, alone, extra } = pairWritten(written.v1, written.trainJobs)
  refuseNothing(given, written.v1.length, written.trainJobs.length, worst)
  for (const { label } of extra) noteTo(env)(`${label}: no v1 job has this TrainJob's name: it is not looked at`)
  const shelf = await openShelf(env, given, connection, written.runtimes)
  try {
    const outcomes: Outcome[] = []
    for (const { v1, v2 } of pairs) {
      try {
        const dialect = dialectFor(v2.object, asked ?? shelf.dialect)
        const runtime = await shelf.runtimeOf(v2, v1.object.metadata.namespace)
        outcomes.push(examined(v1, v2, runtime, dialect, given, decide(v1.object)))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const problem = noAnswer(error)
        fail(problem)
        outcomes.push({ checked: { ...bare(v1, v2), problem: problem.data }, exit: problem.data.exit })
      }
    }
    for (const v1 of alone) outcomes.push(unreplaced(env, v1, given))
    await write(env, given, outcomes)
    env.err.write(`${summary(outcomes)}\n`)
    return outcomes.map(({ exit }) => exit).reduce(worse, worst)
  } finally {
    shelf.close()
  }
}

function refuseOther(given: Given, positionals: readonly string[]): void {
  const what =
    given.v1.length === 0 || given.v2.length === 0
      ? '--v1 and --v2 belong together: the v1 jobs, and the TrainJobs that replace them'
      : positionals.length > 0 || given.filename.length > 0 || given.kustomize !== undefined
        ? '--v1 and --v2 compare files with files: no name, -f or -k goes with them'
        : undefined
  if (what === undefined) return
  throw new Problem({
    code: 'usage',
    what,
    next: ['$0 diff --v1 old/train.yaml --v2 new/train.yaml'],
    exit: exitCode.usage,
  })
}

function refuseNothing(given: Given, jobs: number, trainJobs: number, worst: ExitCode): void {
  if ((jobs > 0 && trainJobs > 0) || worst !== exitCode.ok) return
  const [flag, paths, what] =
    jobs === 0 ? ['--v1', given.v1, 'v1 job'] : ['--v2', given.v2, 'TrainJob of trainer.kubeflow.org']
  throw new Problem({
    code: 'no-jobs',
    what: `nothing to compare: ${flag} ${paths.join(', ')} holds no ${what}`,
    exit: exitCode.usage,
  })
}

interface OpenShelf {
  readonly dialect?: Dialect
  runtimeOf(v2: WrittenTrainJob, namespace: string | undefined): Promise<TrainingRuntime>
  close(): void
}

/** Where runtimes are looked for: the new files, then those of --runtimes, or the cluster. */
async function openShelf(
  env: Env,
  given: Given,
  connection: Invocation['connection'],
  own: readonly TrainingRuntime[],
): Promise<OpenShelf> {
  const files = given.runtimes.filter((path) => path !== 'cluster')
  const cluster = files.length < given.runtimes.length ? await env.connect(connection) : undefined
  const shelves: RuntimeShelf[] = [
    ...(files.length > 0 ? [await fileShelf(env, files)] : []),
    ...(cluster ? [clusterShelf(cluster, noteTo(env))] : []),
  ]
  return {
    dialect: cluster && (await readDialect(cluster)),
    async runtimeOf(v2, v1Namespace) {
      const namespace = v2.object.metadata.namespace ?? v1Namespace
      const found = own.find((runtime) => isNamed(runtime, v2.object, namespace))
      if (found) return found
      for (const shelf of shelves) {
        const runtime = (await shelf.of(namespace)).find((each) => isNamed(each, v2.object, namespace))
        if (runtime) return runtime
      }
      throw noRuntime(v2, given)
    },
    close: () => cluster?.close(),
  }
}

function isNamed({ kind, metadata }: TrainingRuntime, { spec }: TrainJob, namespace: string | undefined): boolean {
  const { name, kind: wanted = 'ClusterTrainingRuntime' } = spec.runtimeRef
  if (kind !== wanted || metadata.name !== name) return false
  return kind === 'ClusterTrainingRuntime' || [undefined, metadata.namespace].includes(namespace) || !metadata.namespace
}

function noRuntime({ label, object, placeOf }: WrittenTrainJob, given: Given): Problem {
  const { name, kind = 'ClusterTrainingRuntime' } = object.spec.runtimeRef
  const { file, line } = placeOf('spec.runtimeRef.name')
  const cluster = given.runtimes.includes('cluster')
  const where = cluster ? 'and is not in the cluster' : given.runtimes.length > 0 ? 'or --runtimes' : ''
  return new Problem({
    code: 'no-runtime',
    what: `${label} runs on ${kind} ${name}, which is not among the files of --v2 ${where}`.trimEnd(),
    where: `${file}:${line}: spec.runtimeRef`,
    why: 'what a TrainJob does stands for the larger part in its runtime',
    next: cluster
      ? [`kubectl get ${kind.toLowerCase()}s`]
      : [
          `--runtimes cluster`,
          `kubectl get ${kind.toLowerCase()} ${name} -o yaml > ${name}.yaml, then --runtimes ${name}.yaml`,
        ],
    exit: exitCode.usage,
  })
}

function bare(v1: V1Source, { placeOf }: Pick<WrittenTrainJob, 'placeOf'>): Checked {
  return { title: jobTitle(v1.object), ...placeOf('metadata.name'), points: [] }
}

function examined(
  v1: V1Source,
  v2: WrittenTrainJob,
  runtime: TrainingRuntime,
  dialect: Dialect,
  given: Given,
  { accepted, mpi, gangScheduler }: Decided,
): Outcome {
  const { object: trainJob } = v2
  refuseField(v2, dialect)
  const found = examineOrRefuse(v1, trainJob, runtime, dialect, {
    mpi: (given.mpi as MpiTransport | undefined) ?? mpi,
    gangScheduler: given['gang-scheduler'] ?? gangScheduler,
  })
  const compared = { ...found, examined: found, against: againstOf(v2, runtime) }
  const view = viewOf(compared, given['show-secrets'])
  const codes = [...given.accept, ...accepted.map(({ code }) => code), ...recorded(trainJob)]
  const points = checkPoints(view, { strict: given.strict, accepted: codes })
  const { file, line } = v2.placeOf('metadata.name')
  const placed = points.map((point) => ({
    ...point,
    ...(point.of === 'pod' ? v2.placeOf(placeInTrainJob(trainJob, point.path)) : { file, line }),
  }))
  const fails = points.some(({ weight }) => weight === 'fails')
  return {
    view,
    checked: { ...bare(v1, v2), points: placed },
    exit: fails ? exitCode.no : exitCode.ok,
  }
}

/** What convert recorded of what was accepted, by code. */
function recorded({ metadata }: TrainJob): string[] {
  const text = metadata.annotations?.[annotations.accepted]
  return text === undefined ? [] : [...text.matchAll(/"code":"([a-z0-9-]+)"/g)].map(([, code]) => code ?? '')
}

function againstOf({ object, placeOf }: WrittenTrainJob, runtime: TrainingRuntime): string {
  const { file, line } = placeOf('metadata.name')
  const { name, generateName } = object.metadata
  return `TrainJob ${name ?? generateName} of ${file}:${line} on ${runtime.kind} ${runtime.metadata.name}`
}

function refuseField({ label, object, placeOf }: WrittenTrainJob, dialect: Dialect): void {
  const other = (['podSpecOverrides', 'podTemplateOverrides', 'runtimePatches'] as const).find(
    (field) => field !== dialect.field && object.spec[field] !== undefined,
  )
  if (!other) return
  const { file, line } = placeOf(`spec.${other}`)
  throw new Problem({
    code: 'other-dialect',
    what: `${label}: Trainer ${dialect.version} does not know spec.${other}`,
    where: `${file}:${line}: spec.${other}`,
    why: `the API server would drop it in silence; this version takes spec.${dialect.field}`,
    next: ['--target-version VERSION says what the TrainJob is written for'],
    exit: exitCode.usage,
  })
}

function examineOrRefuse(
  v1: V1Source,
  trainJob: TrainJob,
  runtime: TrainingRuntime,
  dialect: Dialect,
  told: { readonly mpi?: MpiTransport; readonly gangScheduler?: string },
) {
  try {
    return examine(v1.object, trainJob, runtime, { dialect, ...told, toolVersion: build.version })
  } catch (error) {
    if (error instanceof Problem && error.data.where !== undefined) {
      throw new Problem({ ...error.data, where: v1.whereOf(error.data.where) })
    }
    if (!(error instanceof UnmodelledError)) throw error
    throw new Problem({
      code: 'unmodelled-runtime',
      what: `TrainJob ${trainJob.metadata.name} cannot be compared yet: ${error.message}`,
      exit: exitCode.usage,
    })
  }
}

function unreplaced(env: Env, v1: V1Source, given: Given): Outcome {
  const title = jobTitle(v1.object)
  const place = v1.placeOf?.('metadata.name') ?? { file: v1.label, line: 1 }
  const name = v1.object.metadata.name ?? v1.object.metadata.generateName?.replace(/-$/, '') ?? ''
  const message = `no TrainJob of ${given.v2.join(', ')} is called ${name} or ${name}-v2`
  env.err.write(`${title} (${place.file}:${place.line}) is not replaced: ${message}\n`)
  const point = { weight: 'fails', code: 'not-replaced', path: 'metadata.name', of: 'job', message, ...place } as const
  return { checked: { title, ...place, points: [point] }, exit: exitCode.no }
}

async function write(env: Env, given: Given, outcomes: readonly Outcome[]): Promise<void> {
  const checks = outcomes.map(({ checked }) => checked)
  const views = outcomes.flatMap(({ view }) => view ?? [])
  if (given.output === 'github')
    env.out.write(
      githubLines(checks)
        .map((line) => `${line}\n`)
        .join(''),
    )
  else if (given.output === 'junit') env.out.write(`${junitLines(checks).join('\n')}\n`)
  else if (views.length > 0) await show(env, given, views)
}

function summary(outcomes: readonly Outcome[]): string {
  const count = (code: ExitCode) => outcomes.filter(({ exit }) => exit === code).length
  const [ok, no] = [count(exitCode.ok), count(exitCode.no)]
  const broken = outcomes.length - ok - no
  const jobs = outcomes.length === 1 ? '1 job' : `${outcomes.length} jobs`
  const parts = [
    `${ok} ${ok === 1 ? 'does' : 'do'} the same or what is explained`,
    ...(no > 0 ? [`${no} ${no === 1 ? 'differs' : 'differ'}`] : []),
    ...(broken > 0 ? [`${broken} not compared`] : []),
  ]
  return `${jobs}: ${parts.join(', ')}`
}
