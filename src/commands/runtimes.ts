import { build } from '../cli/build.ts'
import type { Command, FlagSpecs, Invocation } from '../cli/command.ts'
import type { Style } from '../convert/choose.ts'
import type { MpiTransport } from '../convert/features/mpi.ts'
import { jobTitle } from '../convert/job-title.ts'
import { type Serving, servings } from '../convert/serving.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode, worse } from '../exit-code.ts'
import { printJson } from '../kube/print-json.ts'
import { printYaml } from '../kube/print-yaml.ts'
import { neutralise } from '../kube/text.ts'
import { describeError } from '../present/errors.ts'
import { objectName } from '../present/object-name.ts'
import { type JobServings, jobServingsLines, runtimesTable, servingLines } from '../present/runtimes.ts'
import { spoken } from '../present/spoken.ts'
import { Problem } from '../problem.ts'
import { readAllRuntimes } from '../read/all-runtimes.ts'
import { readSources, type Source } from '../read/sources.ts'
import { type RuntimeFacts, runtimeFacts } from '../v2/runtime-facts.ts'
import { gangFlag, mpiFlag } from './conversion-flags.ts'
import { hiddenNote, layoutOf, noteTo } from './screen.ts'

const flags = {
  for: {
    type: 'string',
    value: '[KIND/]NAME',
    describe: 'which of them could serve this v1 job, and what would differ',
    group: 'Selection',
  },
  jobs: {
    type: 'boolean',
    describe: 'for each v1 job the runtimes that could serve it',
    group: 'Selection',
  },
  style: {
    type: 'string',
    value: 'STYLE',
    describe: 'of --for and --jobs: native takes v2’s own ports, process counts and restarts for good, as convert does',
    choices: ['faithful', 'native'],
    default: 'faithful',
    group: 'Conversion',
  },
  mpi: { ...mpiFlag, describe: `of --for and --jobs: ${mpiFlag.describe}` },
  'gang-scheduler': { ...gangFlag, describe: `of --for and --jobs: ${gangFlag.describe}` },
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    choices: ['table', 'wide', 'json', 'yaml', 'name'],
    default: 'table',
    describe: 'wide names the TrainJobs that use each',
    group: 'Output',
  },
  'no-headers': { type: 'boolean', describe: 'rows only', group: 'Output' },
} as const satisfies FlagSpecs

export const command: Command<typeof flags> = {
  name: 'runtimes',
  summary: 'runtimes there are, who uses them, and which v1 jobs they serve',
  usage: '[export NAME]',
  offers: ['export'],
  examples: [
    { does: 'Those a namespace can use', type: '$0 runtimes -n nlp' },
    { does: 'Which could serve this job, and what would differ?', type: '$0 runtimes --for bert-large -n nlp' },
    { does: 'All, with the TrainJobs that use them', type: '$0 runtimes -A -o wide' },
    {
      does: 'One that cutover needs, for whoever may make it',
      type: '$0 runtimes export NAME -n nlp | kubectl apply -f -',
    },
    { does: 'For each v1 job those that could serve it', type: '$0 runtimes --jobs -A --style native' },
  ],
  flags,
  connects: true,
  manyNamespaces: true,
  run,
}

type Given = Invocation<typeof flags>

async function run(env: Env, invocation: Given): Promise<ExitCode> {
  const { flags: given, positionals } = invocation
  const [word, name, ...more] = positionals
  if (word !== undefined) {
    if (word !== 'export' || name === undefined || more.length > 0 || invocation.allNamespaces) {
      throw usage('runtimes takes no name but after `export`: runtimes export NAME -n NAMESPACE')
    }
    return await (await import('./runtimes-export.ts')).exportRuntime(env, invocation, name)
  }
  if (given.for !== undefined && given.jobs) throw usage('--for is about one job, --jobs about all: take one of them')
  if (given.for !== undefined) return await forJob(env, invocation, given.for)
  return given.jobs ? await forJobs(env, invocation) : await showAll(env, invocation)
}

async function showAll(env: Env, { flags: given, connection, allNamespaces }: Given): Promise<ExitCode> {
  const cluster = await env.connect(connection)
  try {
    const namespace = allNamespaces ? undefined : cluster.namespace
    const { runtimes, trainJobs } = await readAllRuntimes(cluster, namespace, noteTo(env))
    present(
      env,
      given,
      allNamespaces,
      runtimes.map((runtime) => runtimeFacts(runtime, trainJobs)),
    )
    return exitCode.ok
  } finally {
    cluster.close()
  }
}

function present(env: Env, given: Given['flags'], namespaces: boolean, runtimes: readonly RuntimeFacts[]): void {
  if (given.output === 'name') {
    env.out.write(runtimes.map(({ kind, name }) => nameLine(kind, name)).join(''))
  } else if (given.output === 'json' || given.output === 'yaml') {
    document(env, given.output, 'RuntimeList', runtimes)
  } else if (runtimes.length === 0) {
    env.err.write('no runtimes found\n')
  } else {
    const wide = given.output === 'wide'
    const { lines, hidden } = runtimesTable(runtimes, {
      ...layoutOf(env.out),
      header: !given['no-headers'],
      wide,
      namespaces,
    })
    env.out.write(`${lines.join('\n')}\n`)
    if (hidden.length > 0) env.err.write(`${hiddenNote(env, hidden, '-o json')}\n`)
  }
}

/** Exit code 1 where none of them could serve it. */
async function forJob(env: Env, invocation: Given, name: string): Promise<ExitCode> {
  if (invocation.allNamespaces) throw usage('--for names one job: -n tells its namespace, and not -A')
  const { output } = invocation.flags
  for await (const source of readSources(env, query(env, invocation, name.split(/\s+/)))) {
    if (source.is !== 'job') continue
    const found = await servingsOf(source, invocation)
    if (output === 'json' || output === 'yaml') {
      const { name: job, namespace } = source.object.metadata
      document(env, output, 'RuntimeServingList', found, { job: { kind: source.object.kind, namespace, name: job } })
    } else if (output === 'name') {
      env.out.write(
        found
          .filter(serves)
          .map(({ kind, runtime }) => nameLine(kind, runtime))
          .join(''),
      )
    } else {
      const lines = servingLines(found, layoutOf(env.out))
      env.out.write(lines.map((line) => `${line}\n`).join(''))
      env.err.write(`${advice(source, found, invocation)}\n`)
    }
    return found.some(serves) ? exitCode.ok : exitCode.no
  }
  throw new Error(`readSources gave no job for ${name}`)
}

function advice(
  { object }: Extract<Source, { is: 'job' }>,
  found: readonly Serving[],
  { flags: given }: Given,
): string {
  const [first] = found.filter(serves)
  const title = jobTitle(object)
  if (first === undefined) {
    const native = given.style === 'native' ? '' : ', or --style native takes v2’s own ways for good'
    return `${title}: no runtime of the cluster serves it; convert writes one that does${native}`
  }
  const native = given.style === 'native' ? ' --style native' : ''
  return `${title}: convert --runtime ${first.kind.toLowerCase()}/${neutralise(first.runtime)}${native} takes the first that serves it`
}

async function forJobs(env: Env, invocation: Given): Promise<ExitCode> {
  const rows: JobServings[] = []
  let worst: ExitCode = exitCode.ok
  for await (const source of readSources(env, query(env, invocation, []))) {
    if (source.is === 'other') continue
    if (source.is === 'problem') {
      const { lines, exit } = describeError(source.problem, env.name)
      env.err.write(spoken(lines, env.err))
      worst = worse(worst, exit)
      continue
    }
    const { kind, metadata } = source.object
    const job = { kind, namespace: metadata.namespace ?? '', name: metadata.name ?? '' }
    try {
      const found = await servingsOf(source, invocation)
      rows.push({ ...job, served: found.filter(serves), of: found.length })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      rows.push({ ...job, served: [], of: 0, refused: error.data.code })
    }
  }
  const { output } = invocation.flags
  if (output === 'json' || output === 'yaml') document(env, output, 'JobServingList', rows)
  else if (rows.length === 0) env.err.write('no v1 jobs found\n')
  else {
    const header = !invocation.flags['no-headers']
    const lines = jobServingsLines(rows, { ...layoutOf(env.out), header, namespaces: invocation.allNamespaces })
    env.out.write(`${lines.join('\n')}\n`)
  }
  return worst
}

const serves = ({ verdict }: Serving): boolean => verdict === 'same' || verdict === 'changed'

async function servingsOf(
  { object, dialect, shelf }: Extract<Source, { is: 'job' }>,
  { flags: given }: Given,
): Promise<readonly Serving[]> {
  const runtimes = (await shelf?.of(object.metadata.namespace)) ?? []
  return servings(object, runtimes, {
    live: true,
    run: false,
    dialect,
    toolVersion: build.version,
    style: given.style as Style,
    mpi: given.mpi as MpiTransport | undefined,
    gangScheduler: given['gang-scheduler'],
  })
}

function query(env: Env, { connection, allNamespaces }: Given, positionals: readonly string[]) {
  // an empty selector selects every job
  const selector = positionals.length === 0 ? '' : undefined
  return {
    paths: [],
    recursive: false,
    positionals,
    selector,
    allNamespaces,
    connection,
    verb: 'runtimes --for',
    note: noteTo(env),
  }
}

function document(env: Env, output: 'json' | 'yaml', kind: string, items: readonly unknown[], more: object = {}): void {
  const list = { apiVersion: 'kubectl-migrate.dev/v1alpha1', kind, ...more, items }
  env.out.write(output === 'json' ? `${printJson(list)}\n` : printYaml(list))
}

function nameLine(kind: string, name: string): string {
  return `${objectName(kind, 'trainer.kubeflow.org', name)}\n`
}

function usage(what: string): Problem {
  return new Problem({ code: 'usage', what, exit: exitCode.usage })
}
