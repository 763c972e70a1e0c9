import { modelOf } from '../../src/compare/live.ts'
import type { Conversion } from '../../src/convert/convert.ts'
import type { ModelPod } from '../../src/kube/model-pod.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Pod } from '../../src/kube/pod.ts'
import type { V1Job } from '../../src/v1/job.ts'
import { v1Labels } from '../../src/v1/labels.ts'
import { v1Pods } from '../../src/v1/pods.ts'
import { v2Labels } from '../../src/v2/pods.ts'
import type { JobSetSpec, TrainingRuntime, TrainJob } from '../../src/v2/trainjob.ts'
import { comparableModel, comparablePod, jobSetAdditions, v1PodAdditions, v2PodAdditions } from './api-additions.ts'
import { cluster, type TestCluster } from './harness.ts'
import { type Addition, disagreements, leavesOf } from './pod-leaves.ts'
import { untilSeen } from './until-seen.ts'
import { waitFor } from './wait-for.ts'
import { whatIsThere } from './what-is-there.ts'

/** A namespace whose pods may use the service account `trainer`. */
export async function trainingNamespace(): Promise<string> {
  const { namespace, kubectl } = cluster()
  const name = await namespace()
  const created = await kubectl(['create', 'serviceaccount', 'trainer'], { namespace: name })
  if (created.code !== 0) throw new Error(created.stderr)
  return name
}

/** Creates many objects and returns what the API server said against each it refused. */
export async function createAll(
  { kubectl }: TestCluster,
  namespace: string,
  objects: readonly KubeObject[],
  validate: 'strict' | 'ignore' = 'strict',
): Promise<readonly string[]> {
  const items = objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace: undefined } }))
  const list = { apiVersion: 'v1', kind: 'List', items }
  const words = ['create', `--validate=${validate}`, '-f', '-']
  let tries = 0
  const { stderr } = await untilSeen(() => {
    tries++
    return kubectl(words, { namespace, input: JSON.stringify(list) })
  })
  const made = (line: string) => tries > 1 && line.endsWith('already exists')
  return stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Warning') && !made(line))
}

/** Makes the service accounts that pods of these objects will be of, but for those among the objects. */
export async function useAccounts(namespace: string, objects: readonly unknown[]): Promise<void> {
  const text = JSON.stringify(objects)
  const named = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name)
  const names = new Set(named(/"serviceAccountName":"([^"]+)"/g))
  for (const made of ['default', 'trainer', ...named(/"kind":"ServiceAccount","metadata":\{"name":"([^"]+)"/g)]) {
    names.delete(made)
  }
  const accounts = [...names].map((name) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } }))
  const refused = accounts.length > 0 ? await createAll(cluster(), namespace, accounts) : []
  if (refused.length > 0) throw new Error(refused.join('\n'))
}

/** Reasons of the events by which controllers tell that the API server refused an object of theirs. */
const refusals = /^(FailedCreate|FailedCreatePod|MPIJobFailed|JobCreationFailed|TrainJobResourcesCreationFailed)$/

/** What controllers say the API server refused. That a pod is there already tells only that a busy operator had not seen its own. */
async function refusedObjects(on: TestCluster, namespace: string): Promise<string[]> {
  const { items } = await on.get<{ items: { reason: string; message: string }[] }>(['events'], { namespace })
  const messages = items.filter(({ reason }) => refusals.test(reason)).map(({ message }) => message)
  return [...new Set(messages)].filter((message) => !message.endsWith('already exists'))
}

/** How long nothing may happen before a refusal is believed to be the reason, in milliseconds. */
const patience = 15_000

/** Rows of kubectl's table, as words. It costs less than half of the objects themselves. */
async function rowsOf(on: TestCluster, namespace: string, args: readonly string[]): Promise<string[][]> {
  const { code, stdout, stderr } = await on.kubectl(['get', ...args, '--no-headers'], { namespace })
  if (code !== 0) throw new Error(stderr)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim().split(/\s+/))
}

/** How many pods each job has by now, by the label that names it. */
async function countPods(on: TestCluster, namespace: string, label: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const row of await rowsOf(on, namespace, ['pods', '-l', label, '-L', label])) {
    const job = row.at(-1) ?? ''
    counts.set(job, (counts.get(job) ?? 0) + 1)
  }
  return counts
}

/** Between two looks at hundreds of objects, in milliseconds. */
const pause = 1000

/** Waits until every job has as many pods as the table says and returns them by job; tells what the API server refused instead. */
async function podsByJob(
  on: TestCluster,
  namespace: string,
  label: string,
  expected: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, readonly Pod[]>> {
  let counts: ReadonlyMap<string, number> = new Map()
  let seen = 0
  let lastNews = Date.now()
  const missing = () => [...expected].filter(([job, count]) => (counts.get(job) ?? 0) < count).map(([job]) => job)
  const refused = await waitFor(
    'all pods',
    async () => {
      counts = await countPods(on, namespace, label)
      if (missing().length === 0) return []
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
      if (total !== seen) lastNews = Date.now()
      seen = total
      if (Date.now() - lastNews < patience) return undefined
      const told = await refusedObjects(on, namespace)
      return told.length > 0 ? told : undefined
    },
    240_000,
    pause,
  ).catch((error: Error) => [error.message])
  if (missing().length > 0) {
    const told = [...refused, ...(await whatIsThere(on, namespace, missing()))]
    throw new Error(`no pods of ${missing().join(', ')}: ${told.join('\n')}`)
  }
  const { items } = await on.get<{ items: Pod[] }>(['pods', '-l', label], { namespace })
  return Map.groupBy(items, ({ metadata }) => metadata.labels?.[label] ?? '')
}

/** How models and live objects compare: what is not alike, and how much was looked at. */
export class Comparison {
  readonly found: string[] = []
  #objects = 0
  #values = 0

  compare(name: string, model: unknown, live: unknown, additions: readonly Addition[]): void {
    this.#objects++
    this.#values += leavesOf(model).size
    for (const { path, model: predicted, live: there } of disagreements(model, live, additions)) {
      this.found.push(`${name} ${path}: model ${predicted}, live ${there}`)
    }
  }

  get objects(): number {
    return this.#objects
  }

  get counts(): string {
    return `${this.#objects} objects, ${this.#values} values`
  }
}

/** The pods Training Operator made of jobs that exist in the namespace. */
async function liveV1Pods(
  on: TestCluster,
  namespace: string,
  jobs: readonly V1Job[],
): Promise<ReadonlyMap<string, readonly Pod[]>> {
  return podsByJob(on, namespace, v1Labels.jobName, new Map(jobs.map((job) => [job.name, job.total])))
}

/** Compares those pods with the v1 model's, one by one; neither side may have another. Returns the live ones by job as well. */
export async function compareV1(
  on: TestCluster,
  namespace: string,
  jobs: readonly V1Job[],
): Promise<{ readonly comparison: Comparison; readonly live: ReadonlyMap<string, readonly Pod[]> }> {
  const live = await liveV1Pods(on, namespace, jobs)
  const comparison = new Comparison()
  for (const job of jobs) {
    const pods = new Map((live.get(job.name) ?? []).map((pod) => [pod.metadata.name, pod]))
    for (const model of v1Pods(job)) {
      const pod = pods.get(model.name)
      if (pod) comparison.compare(model.name, comparableModel(model), comparablePod(pod), v1PodAdditions)
      else comparison.found.push(`${model.name} is absent`)
      pods.delete(model.name)
    }
    comparison.found.push(...[...pods.keys()].map((name) => `${name} is not predicted`))
  }
  return { comparison, live }
}

/** A TrainJob on its runtime and what the v2 model makes of it. */
export interface Predicted {
  readonly trainJob: TrainJob
  readonly runtime: TrainingRuntime
  /** objects it needs beside its runtime */
  readonly extras?: readonly KubeObject[]
  readonly jobSet: JobSetSpec
  readonly pods: readonly ModelPod[]
}

export function predictedBy({ trainJob, runtime, extras, proof }: Conversion): Predicted {
  return { trainJob, runtime, extras, jobSet: proof.jobSet, pods: proof.v2 }
}

/** Creates TrainJobs suspended and returns their JobSets, once all are there. */
async function previewed(
  on: TestCluster,
  namespace: string,
  cases: readonly Predicted[],
): Promise<ReadonlyMap<string, JobSetSpec>> {
  const runtimes = new Map(cases.map(({ runtime }) => [runtime.metadata.name, runtime]))
  const suspended = cases.map(({ trainJob }) => ({ ...trainJob, spec: { ...trainJob.spec, suspend: true } }))
  const refused = [
    ...(await createAll(on, namespace, [...runtimes.values(), ...cases.flatMap(({ extras = [] }) => extras)])),
    ...(await createAll(on, namespace, suspended)),
  ]
  if (refused.length > 0) throw new Error(refused.join('\n'))
  const names = cases.map(({ trainJob }) => trainJob.metadata.name ?? '')
  await on.waitFor(
    'all JobSets',
    async () => {
      const there = new Set((await rowsOf(on, namespace, ['jobsets'])).map(([name]) => name))
      return names.every((name) => there.has(name))
    },
    240_000,
    pause,
  )
  const { items } = await on.get<{ items: KubeObject[] }>(['jobsets'], { namespace })
  return new Map(items.map((item) => [item.metadata.name ?? '', item['spec'] as JobSetSpec]))
}

/** Lets suspended TrainJobs run and returns their pods, once all are there. */
async function resumed(
  on: TestCluster,
  namespace: string,
  cases: readonly Predicted[],
): Promise<ReadonlyMap<string, readonly Pod[]>> {
  const names = cases.flatMap(({ trainJob }) => trainJob.metadata.name ?? [])
  const run = ['patch', 'trainjobs', ...names, '--type=merge', '-p', '{"spec":{"suspend":false}}']
  const { stderr } = await on.kubectl(run, { namespace })
  if (stderr !== '') throw new Error(stderr)
  const numbers = (count: (each: Predicted) => number) =>
    new Map(cases.map((each) => [each.trainJob.metadata.name ?? '', count(each)]))
  const first = await podsByJob(
    on,
    namespace,
    v2Labels.jobSetName,
    numbers(({ pods, jobSet }) => pods.filter(({ role }) => !waits(jobSet, role)).length),
  )
  const waiting = cases.filter(({ pods, jobSet }) => pods.some(({ role }) => waits(jobSet, role)))
  const awaited = waiting.flatMap(({ trainJob }) => first.get(trainJob.metadata.name ?? '') ?? [])
  await makeReady(on, namespace, awaited)
  return podsByJob(
    on,
    namespace,
    v2Labels.jobSetName,
    numbers(({ pods }) => pods.length),
  )
}

/** Whether the pods of a replicated job are made only when those of another are ready. */
function waits({ replicatedJobs }: JobSetSpec, role: string): boolean {
  return replicatedJobs.some((job) => job.name === role && job['dependsOn'] !== undefined)
}

/** Says of pods that they are ready, also of those that no node takes. */
async function makeReady(on: TestCluster, namespace: string, pods: readonly Pod[]): Promise<void> {
  if (pods.length === 0) return
  const names = pods.flatMap(({ metadata }) => metadata.name ?? [])
  const ready = '{"status":{"conditions":[{"type":"Ready","status":"True"}]}}'
  const { stderr } = await on.kubectl(['patch', 'pods', ...names, '--subresource=status', '-p', ready], { namespace })
  if (stderr !== '') throw new Error(stderr)
}

/** Compares what v2's operators make of TrainJobs with the v2 model: first the JobSets of suspended ones, then their pods. */
export async function compareV2(
  on: TestCluster,
  namespace: string,
  cases: readonly Predicted[],
): Promise<{
  readonly jobSets: Comparison
  readonly pods: Comparison
  readonly live: ReadonlyMap<string, readonly Pod[]>
}> {
  const jobSets = new Comparison()
  const specs = await previewed(on, namespace, cases)
  for (const { trainJob, jobSet } of cases) {
    const name = trainJob.metadata.name ?? ''
    jobSets.compare(name, { ...jobSet, suspend: true }, specs.get(name), jobSetAdditions)
  }
  const pods = new Comparison()
  const live = await resumed(on, namespace, cases)
  for (const { trainJob, jobSet, pods: models } of cases) {
    const name = trainJob.metadata.name ?? ''
    const { subdomain = name } = (jobSet['network'] ?? {}) as { subdomain?: string }
    for (const pod of live.get(name) ?? []) {
      const model = modelOf(models, pod)
      if (model) pods.compare(model.name, comparableModel(model, subdomain), comparablePod(pod), v2PodAdditions)
      else pods.found.push(`${pod.metadata.name} is not predicted`)
    }
  }
  return { jobSets, pods, live }
}
