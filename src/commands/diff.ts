import { build } from '../cli/build.ts'
import type { Command, Invocation } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { neighbourRows } from '../compare/neighbours.ts'
import { quotaRows } from '../compare/quota.ts'
import type { ConfigMaps } from '../convert/config-maps.ts'
import { type Conversion, convertJob } from '../convert/convert.ts'
import { type Decided, decisionsFor } from '../convert/decisions.ts'
import type { MpiTransport } from '../convert/features/mpi.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode, worse } from '../exit-code.ts'
import { queueLabel } from '../kube/kueue.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { describeError } from '../present/errors.ts'
import { gapTexts } from '../present/gaps.ts'
import { spoken } from '../present/spoken.ts'
import { Problem } from '../problem.ts'
import { configMapShelf } from '../read/config-maps.ts'
import { readDecisions } from '../read/decisions.ts'
import { namedDialect, readDialect } from '../read/dialect.ts'
import { Gaps } from '../read/gaps.ts'
import { readNeighbours } from '../read/neighbours.ts'
import { parseReference } from '../read/reference.ts'
import { clusterShelf, parseRuntimeReference, pickRuntime } from '../read/runtimes.ts'
import { readSnapshot } from '../read/snapshot.ts'
import { readSources } from '../read/sources.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { newestDialect } from '../v2/dialects/index.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import { withTrainJob } from './diff-existing.ts'
import { flags } from './diff-flags.ts'
import { type Compared, type ComparedView, show, viewOf } from './diff-output.ts'
import { withPreview } from './diff-preview.ts'
import { diffWritten } from './diff-written.ts'
import { comparing, noAnswer } from './no-answer.ts'
import { noteTo } from './screen.ts'

export const command: Command<typeof flags> = {
  name: 'diff',
  summary: 'pods of a v1 job against those of its TrainJob, rank by rank',
  usage: '[KIND/NAME | KIND NAME | job NAME | NAME] | -f FILE | -k DIR | --v1 FILE --v2 FILE',
  examples: [
    { does: 'What would differ, or does, in this job?', type: '$0 diff job bert-large' },
    { does: 'Its environment, equal or not', type: '$0 diff job bert-large --env --all' },
    { does: 'What all its pods request', type: '$0 diff job bert-large --resources' },
    { does: 'Does my own TrainJob do what the v1 job did?', type: '$0 diff --v1 old/train.yaml --v2 new/train.yaml' },
    { does: 'Ask the operators of the cluster, too', type: '$0 diff job bert-large --preview' },
    { does: 'Files, without a cluster', type: '$0 diff -f jobs/' },
  ],
  flags,
  connects: true,
  manyNamespaces: false,
  run,
}

type Given = Invocation<typeof flags>['flags']

async function run(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  return await comparing(compare(env, invocation))
}

async function compare(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  const { flags: given, positionals } = invocation
  const read = await readDecisions(env.files, given.decisions)
  if (read) noteTo(env)(`decisions of ${read.path}`)
  const decide = (job: KubeObject): Decided =>
    decisionsFor(read?.decisions ?? { jobs: [] }, job, env.now(), invocation.connection.namespace)
  refusePreview(given)
  if (given.v1.length + given.v2.length > 0) return await diffWritten(env, invocation, decide)
  refuseForWritten(given)
  if (given.filename.length > 0 || given.kustomize !== undefined) return await diffFiles(env, invocation, decide)
  const reference = parseReference(positionals)
  if (!reference)
    throw new Problem({ code: 'usage', what: 'which job? Name one, or give files with -f or -k', exit: exitCode.usage })
  // what a preview made is removed after Ctrl-C, too
  const cluster = await env.connect(invocation.connection, given.preview ? new AbortController().signal : undefined)
  try {
    const snapshot = await readSnapshot(cluster, reference, cluster.namespace, 'diff')
    if (!snapshot.v1 || !snapshot.kind) throw noV1Job(reference.name, cluster.namespace)
    const object = { ...snapshot.v1, apiVersion: 'kubeflow.org/v1', kind: snapshot.kind.kind }
    const dialect = namedDialect(given['target-version']) ?? (await readDialect(cluster))
    const decided = decide(object)
    const runtime = snapshot.trainJob ? undefined : await decidedRuntime(cluster, env, decided)
    const configMaps = snapshot.trainJob ? undefined : await configMapShelf(cluster).of(object)
    const convert = (name?: string) => convertFor(object, given, dialect, decided, runtime, name, configMaps)
    const modelled = snapshot.trainJob
      ? await withTrainJob(cluster, object, snapshot.trainJob, {
          dialect,
          mpi: (given.mpi as MpiTransport | undefined) ?? decided.mpi,
          gangScheduler: given['gang-scheduler'] ?? decided.gangScheduler,
          note: noteTo(env),
        })
      : converted(convert())
    const compared = given.preview ? await withPreview(env, cluster, modelled, { snapshot, convert }) : modelled
    const whole = given.resources
      ? await withQuotas(env, cluster, compared, snapshot.trainJob)
      : await withNeighbours(env, cluster, compared, acceptedOf(given, decided))
    return await show(env, given, [viewOf(whole, given['show-secrets'])])
  } finally {
    cluster.close()
  }
}

function acceptedOf({ accept }: Given, { accepted }: Decided): readonly string[] {
  return [...accept, ...accepted.map(({ code }) => code)]
}

/** What of the cluster selects the pods of either side. */
async function withNeighbours(
  env: Env,
  cluster: Cluster,
  compared: Compared,
  accepted: readonly string[],
): Promise<Compared> {
  const { objects, gaps } = await readNeighbours(cluster, compared.job.namespace)
  for (const text of gapTexts(gaps)) noteTo(env)(text)
  const rows = neighbourRows(objects, compared.proof.comparison.pairs)
  return { ...compared, neighbours: { rows, accepted: accepted.includes('policy-labels') } }
}

/** What quotas and Kueue charge on either side. */
async function withQuotas(env: Env, cluster: Cluster, compared: Compared, trainJob?: TrainJob): Promise<Compared> {
  const { job, proof } = compared
  const gaps = new Gaps()
  const found = await gaps.optional(resources.resourceQuotas, job.namespace, () =>
    cluster.list(resources.resourceQuotas, { namespace: job.namespace }),
  )
  for (const text of gapTexts(gaps.all)) noteTo(env)(text)
  const queue = job.object.metadata.labels?.[queueLabel]
  return {
    ...compared,
    quotas: quotaRows(found?.items ?? [], proof.v1, proof.v2),
    queues: { v1: queue, v2: trainJob ? trainJob.metadata.labels?.[queueLabel] : queue },
  }
}

function refusePreview({ preview, filename, kustomize, v1, v2 }: Given): void {
  if (!preview || (kustomize === undefined && filename.length + v1.length + v2.length === 0)) return
  throw new Problem({
    code: 'usage',
    what: '--preview asks a cluster, and files need none',
    next: ['$0 diff job NAME --preview'],
    exit: exitCode.usage,
  })
}

/** Formats and flags that mean nothing without --v1 and --v2. */
function refuseForWritten({ output = '', runtimes, strict }: Given): void {
  const flag = ['github', 'junit'].includes(output)
    ? `-o ${output}`
    : runtimes.length > 0
      ? '--runtimes'
      : strict
        ? '--strict'
        : undefined
  if (flag === undefined) return
  throw new Problem({
    code: 'usage',
    what: `${flag} goes with --v1 and --v2`,
    next: ['$0 diff --v1 old/train.yaml --v2 new/train.yaml'],
    exit: exitCode.usage,
  })
}

/** The runtime that a decision names for a live job. */
async function decidedRuntime(cluster: Cluster, env: Env, { runtime }: Decided): Promise<TrainingRuntime | undefined> {
  if (runtime === undefined) return undefined
  const shelf = clusterShelf(cluster, noteTo(env))
  return pickRuntime(await shelf.of(cluster.namespace), parseRuntimeReference(runtime))
}

async function diffFiles(
  env: Env,
  invocation: Invocation<typeof flags>,
  decide: (job: KubeObject) => Decided,
): Promise<ExitCode> {
  const { flags: given } = invocation
  const dialect = namedDialect(given['target-version']) ?? newestDialect
  const views: ComparedView[] = []
  let worst: ExitCode = exitCode.ok
  const fail = (problem: Problem) => {
    env.err.write(spoken(describeError(problem, env.name).lines, env.err))
    worst = worse(worst, problem.data.exit)
  }
  const query = {
    paths: given.filename,
    recursive: given.recursive,
    kustomize: given.kustomize,
    note: noteTo(env),
    positionals: invocation.positionals,
    allNamespaces: false,
  }
  for await (const source of readSources(env, { ...query, connection: invocation.connection })) {
    if (source.is === 'problem') fail(forDiff(source.problem, (path) => path))
    if (source.is !== 'job') continue
    try {
      const decided = decide(source.object)
      if (decided.runtime !== undefined) {
        noteTo(env)(`${source.label} is compared on a runtime of ours, not on ${decided.runtime} of the decisions`)
      }
      views.push(viewOf(converted(convertFor(source.object, given, dialect, decided)), given['show-secrets']))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      fail(forDiff(error, source.whereOf))
    }
  }
  if (views.length === 0 && worst === exitCode.ok) {
    throw new Problem({ code: 'no-jobs', what: 'nothing to compare: no v1 job was found', exit: exitCode.usage })
  }
  const code = views.length === 0 ? exitCode.ok : await show(env, given, views)
  return worse(worst, code)
}

/** A problem of reading or converting, with its field's place in the file, and this verb in what to type. */
function forDiff({ data }: Problem, whereOf: (path: string) => string): Problem {
  const next = data.next?.map((line) => line.replace('$0 convert -f', '$0 diff -f'))
  return noAnswer(new Problem({ ...data, where: data.where === undefined ? undefined : whereOf(data.where), next }))
}

function converted({ job, findings, proof }: Conversion): Compared {
  return { job, findings, proof, against: 'TrainJob (converted, not created)' }
}

function convertFor(
  object: KubeObject,
  given: Given,
  dialect: Dialect,
  { accepted, expired, mpi, podLabels, gangScheduler }: Decided,
  runtime?: TrainingRuntime,
  name?: string,
  configMaps?: ConfigMaps,
): Conversion {
  return convertJob(object, {
    name,
    live: false,
    run: true,
    toolVersion: build.version,
    accept: given.accept,
    accepted,
    expired,
    mpi: (given.mpi as MpiTransport | undefined) ?? mpi,
    podLabels: (given['pod-labels'] as 'v1' | undefined) ?? podLabels,
    gangScheduler: given['gang-scheduler'] ?? gangScheduler,
    dialect,
    runtime,
    configMaps,
  })
}

function noV1Job(name: string, namespace: string): Problem {
  return new Problem({
    code: 'no-v1-job',
    what: `${name} is a TrainJob without a v1 job: there is nothing to compare it with`,
    next: [`$0 status trainjob/${name} -n ${namespace}`],
    exit: exitCode.no,
  })
}
