import type { KubeObject } from '../../src/kube/object.ts'
import type { Pod } from '../../src/kube/pod.ts'
import { kindInfo, type V1Kind } from '../../src/v1/kinds.ts'
import type { World, WorldOptions } from './world.ts'

/** What somebody wants of a job, and what may be done when the run of it was killed. */
export interface Flow {
  readonly title: string
  /** from v1 to v2, or from there */
  readonly direction: 'there' | 'back'
  /** run before, to their end */
  readonly before: readonly string[]
  readonly command: string
  /** commands that may follow on a crash, beside the same again */
  readonly others: readonly string[]
}

export interface Scenario extends Omit<WorldOptions, 'seed'> {
  readonly title: string
  readonly flows: readonly Flow[]
  /** the training ends by itself while it is moved, on a side that depends on when the program was killed; what it is when nobody moves it */
  readonly ends?: (world: World) => void
}

type Roles = Readonly<Record<string, { readonly replicas: number; readonly cpu?: string }>>

interface Sketch {
  readonly kind?: V1Kind
  readonly roles?: Roles
  readonly suspended?: boolean
}

/** A v1 job called bert that names a place for its checkpoints. */
function job({ kind = 'PyTorchJob', roles = pair, suspended }: Sketch = {}): KubeObject {
  const info = kindInfo(kind)
  const env = [{ name: 'CHECKPOINT_DIR', value: 's3://checkpoints' }]
  const replicas = Object.entries(roles).map(([role, { replicas: count, cpu }]) => {
    const resources = cpu === undefined ? {} : { resources: { limits: { cpu } } }
    const container = { name: info?.container ?? 'mpi', image: 'example.org/train:1', env, ...resources }
    return [role, { replicas: count, template: { spec: { containers: [container] } } }]
  })
  return {
    apiVersion: 'kubeflow.org/v1',
    kind,
    metadata: { name: 'bert', namespace: 'nlp' },
    spec: { ...(suspended && { runPolicy: { suspend: true } }), [info?.specKey ?? '']: Object.fromEntries(replicas) },
  }
}

const pair: Roles = { Master: { replicas: 1 }, Worker: { replicas: 1 } }

function cutover(more = ''): string {
  return `cutover job bert --yes${/--observe/.test(more) ? '' : ' --observe 0'}${more}`
}
const start = 'start job bert --yes --observe 0'
const rollback = 'rollback job bert --yes'
const finalize = 'finalize job bert --yes --even-if-unproven'

/** There, and back. */
function moves(more = '', before: readonly string[] = []): [there: Flow, back: Flow] {
  return [
    { title: 'cutover', direction: 'there', before, command: cutover(more), others: [rollback] },
    {
      title: 'rollback',
      direction: 'back',
      before: [...before, cutover(more)],
      command: rollback,
      others: [cutover(more)],
    },
  ]
}

const finalizing: Flow = {
  title: 'finalize',
  direction: 'back',
  before: [cutover()],
  command: finalize,
  others: [rollback],
}

/** From the moment on at which v1 was made again. */
const recreating: Flow = {
  title: 'rollback after finalize',
  direction: 'back',
  before: [cutover(), finalize],
  command: rollback,
  others: [],
}

function ofKind(kind: V1Kind, roles: Roles, more = ''): Scenario {
  return { title: `a ${kind}`, objects: [job({ kind, roles })], flows: moves(more) }
}

/** How a container ends, as a kubelet tells it. */
function endedWith(exitCode: number, world: World, early: number): object {
  const time = new Date(world.timeline.now().getTime() - early * 1000).toISOString().replace(/\.\d+/, '')
  const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: time, finishedAt: time }
  return {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: [
      { name: 'pytorch', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated } },
    ],
  }
}

function end(world: World, pod: string, exitCode: number, early = 0): void {
  world.ask('PATCH', `/api/v1/namespaces/nlp/pods/${pod}/status`, { status: endedWith(exitCode, world, early) })
}

/** Every pod of v2 ends like this so many seconds after it has begun to run. */
function v2Ends(exitCode: number, after: number): Scenario['atPod'] {
  const known = new WeakMap<World, Set<string>>()
  return (world, { metadata, status }: Pod) => {
    const { name = '', uid = '' } = metadata
    if (status?.phase !== 'Running' || !name.startsWith('bert-node-')) return
    const seen = known.get(world) ?? new Set()
    known.set(world, seen)
    if (seen.has(uid)) return
    seen.add(uid)
    world.timeline.after(after, () => {
      // what has been told to stop does not end by itself any more
      const pods = world.list('/api/v1/namespaces/NAMESPACE/pods')
      if (!pods.some((pod) => pod.metadata.uid === uid && !pod.metadata.deletionTimestamp)) return
      end(world, name, exitCode)
      if (exitCode === 0) world.pods.finish('v2')
    })
  }
}

const masterEnds = (world: World): void => end(world, 'bert-master-0', 0)

/** v1's Master succeeds just before the API server has the first request that holds it, or just after. */
function v1Ends(moment: 'before' | 'after'): Scenario['atWrite'] {
  const over = new WeakSet<World>()
  return (world, title, when) => {
    if (title !== 'PATCH pytorchjobs/bert' || when !== moment || over.has(world)) return
    over.add(world)
    end(world, 'bert-master-0', 0, moment === 'after' ? 1 : 0)
    world.pods.finish('v1')
  }
}

/** Every pod of v2 succeeds just before the API server has the request that deletes its TrainJob, or has by then and its kubelet says so just after. */
export function v2EndsAsItGoes(moment: 'before' | 'after', name = 'bert'): Scenario['atWrite'] {
  const over = new WeakSet<World>()
  return (world, title, when) => {
    if (title !== `DELETE trainjobs/${name}` || when !== moment || over.has(world)) return
    over.add(world)
    for (const { metadata } of world.list('/api/v1/namespaces/NAMESPACE/pods')) {
      if (metadata.name?.startsWith(`${name}-node-`)) end(world, metadata.name, 0, moment === 'after' ? 1 : 0)
    }
    world.pods.finish('v2')
  }
}

/** A twin that took v1's place ends as the way back removes it. */
function keptTwinEnds(moment: 'before' | 'after'): Scenario {
  const before = [start, cutover(' --keep-name')]
  return {
    title: `a twin in its place ends just ${moment === 'before' ? 'before it is' : 'after it was'} deleted`,
    objects: [job()],
    ends: () => undefined,
    atWrite: v2EndsAsItGoes(moment, 'bert-v2'),
    flows: [{ title: 'rollback', direction: 'back', before, command: rollback, others: [cutover()] }],
  }
}

const [there, back] = moves()

export const scenarios: readonly Scenario[] = [
  {
    title: 'replicas alike',
    objects: [job({ roles: { Master: { replicas: 1 }, Worker: { replicas: 2 } } })],
    flows: [
      ...moves(),
      { title: 'start', direction: 'there', before: [], command: start, others: [rollback, cutover()] },
      finalizing,
      recreating,
    ],
  },
  {
    title: 'roles differ',
    objects: [job({ roles: { Master: { replicas: 1, cpu: '100m' }, Worker: { replicas: 2, cpu: '200m' } } })],
    flows: moves(),
  },
  { title: 'a twin beside it', objects: [job()], flows: moves('', [start]) },
  {
    title: 'a twin that takes its place',
    objects: [job()],
    flows: [
      { title: 'cutover', direction: 'there', before: [start], command: cutover(' --keep-name'), others: [rollback] },
      {
        title: 'rollback',
        direction: 'back',
        before: [start, cutover(' --keep-name')],
        command: rollback,
        others: [cutover()],
      },
    ],
  },
  { title: 'v2 starts before v1 stops', objects: [job()], together: true, flows: moves(' --overlap') },
  { title: 'suspended by its owner', objects: [job({ suspended: true })], flows: moves() },
  { title: 'v2 fails', objects: [job()], atPod: v2Ends(3, 0.3), flows: moves(' --observe 1m').slice(0, 1) },
  { title: 'v2 completes at once', objects: [job()], ends: () => undefined, atPod: v2Ends(0, 0.5), flows: [there] },
  {
    title: 'v1 ends just before it is held',
    objects: [job()],
    ends: masterEnds,
    atWrite: v1Ends('before'),
    flows: [there],
  },
  {
    title: 'v1 ends just after it was held',
    objects: [job()],
    ends: masterEnds,
    atWrite: v1Ends('after'),
    flows: [there],
  },
  {
    title: 'v2 ends just before its TrainJob is deleted',
    objects: [job()],
    ends: () => undefined,
    atWrite: v2EndsAsItGoes('before'),
    flows: [back],
  },
  {
    title: 'v2 ends just after its TrainJob was deleted',
    objects: [job()],
    ends: () => undefined,
    atWrite: v2EndsAsItGoes('after'),
    flows: [back],
  },
  keptTwinEnds('before'),
  keptTwinEnds('after'),
  ofKind('PyTorchJob', { Worker: { replicas: 2 } }),
  ofKind('TFJob', { Chief: { replicas: 1 }, PS: { replicas: 1 }, Worker: { replicas: 1 } }),
  ofKind('MPIJob', { Launcher: { replicas: 1 }, Worker: { replicas: 2 } }, ' --mpi exec'),
  ofKind('XGBoostJob', pair),
  ofKind('PaddleJob', { Worker: { replicas: 2 } }),
  ofKind('JAXJob', { Worker: { replicas: 2 } }),
]
