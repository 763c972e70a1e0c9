import type { Invocation } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { RunSetting } from '../compare/runs/fair.ts'
import type { NamedLog, Run } from '../compare/runs/run.ts'
import { settingOf } from '../compare/runs/setting.ts'
import { trainerStatusOf } from '../compare/runs/trainer-status.ts'
import type { Env } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import type { Side } from '../logs/line.ts'
import { gapTexts } from '../present/gaps.ts'
import { Problem } from '../problem.ts'
import { readLiveRun } from '../read/live-run.ts'
import { logSources } from '../read/logs.ts'
import { type JobReference, parseReference } from '../read/reference.ts'
import { readSavedRun } from '../read/run-logs.ts'
import { readSnapshot, type Snapshot } from '../read/snapshot.ts'
import { v1State } from '../v1/state.ts'
import { trainJobState } from '../v2/state.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import type { compareFlags } from './compare-flags.ts'
import { measured } from './compare-measured.ts'

/** Two runs, and what to say about them beside the comparison. */
export interface Runs {
  readonly name: string
  readonly v1: Run
  readonly v2: Run
  readonly notes: readonly string[]
  /** the v1 job of a pair, for what to type next */
  readonly job?: { readonly namespace: string; readonly name: string }
}

interface Asking {
  readonly env: Env
  readonly patterns: readonly RegExp[]
  readonly prometheus: URL | undefined
  readonly notes: string[]
  /** connects at the first call: saved logs need no cluster */
  cluster(): Promise<Cluster>
}

/** Reads the two runs that were asked for: of a pair, of two jobs, of saved logs, or one of each. */
export async function readRuns(
  env: Env,
  { flags: given, positionals, connection }: Invocation<typeof compareFlags>,
  patterns: readonly RegExp[],
): Promise<Runs> {
  const reference = parseReference(positionals)
  if (!reference && (!given.v1 || !given.v2)) throw whichRuns()
  let connected: Promise<Cluster> | undefined
  const cluster = () => {
    connected ??= env.connect(connection)
    return connected
  }
  const asking: Asking = { env, patterns, prometheus: urlOf(given.prometheus), notes: [], cluster }
  try {
    const pair = reference && (await snapshotOf(asking, reference))
    // both sides must be there before the logs of one are read
    if (pair) for (const side of ['v1', 'v2'] as const) if (!given[side]) objectOf(pair, side)
    const v1 = given.v1 ? await namedRun(asking, given.v1, 'v1') : await ofPair(asking, pair, 'v1')
    const v2 = given.v2 ? await namedRun(asking, given.v2, 'v2') : await ofPair(asking, pair, 'v2')
    const job = pair?.v1 && !given.v1 && !given.v2 ? { namespace: pair.namespace, name: pair.name } : undefined
    const name = job ? `${job.namespace}/${job.name}` : `${v1.name} against ${v2.name}`
    return { name, v1, v2, notes: asking.notes, ...(job ? { job } : {}) }
  } finally {
    if (connected) (await connected).close()
  }
}

function whichRuns(): Problem {
  return new Problem({
    code: 'usage',
    what: 'which two runs? Name a job, or give --v1 and --v2',
    next: ['$0 compare job NAME', '$0 compare --v1 v1.log --v2 trainjob/NAME'],
    exit: exitCode.usage,
  })
}

function urlOf(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text)
  const what = `--prometheus is an address such as http://localhost:9090, not ${text}`
  throw new Problem({ code: 'usage', what, exit: exitCode.usage })
}

async function snapshotOf({ cluster }: Asking, reference: JobReference): Promise<Snapshot> {
  const door = await cluster()
  return await readSnapshot(door, reference, door.namespace, 'compare')
}

async function ofPair(asking: Asking, pair: Snapshot | undefined, side: Side): Promise<Run> {
  if (!pair) throw whichRuns()
  return await liveRun(asking, pair, side)
}

function objectOf(pair: Snapshot, side: Side): KubeObject {
  const object = side === 'v1' ? pair.v1 : pair.trainJob
  if (object) return object
  throw new Problem({
    code: 'no-other-side',
    what: side === 'v1' ? `${pair.name} is a TrainJob without a v1 job` : `${pair.name} has no TrainJob yet`,
    why: 'there is nothing to compare it with',
    next: [
      `$0 compare ${pair.name} -n ${pair.namespace} --${side} RUN      RUN: KIND/NAME, or a file or folder of saved logs`,
    ],
    exit: exitCode.usage,
  })
}

/** A run by what was typed: a file or a folder where there is one, else a job. */
async function namedRun(asking: Asking, text: string, side: Side): Promise<Run> {
  const { env, patterns, notes } = asking
  const saved = await readSavedRun(env.files, text, side, { patterns, signal: env.signal })
  if (saved) {
    const { logs, unread } = saved
    if (unread > 0) notes.push(`${text}: of ${logs.length + unread} logs ${logs[0]?.name} was read, which tells enough`)
    return { name: text, logs, numbers: savedNumbers(logs), setting: printed(logs) }
  }
  const reference = jobNamed(text)
  if (!reference) {
    throw new Problem({
      code: 'no-such-run',
      what: `there is no file or folder ${text}`,
      why: 'a job is written as KIND/NAME, for example trainjob/bert',
      exit: exitCode.usage,
    })
  }
  const snapshot = await snapshotOf(asking, reference)
  return await liveRun(asking, snapshot, reference.kind === 'TrainJob' || !snapshot.v1 ? 'v2' : 'v1')
}

/** A job, if that is what the text names: a path is none. */
function jobNamed(text: string): JobReference | undefined {
  if (!/^[\w.]+\/[^/]+$/.test(text)) return undefined
  try {
    return parseReference([text])
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

async function liveRun(asking: Asking, snapshot: Snapshot, side: Side): Promise<Run> {
  const { env, patterns, prometheus, notes } = asking
  const cluster = await asking.cluster()
  const { namespace } = snapshot
  const kind = side === 'v1' ? snapshot.kind?.kind : 'TrainJob'
  const object = objectOf(snapshot, side)
  const jobName = object.metadata.name ?? snapshot.name
  const { word, reason = word } = side === 'v1' ? v1State(object) : trainJobState(object as TrainJob)
  const name = `${kind?.toLowerCase()}/${jobName}`
  const found = logSources(snapshot, { side, containers: [] })
  const ranked = found.filter(({ rank }) => rank !== undefined)
  // initializers have no rank; nor has any pod where nothing says their order
  const sources = ranked.length > 0 ? ranked : found
  const all = side === 'v1' ? snapshot.v1Pods : snapshot.v2Pods
  const training = sources.flatMap(({ pod: wanted, container }) => {
    const pod = all.find(({ metadata }) => metadata.name === wanted)
    return pod ? [{ pod, container }] : []
  })
  for (const line of gapTexts(snapshot.gaps)) if (!notes.includes(line)) notes.push(line)
  if (sources.length === 0) notes.push(`${name}: no pod of it is left, and no log with them`)
  const { logs, gaps, unread } = await readLiveRun(cluster, sources, { patterns, signal: env.signal })
  notes.push(
    ...gaps.map(
      ({ source, why, message }) => `${source.pod}: its log is missing (${why}${message ? `: ${message}` : ''})`,
    ),
  )
  if (unread > 0)
    notes.push(`${name}: of ${sources.length} pods the log of ${logs[0]?.name} was read, which tells enough`)
  const pods = training.map(({ pod }) => pod)
  const { numbers, behind } = liveNumbers(logs, pods)
  if (behind) notes.push(`${name}: time to first step is not told, as ${behind}`)
  const measuring = { env, prometheus, notes, cluster, namespace, name, pods, side, jobName }
  const { numbers: used, unmeasured } = await measured(measuring)
  for (const [metric, value] of used) numbers.set(metric, value)
  const status = side === 'v2' ? trainerStatusOf(snapshot.trainJob) : undefined
  if (status?.words) notes.push(`${name} says of itself: ${status.words}`)
  return {
    name,
    logs,
    ...(status ? { trainerStatus: status.series } : {}),
    numbers,
    unmeasured,
    ...(word === 'Failed' ? { failed: reason } : {}),
    setting: { ...printed(logs), ...settingOf(training, side === 'v1' ? podsWanted(snapshot) : undefined) },
  }
}

/** Pods the v1 job should have: those that ended may be gone, as its cleanPodPolicy says. */
function podsWanted({ v1 }: Snapshot): number | undefined {
  return v1 && v1State(v1).roles.reduce((sum, { desired = 0 }) => sum + desired, 0)
}

/** `behind`: whose clock says that a pod trained before it was made. */
function liveNumbers(
  logs: readonly NamedLog[],
  pods: readonly Pod[],
): { readonly numbers: Map<string, number>; readonly behind?: string } {
  const numbers = new Map<string, number>()
  const told = logs.find(({ facts }) => facts.firstStepTime !== undefined)
  const pod = pods.find(({ metadata }) => metadata.name === told?.name)
  const created = Date.parse(pod?.metadata.creationTimestamp ?? '')
  const first = (told?.facts.firstStepTime ?? Number.NaN) - created
  if (first >= 0) numbers.set('time to first step', first / 1000)
  if (pods.length > 0) {
    const counts = pods.flatMap(({ status }) =>
      (status?.containerStatuses ?? []).map(({ restartCount = 0 }) => restartCount),
    )
    numbers.set(
      'restarts',
      counts.reduce((sum, count) => sum + count, 0),
    )
  }
  const seconds = Math.ceil(-first / 1000)
  return first < 0
    ? { numbers, behind: `the clock of ${told?.name}'s node is behind: its first step is ${seconds} s before the pod` }
    : { numbers }
}

/** What saved logs alone say of a run as a whole. */
function savedNumbers(logs: readonly NamedLog[]): Map<string, number> {
  const numbers = new Map<string, number>()
  const told = logs.find(({ facts }) => facts.series.length > 0)
  const { firstTime, firstStepTime } = told?.facts ?? {}
  if (firstTime !== undefined && firstStepTime !== undefined) {
    numbers.set('time to first step', (firstStepTime - firstTime) / 1000)
  }
  if (told) numbers.set('restarts', Math.max(...logs.map(({ facts }) => facts.restarts)))
  return numbers
}

/** What the program printed of its setting. */
function printed(logs: readonly NamedLog[]): RunSetting {
  const of = (name: string) => logs.map(({ facts }) => facts.settings.get(name)).find((value) => value !== undefined)
  const [seed, worldSize] = [of('seed'), of('world size')]
  return { ...(seed === undefined ? {} : { seed }), ...(worldSize === undefined ? {} : { worldSize }) }
}
