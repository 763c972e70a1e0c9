import { kindInfo, type V1Kind, v1Kinds } from '../../src/v1/kinds.ts'
import { life } from './harness.ts'

export interface Shape {
  readonly kind: V1Kind
  readonly roles: Readonly<Record<string, number>>
}

/** Each kind with one pod, with two, and two kinds with 64. */
const sizes: readonly Shape[] = [
  { kind: 'PyTorchJob', roles: { Master: 1 } },
  { kind: 'PyTorchJob', roles: { Master: 1, Worker: 1 } },
  { kind: 'TFJob', roles: { Worker: 1 } },
  { kind: 'TFJob', roles: { Chief: 1, Worker: 1 } },
  { kind: 'TFJob', roles: { PS: 2, Worker: 62 } },
  { kind: 'MPIJob', roles: { Launcher: 1 } },
  { kind: 'MPIJob', roles: { Launcher: 1, Worker: 1 } },
  { kind: 'MPIJob', roles: { Launcher: 1, Worker: 63 } },
  { kind: 'XGBoostJob', roles: { Master: 1 } },
  { kind: 'XGBoostJob', roles: { Master: 1, Worker: 1 } },
  { kind: 'PaddleJob', roles: { Worker: 1 } },
  { kind: 'PaddleJob', roles: { Master: 1, Worker: 1 } },
  { kind: 'JAXJob', roles: { Worker: 1 } },
  { kind: 'JAXJob', roles: { Worker: 2 } },
]

export const podsOf = ({ roles }: Shape): number => Object.values(roles).reduce((sum, count) => sum + count, 0)
export const nameOf = ({ kind }: Pick<Shape, 'kind'>, ending: string | number) =>
  `${kindInfo(kind)?.framework}-${ending}`
export const sized = sizes.map((shape) => [nameOf(shape, podsOf(shape)), shape] as const)

export interface Way {
  readonly life: Readonly<Record<string, string>>
  /** not the last pod alone */
  readonly all?: true
  readonly restartPolicy?: string
  /** more of the pods' spec */
  readonly podSpec?: object
  /** what the status of the last pod becomes once it runs: kubelets of kwok do not evict, and no container takes too much memory */
  readonly becomes?: (container: string) => object
  /** what `list` has of both sides */
  readonly listed: string
  readonly listedOfMpi?: string
  /** what `status` has of the last pod, on both sides */
  readonly pod: RegExp
  /** in v2 it may be stopped and gone when the pod that decides the job has ended */
  readonly mayBeStopped?: true
  /** and says of its trouble, of both sides */
  readonly words?: RegExp
}

const container = { image: 'example.org/train:1', imageID: '', ready: false, restartCount: 0 }
const killed = {
  exitCode: 137,
  reason: 'OOMKilled',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:00:01Z',
}

/** Every way in which the last of two pods does not do as it should. MPI's launcher waits in v2 for its workers. */
export const ways: Readonly<Record<string, Way>> = {
  waits: {
    life: { [life.waiting]: 'ImagePullBackOff' },
    listed: 'ImagePullBackOff 1/2 ImagePullBackOff 1/2',
    listedOfMpi: 'ImagePullBackOff 1/2 ImagePullBackOff 0/2',
    pod: /▲ ImagePullBackOff /,
  },
  starts: {
    life: { [life.startSeconds]: '3600' },
    listed: 'Starting 1/2 Starting 1/2',
    listedOfMpi: 'Starting 1/2 Pending 0/2',
    pod: /○ Pending /,
  },
  unready: {
    life: { [life.neverReady]: 'true' },
    listed: 'Starting 1/2 Starting 1/2',
    listedOfMpi: 'Starting 1/2 Starting 0/2',
    pod: /○ Running, not ready /,
  },
  fails: {
    life: { [life.exitCode]: '3' },
    restartPolicy: 'Never',
    listed: 'Failed - Failed -',
    pod: /▲ Error /,
    words: /exit code 3/,
  },
  homeless: {
    life: {},
    podSpec: { nodeSelector: { 'kubernetes.io/hostname': 'nowhere' } },
    listed: 'Unschedulable 0/2 Unschedulable 0/2',
    pod: /▲ Unschedulable /,
    words: /\d+ node\(s\) didn't match Pod's node affinity\/selector/,
  },
  killed: {
    life: {},
    restartPolicy: 'Never',
    becomes: (name) => ({
      phase: 'Failed',
      containerStatuses: [{ ...container, name, state: { terminated: killed } }],
    }),
    listed: 'Failed - Failed -',
    pod: /▲ OOMKilled /,
    words: /exit code 137/,
  },
  evicted: {
    life: {},
    restartPolicy: 'Never',
    becomes: () => ({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }),
    listed: 'Failed - Failed -',
    pod: /▲ Evicted /,
    words: /The node was low on resource: memory\./,
  },
  ends: {
    life: { [life.runSeconds]: '1' },
    all: true,
    listed: 'Succeeded - Complete -',
    pod: /✓ Completed /,
    mayBeStopped: true,
  },
  stops: {
    life: { [life.stopSeconds]: '3600' },
    listed: 'Suspending 0/2 Suspending 0/2',
    pod: /○ Terminating /,
  },
}

/** The last pod's name, on either side. */
export const last = (kind: V1Kind) =>
  kind === 'JAXJob' ? '-(worker-1|node-0-1-\\w+)$' : '-(worker-0(-0-\\w+)?|node-0-1-\\w+)$'

export const pairs = v1Kinds.map(
  ({ kind }) => sizes.find((shape) => shape.kind === kind && podsOf(shape) === 2) as Shape,
)
export const cases = pairs.flatMap((shape) => Object.entries(ways).map(([word, way]) => ({ shape, word, way })))
