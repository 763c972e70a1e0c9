/** Namespaces with one job, `bert`, in which a test moves it there and back, and which the next test takes over as they stand. */
import type { ChildProcess } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { KubeObject } from '../../../src/kube/object.ts'
import { Api, messageOf } from '../api.ts'
import { cluster, type Outcome } from '../harness.ts'
import { type PodWatch, watchPods } from '../pod-watch.ts'
import { waitFor } from '../wait-for.ts'
import { whatIsThere } from '../what-is-there.ts'
import { type Faults, type Request, startFaultProxy } from './fault-proxy.ts'
import type { Scenario } from './scenarios.ts'

/** v1: the job is as it was created, and nothing tells of a migration; v2: it was cut over; spent: it must be made anew. */
export type Stand = 'v1' | 'v2' | 'spent'

export interface Run extends Outcome {
  readonly requests: readonly Request[]
}

export interface Place {
  readonly scenario: Scenario
  readonly namespace: string
  readonly pods: PodWatch
  /** Runs the program through a proxy; `kill` ends it at once. */
  run(
    args: readonly string[],
    faults?: (kill: () => void) => Faults,
    env?: Readonly<Record<string, string>>,
  ): Promise<Run>
  /** What runs on either side, what v1 says, and all that is there beside v1's own objects. */
  state(): Promise<EndState>
  api(method: string, path: string, body?: unknown, contentType?: string): Promise<KubeObject>
}

export interface EndState {
  readonly v1: { readonly ready: number; readonly suspend: unknown; readonly marks: readonly string[] }
  readonly v2Ready: number
  readonly objects: readonly string[]
}

/** Expects a place to be so, and gives the operators a moment to come to rest. */
export async function settles(
  place: Place,
  expected: unknown,
  look: () => Promise<unknown> = place.state,
): Promise<void> {
  let now: unknown
  const isSo = async () => {
    now = await look()
    return isDeepStrictEqual(now, expected)
  }
  // a wrong end is not a wait that ran out: it is told as one value beside the other, and no test is run again for it
  const told = await waitFor('it is so', isSo).then(
    () => [],
    async ({ cause }: Error) => [
      ...(cause === undefined ? [] : [`not to be seen: ${cause}`]),
      ...(await whatIsThere(cluster(), place.namespace)),
    ],
  )
  expect(now, told.join('\n')).toEqual(expected)
}

interface KeptPlace extends Place {
  stand: Stand
}

const free: KeptPlace[] = []
const all: KeptPlace[] = []

/**
 * Acts in a place of this scenario that stands so; `act` returns how it leaves it. Holds it to the promise: v1 and its TrainJob were never
 * alive at once, but where that was asked for.
 */
export async function inPlace(
  scenario: Scenario,
  stand: Exclude<Stand, 'spent'>,
  act: (place: Place) => Promise<Stand>,
): Promise<void> {
  const place = await take(scenario, stand)
  place.stand = await act(place)
  const asked = `${scenario.beside} beside v1`
  expect(place.pods.overlaps.filter((overlap) => overlap !== asked)).toEqual([])
  free.push(place)
}

/** For `afterAll`. */
export async function deletePlaces(): Promise<void> {
  for (const { namespace, pods } of all.splice(0)) {
    pods.close()
    await cluster().deleteNamespace(namespace)
  }
  free.splice(0)
  const api = await shared
  shared = undefined
  api?.close()
}

async function take(scenario: Scenario, stand: Exclude<Stand, 'spent'>): Promise<KeptPlace> {
  const mine = free.filter((place) => place.scenario === scenario)
  const found = mine.find((place) => place.stand === stand) ?? mine[0]
  if (found) free.splice(free.indexOf(found), 1)
  const place = found ?? (await makePlace(scenario))
  if (place.stand === 'spent') await makeAnew(place)
  if (stand === 'v2' && place.stand === 'v1') await succeeds(place, scenario.cutover)
  if (stand === 'v1') {
    if (place.stand === 'v2') await succeeds(place, scenario.rollback)
    await forget(place)
  }
  return place
}

export async function succeeds(place: Place, args: readonly string[]): Promise<Run> {
  const run = await place.run(args)
  expect([run.code, run.code === 0 ? '' : run.stdout + run.stderr]).toEqual([0, ''])
  return run
}

async function makePlace(scenario: Scenario): Promise<KeptPlace> {
  const { kubeconfig, createNamespace } = cluster()
  const namespace = await createNamespace()
  const place: KeptPlace = {
    scenario,
    namespace,
    pods: await watchPods(kubeconfig, namespace),
    stand: 'spent',
    run: (args, faults, env) => run(namespace, args, faults, env),
    state: () => stateOf(place),
    api: async (method, path, body, contentType) => {
      shared ??= Api.fromKubeconfig(kubeconfig)
      const answer = await (await shared).request(method, path.replace('NAMESPACE', namespace), body, contentType)
      if (answer.status >= 300 && answer.status !== 404) throw new Error(`${method} ${path}: ${messageOf(answer)}`)
      return answer.body as KubeObject
    },
  }
  all.push(place)
  return place
}

let shared: Promise<Api> | undefined

/** The paths of what a migration leaves, and of what it moves. */
const paths = {
  trainJobs: '/apis/trainer.kubeflow.org/v1alpha1/namespaces/NAMESPACE/trainjobs',
  runtimes: '/apis/trainer.kubeflow.org/v1alpha1/namespaces/NAMESPACE/trainingruntimes',
  jobSets: '/apis/jobset.x-k8s.io/v1alpha2/namespaces/NAMESPACE/jobsets',
  jobs: '/apis/batch/v1/namespaces/NAMESPACE/jobs',
  services: '/api/v1/namespaces/NAMESPACE/services',
  configMaps: '/api/v1/namespaces/NAMESPACE/configmaps',
  secrets: '/api/v1/namespaces/NAMESPACE/secrets',
  leases: '/apis/coordination.k8s.io/v1/namespaces/NAMESPACE/leases',
} as const

export function v1Path({ kind }: Scenario): string {
  return `/apis/kubeflow.org/v1/namespaces/NAMESPACE/${kind.toLowerCase()}s`
}

async function makeAnew(place: KeptPlace): Promise<void> {
  const { scenario, pods } = place
  const background = { propagationPolicy: 'Background' }
  await place.api('DELETE', `${v1Path(scenario)}/bert`, background)
  await place.api('DELETE', paths.trainJobs, background)
  const gone = async (path: string) => listOf(await place.api('GET', path)).length === 0
  await until(place, 'nothing of the last job is left', async () => {
    if (pods.present('v1') + pods.present('v2') > 0) return false
    return (await Promise.all([v1Path(scenario), paths.trainJobs, paths.jobSets, paths.jobs].map(gone))).every(Boolean)
  })
  await place.api('POST', v1Path(scenario), scenario.job)
  place.stand = 'v1'
  await until(place, 'v1 stands', async () => {
    if (scenario.pods > 0) return pods.ready('v1') === scenario.pods
    return JSON.stringify((await place.api('GET', `${v1Path(scenario)}/bert`))['status'] ?? {}).includes('"Suspended"')
  })
}

/** Takes away what earlier migrations left: the next one is the first again. */
async function forget(place: Place): Promise<void> {
  const records = '?labelSelector=kubectl-migrate.dev/record'
  await Promise.all([
    place.api('DELETE', paths.runtimes),
    place.api('DELETE', paths.configMaps + records),
    place.api('DELETE', paths.secrets + records),
    place.api('DELETE', paths.leases),
  ])
  await until(place, 'runtimes are gone', async () => listOf(await place.api('GET', paths.runtimes)).length === 0)
}

/** Asks often, as it costs little: what is waited for comes soon. */
export async function until(
  { namespace }: Pick<Place, 'namespace'>,
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  await waitFor(what, async () => await holds(), 120_000, 50).catch(async (error: Error) => {
    throw new Error([error.message, ...(await whatIsThere(cluster(), namespace))].join('\n'))
  })
}

async function run(
  namespace: string,
  args: readonly string[],
  faults?: (kill: () => void) => Faults,
  env?: Readonly<Record<string, string>>,
): Promise<Run> {
  let child: ChildProcess | undefined
  const act = faults?.(() => child?.kill('SIGKILL')) ?? (() => undefined)
  const proxy = await startFaultProxy(cluster().kubeconfig, act)
  try {
    const onStart = (process: ChildProcess) => {
      child = process
    }
    const outcome = await cluster().migrate([...args, '--server', proxy.url], { namespace, onStart, env })
    if (proxy.failure() !== undefined) throw proxy.failure()
    const requests = proxy.requests.map(({ title, ...request }) => ({
      ...request,
      title: plainName(title.replaceAll(namespace, 'NAMESPACE')),
    }))
    return { ...outcome, requests }
  } finally {
    proxy.close()
  }
}

function listOf(list: KubeObject): KubeObject[] {
  return list['items'] as KubeObject[]
}

async function stateOf({ scenario, pods, api }: Place): Promise<EndState> {
  const [job, ...lists] = await Promise.all([
    api('GET', `${v1Path(scenario)}/bert`),
    ...Object.values(paths).map((path) => api('GET', path)),
  ])
  const { runPolicy } = (job['spec'] ?? {}) as { runPolicy?: { suspend?: boolean } }
  const marks = Object.keys(job.metadata?.annotations ?? {}).filter((key) => key.startsWith('kubectl-migrate.dev/'))
  const names = lists.flatMap((list) => {
    const kind = list.kind.replace(/List$/, '')
    return listOf(list).map(({ metadata }) => plainName(`${kind}/${metadata.name}`))
  })
  return {
    v1: { ready: pods.ready('v1'), suspend: job['spec'] ? (runPolicy?.suspend ?? false) : 'gone', marks: marks.sort() },
    v2Ready: pods.ready('v2'),
    objects: [...new Set(names)].filter((name) => !/^Service\/bert-\w+-\d$|kube-root-ca/.test(name)).sort(),
  }
}

/** Names without what differs from run to run; a second migration is told by `records`, as any number of earlier ones may be there. */
function plainName(name: string): string {
  return name.replace(/\/v1-(\w+)-\w{10}$/, '/v1-$1-HASH').replace(/migration-[a-z]+job-bert-\w{8}-\d+/, 'migration')
}
