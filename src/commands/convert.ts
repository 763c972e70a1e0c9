import type { Command, Invocation } from '../cli/command.ts'
import { withFlagsAdded } from '../cli/flag-added.ts'
import type { Conversion } from '../convert/convert.ts'
import { isTrainerObject } from '../convert/rewrite/versions.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { explainConversion, explainRewriting } from '../present/convert-explain.ts'
import { Problem } from '../problem.ts'
import { readDecisions } from '../read/decisions.ts'
import { fileShelf } from '../read/runtimes.ts'
import { readSources, type Source } from '../read/sources.ts'
import { embeddedJobs } from '../v1/embedded.ts'
import { newestDialect } from '../v2/dialects/index.ts'
import { LazyCluster } from './convert-cluster.ts'
import { located } from './convert-faults.ts'
import { flags } from './convert-flags.ts'
import { TrainJobNames } from './convert-names.ts'
import { convertOne, type Run, validated } from './convert-one.ts'
import { Outcomes } from './convert-outcomes.ts'
import { type Settings, settingsOf } from './convert-settings.ts'
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

async function convertAll(env: Env, invocation: Invocation<typeof flags>, common: Run): Promise<ExitCode> {
  const sink = await openSink(env, invocation.flags)
  try {
    return await convertInto(sink, env, invocation, common)
  } finally {
    sink.flush?.()
  }
}

/** Where what is written and what is said of it go. */
interface Output {
  readonly env: Env
  readonly given: Invocation<typeof flags>['flags']
  readonly sink: Sink
  readonly outcomes: Outcomes
}

async function convertInto(sink: Sink, env: Env, invocation: Invocation<typeof flags>, common: Run): Promise<ExitCode> {
  const { flags: given } = invocation
  const started = env.now()
  const outcomes = new Outcomes(env, {
    ledger: given.output === 'ledger',
    namespace: common.settings.namespace,
    typed: (problem) => withFlagsAdded(problem, command, invocation),
  })
  const output = { env, given, sink, outcomes }
  const rest = await convertJobs(output, sourcesOf(env, invocation, common.settings), common, started)
  const fitting = await convertTrainers(output, rest, common)
  const files = await sink.close()
  const seconds = (env.now().getTime() - started.getTime()) / 1000
  return outcomes.report({ others: rest.others + fitting, files, seconds })
}

function sourcesOf(env: Env, invocation: Invocation<typeof flags>, { name, dialect }: Settings): AsyncIterable<Source> {
  const { flags: given, positionals, allNamespaces, connection } = invocation
  const found = readSources(env, {
    paths: given.filename,
    recursive: given.recursive,
    kustomize: given.kustomize,
    positionals,
    selector: given.selector,
    allNamespaces,
    connection,
    dialect,
    note: noteTo(env),
  })
  return name === undefined ? found : onlyJob(found)
}

/** What of the sources is no v1 job. */
interface Rest {
  /** objects that were not passed on yet, as nothing is written where no job is found */
  readonly held: Extract<Source, { is: 'other' }>[]
  /** how many objects of other kinds there are, those that were passed on too */
  others: number
  /** Trainer's own: a TrainJob depends on its runtime, wherever that stands */
  readonly trainers: TrainerSource[]
}

/** Converts every v1 job of the sources, and passes other objects on between them. */
async function convertJobs(
  { env, given, sink, outcomes }: Output,
  sources: AsyncIterable<Source>,
  common: Run,
  started: Date,
): Promise<Rest> {
  const names = new TrainJobNames()
  const rest: Rest = { held: [], others: 0, trainers: [] }
  for await (const source of sources) {
    if (given['fail-fast'] && outcomes.failed) {
      noteTo(env)('--fail-fast: what comes after the first failure is not looked at')
      break
    }
    if (source.is === 'other') {
      if (isTrainerObject(source.object)) {
        rest.trainers.push(source as TrainerSource)
        continue
      }
      rest.others++
      rest.held.push(source)
      for (const job of embeddedJobs(source.object)) outcomes.embedded(source, job)
    }
    if (source.is !== 'other' || outcomes.count > 0) for (const other of rest.held.splice(0)) await sink.pass(other)
    if (source.is === 'other') continue
    const converted = source.is === 'problem' ? source.problem : await convertOne(source, common, started)
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
  return rest
}

/** Rewrites Trainer's own objects and passes on what is left; resolves with how many of them fit as they stand. Throws where nothing was to convert. */
async function convertTrainers(
  { env, given, sink, outcomes }: Output,
  { held, others, trainers }: Rest,
  common: Run,
): Promise<number> {
  const forTrainer = await trainerSettings(common, given.validate)
  const decided = await rewriteAll(trainers, { ...common.settings, ...forTrainer })
  const fitting = decided.filter(({ rewriting }) => rewriting === undefined).length
  if (outcomes.count === 0 && fitting === decided.length) throw noJobs(others + fitting, fitting, forTrainer.to.release)
  for (const other of held) await sink.pass(other)
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
  return fitting
}

function nameTaken(names: TrainJobNames, source: Source, conversion: Conversion): Problem | undefined {
  const problem = names.taken(source, conversion)
  return problem && source.is === 'job' ? located(problem, source.whereOf) : problem
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
