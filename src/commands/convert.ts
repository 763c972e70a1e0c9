import { build } from '../cli/build.ts'
import type { Command, Invocation } from '../cli/command.ts'
import type { Cluster, ConnectionFlags } from '../cluster/cluster.ts'
import { acceptedCodes } from '../convert/accepted.ts'
import { type Conversion, convertJob } from '../convert/convert.ts'
import type { Decisions } from '../convert/decisions.ts'
import { jobTitle } from '../convert/job-title.ts'
import { isTrainerObject } from '../convert/rewrite/versions.ts'
import type { Env } from '../env.ts'
import { ServerValidation } from '../execute/validate-conversion.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { explainConversion, explainRewriting } from '../present/convert-explain.ts'
import { Problem } from '../problem.ts'
import { readDecisions } from '../read/decisions.ts'
import { readDialect } from '../read/dialect.ts'
import { clusterShelf, fileShelf, parseRuntimeReference, pickRuntime, type RuntimeShelf } from '../read/runtimes.ts'
import { readSources, type Source } from '../read/sources.ts'
import { embeddedJobs } from '../v1/embedded.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { newestDialect } from '../v2/dialects/index.ts'
import type { TrainingRuntime } from '../v2/trainjob.ts'
import { changesRefused, located, refusalOf } from './convert-faults.ts'
import { flags } from './convert-flags.ts'
import { TrainJobNames } from './convert-names.ts'
import { Outcomes } from './convert-outcomes.ts'
import { shortName } from './convert-rows.ts'
import { decided, type Settings, settingsOf } from './convert-settings.ts'
import { openSink, type Sink } from './convert-sinks.ts'
import { type RewriteSettings, rewriteAll, type TrainerSource } from './convert-trainer.ts'
import { noteTo } from './screen.ts'

export const command: Command<typeof flags> = {
  name: 'convert',
  summary: 'write v1 jobs as TrainJobs, proved to make the same pods',
  usage: '[-f FILE]... | -k DIR | [KIND/NAME | KIND NAME | job NAME | NAME]',
  examples: [
    { does: 'Convert a file and look at the result', type: '$0 convert -f train.yaml' },
    { does: 'Convert a folder into another, a file a job', type: '$0 convert -f jobs/ --output-dir v2/' },
    { does: 'Convert a job of the cluster; the output is suspended', type: '$0 convert job bert-large -n nlp' },
    { does: 'Rewrite TrainJobs and runtimes of an older Trainer', type: '$0 convert -f v2.0/ --target-version 2.3' },
    { does: 'Render a template first', type: 'helm template chart/ | $0 convert -f -' },
  ],
  flags,
  connects: true,
  collectsOften: true,
  manyNamespaces: true,
  run,
}

async function run(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  const settings = settingsOf(invocation)
  const { runtimes, decisions: named } = invocation.flags
  const read = await readDecisions(env.files, named)
  if (read) noteTo(env)(`decisions of ${read.path}`)
  const cluster = new LazyCluster(env, invocation.connection)
  try {
    const shelf = runtimes.length > 0 ? await fileShelf(env, runtimes) : undefined
    return await convertAll(env, invocation, { settings, decisions: read?.decisions, shelf, cluster })
  } finally {
    cluster.close()
  }
}

/** What the jobs of a run have in common. */
interface Run {
  readonly settings: Settings
  readonly decisions?: Decisions
  /** of --runtimes */
  readonly shelf?: RuntimeShelf
  /** for jobs of files whose runtime is named */
  readonly cluster: LazyCluster
}

async function convertAll(env: Env, invocation: Invocation<typeof flags>, common: Run): Promise<ExitCode> {
  const sink = await openSink(env, invocation.flags)
  try {
    return await convertInto(sink, env, invocation, common)
  } finally {
    sink.flush?.()
  }
}

async function convertInto(sink: Sink, env: Env, invocation: Invocation<typeof flags>, common: Run): Promise<ExitCode> {
  const { flags: given } = invocation
  const { settings } = common
  const started = env.now()
  const names = new TrainJobNames()
  const outcomes = new Outcomes(env, { ledger: given.output === 'ledger', namespace: settings.namespace })
  // nothing is written where no job is found
  const held: Extract<Source, { is: 'other' }>[] = []
  // a TrainJob depends on its runtime, wherever that stands
  const trainers: TrainerSource[] = []
  let others = 0
  const found = readSources(env, {
    paths: given.filename,
    recursive: given.recursive,
    kustomize: given.kustomize,
    positionals: invocation.positionals,
    selector: given.selector,
    allNamespaces: invocation.allNamespaces,
    connection: invocation.connection,
    dialect: settings.dialect,
    note: noteTo(env),
  })
  for await (const source of settings.name === undefined ? found : onlyJob(found)) {
    if (given['fail-fast'] && outcomes.failed) {
      noteTo(env)('--fail-fast: what comes after the first failure is not looked at')
      break
    }
    if (source.is === 'other' && isTrainerObject(source.object)) {
      trainers.push(source as TrainerSource)
      continue
    }
    if (source.is === 'other') {
      others++
      held.push(source)
      for (const job of embeddedJobs(source.object)) outcomes.embedded(source, job)
    }
    if (source.is !== 'other' || outcomes.count > 0) for (const other of held.splice(0)) await sink.pass(other)
    if (source.is === 'other') continue
    const converted =
      source.is === 'problem' ? source.problem : await convertOne(source, () => settingsFor(source, common, started))
    const own = converted instanceof Problem ? converted : (nameTaken(names, source, converted) ?? converted)
    const result =
      given.validate === undefined || own instanceof Problem ? own : await validated(own, common, noteTo(env))
    if (result instanceof Error) {
      outcomes.refused(source, result)
    } else {
      if (given.explain) env.err.write(`${explainConversion(result).join('\n')}\n`)
      outcomes.converted(source, result, await sink.write(result))
    }
  }
  const forTrainer = await trainerSettings(common, given.validate)
  const { to } = forTrainer
  const decided = await rewriteAll(trainers, { ...settings, ...forTrainer })
  const fitting = decided.filter(({ rewriting }) => rewriting === undefined).length
  if (outcomes.count === 0 && fitting === decided.length) throw noJobs(others + fitting, fitting, to.release)
  others += fitting
  for (const other of held.splice(0)) await sink.pass(other)
  for (const { source, rewriting } of decided) {
    if (rewriting === undefined) await sink.pass(source)
    else if (rewriting instanceof Error) outcomes.refused(source, rewriting)
    else {
      if (given.explain) env.err.write(`${explainRewriting(rewriting).join('\n')}\n`)
      if (rewriting.asItStands) await sink.pass(source)
      const file = rewriting.asItStands ? undefined : await sink.rewritten(rewriting.object)
      outcomes.rewritten(source, rewriting, file)
    }
  }
  const files = await sink.close()
  return outcomes.report({ others, files, seconds: (env.now().getTime() - started.getTime()) / 1000 })
}

function nameTaken(names: TrainJobNames, source: Source, conversion: Conversion): Problem | undefined {
  const problem = names.taken(source, conversion)
  return problem && source.is === 'job' ? located(problem, source.whereOf) : problem
}

/** The conversion when the server takes it, else its refusal. Throws what is no refusal: a server that cannot be reached. */
async function validated(
  conversion: Conversion,
  { cluster }: Run,
  note: (text: string) => void,
): Promise<Conversion | Error> {
  const { validation } = await cluster.open()
  try {
    const { whole, said } = await validation.check(conversion)
    if (!whole) note(`${shortName(conversion.job.object)}: ${said}`)
    return conversion
  } catch (error) {
    return refusalOf(error)
  }
}

/** The settings of one job, with its decisions, and with the runtimes it can use: those of --runtimes, else those of its cluster. */
async function settingsFor(source: Extract<Source, { is: 'job' }>, common: Run, now: Date): Promise<Settings> {
  const { object } = source
  const settings = decided(common.settings, object, common.decisions, now)
  const named = settings.runtimeNamed
  const shelf = common.shelf ?? source.shelf
  if (!shelf && named === undefined) return settings
  if (shelf) {
    const runtimes = await shelf.of(object.metadata.namespace ?? settings.namespace)
    return named === undefined ? { ...settings, runtimes } : { ...settings, runtime: pick(runtimes, named) }
  }
  const cluster = await common.cluster.open()
  const namespace = object.metadata.namespace ?? settings.namespace ?? cluster.namespace
  const runtime = pick(await cluster.shelf.of(namespace), named ?? '')
  return {
    ...settings,
    namespace: settings.namespace ?? namespace,
    dialect: settings.dialect ?? cluster.dialect,
    runtime,
  }
}

function pick(runtimes: readonly TrainingRuntime[], named: string): TrainingRuntime {
  return pickRuntime(runtimes, parseRuntimeReference(named))
}

interface OpenCluster {
  readonly namespace: string
  readonly dialect: Dialect
  readonly shelf: RuntimeShelf
  readonly validation: ServerValidation
}

/** The cluster of the connection flags, asked only when something of it is needed. */
class LazyCluster {
  readonly #env: Env
  readonly #flags: ConnectionFlags
  #cluster: Cluster | undefined
  #opened: Promise<OpenCluster> | undefined

  constructor(env: Env, flags: ConnectionFlags) {
    this.#env = env
    this.#flags = flags
  }

  /** Throws what `connect` and `readDialect` throw. */
  open(): Promise<OpenCluster> {
    this.#opened ??= this.#open()
    return this.#opened
  }

  async #open() {
    const cluster = await this.#env.connect(this.#flags)
    this.#cluster = cluster
    const shelf = clusterShelf(cluster, noteTo(this.#env))
    const validation = new ServerValidation(cluster)
    return { namespace: cluster.namespace, dialect: await readDialect(cluster), shelf, validation }
  }

  close(): void {
    this.#cluster?.close()
  }
}

/** The same sources once it is known that one job is among them: nothing is written before. */
async function* onlyJob(sources: AsyncIterable<Source>): AsyncGenerator<Source> {
  const all: Source[] = []
  for await (const source of sources) all.push(source)
  const jobs = all.filter(({ is }) => is !== 'other')
  if (jobs.length > 1) {
    throw new Problem({
      code: 'usage',
      what: `--name is for one job, and there are ${jobs.length}`,
      why: jobs.map(({ label }) => label).join('\n'),
      exit: exitCode.usage,
    })
  }
  yield* all
}

/** The conversion, or the Problem that stands in its way; a bug is thrown. */
async function convertOne(
  { object, live, dialect, configMaps, whereOf }: Extract<Source, { is: 'job' }>,
  settingsOfJob: () => Promise<Settings>,
): Promise<Conversion | Problem> {
  try {
    const settings = await settingsOfJob()
    const conversion = convertJob(object, {
      ...settings,
      live,
      configMaps: await configMaps?.of(object),
      dialect: dialect ?? settings.dialect,
      toolVersion: build.version,
    })
    if (!settings.strict) return conversion
    const title = `${jobTitle(conversion.job.object)} is not converted`
    return changesRefused(title, conversion.findings, acceptedCodes(settings)) ?? conversion
  } catch (error) {
    if (error instanceof Problem) return located(error, whereOf)
    throw error
  }
}

/** What rewriting needs of the cluster: its release and its runtimes where it is asked anyway. */
async function trainerSettings(
  { settings, shelf, cluster }: Run,
  validate: string | undefined,
): Promise<Pick<RewriteSettings, 'to' | 'shelf' | 'validation'>> {
  if (validate === undefined) return { to: settings.dialect ?? newestDialect, shelf }
  const open = await cluster.open()
  return { to: settings.dialect ?? open.dialect, shelf: shelf ?? open.shelf, validation: open.validation }
}

function noJobs(others: number, fitting: number, release: string): Problem {
  return new Problem({
    code: 'no-jobs',
    what:
      others === 0
        ? 'nothing to convert: no v1 job was found'
        : `nothing to convert: ${others === 1 ? 'the one object is no v1 job' : `none of the ${others} objects is a v1 job`}`,
    why: [
      'v1 jobs are the kinds of kubeflow.org/v1: PyTorchJob, TFJob, MPIJob, XGBoostJob, PaddleJob, JAXJob',
      ...(fitting > 0
        ? [`${fitting} of them Trainer ${release} takes as they stand; --target-version writes for another`]
        : []),
    ].join('\n'),
    exit: exitCode.usage,
  })
}
