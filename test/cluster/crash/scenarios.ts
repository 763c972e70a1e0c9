/** Jobs that are moved while the program is killed, what a run that nobody interrupts writes for them, and what it leaves. */
import { kindInfo, type V1Kind } from '../../../src/v1/kinds.ts'
import { life } from '../harness.ts'
import { checkpoints } from '../jobs.ts'
import type { EndState } from './places.ts'

export interface Scenario {
  readonly title: string
  readonly kind: V1Kind
  /** called `bert` */
  readonly job: object
  /** that run of v1; 0: its owner suspended it */
  readonly pods: number
  readonly cutover: readonly string[]
  readonly rollback: readonly string[]
  /** beside v1's own objects, records and runtimes */
  readonly made: readonly string[]
  /** resources of what the TrainJob needs beside its runtime */
  readonly extras: readonly string[]
  /** the TrainJob whose pods may be alive beside v1's */
  readonly beside?: string
}

/** By role: how many, and what a role has of its own. */
type Roles = Readonly<Record<string, { readonly replicas: number; readonly limits?: Readonly<Record<string, string>> }>>

interface Shape {
  readonly kind?: V1Kind
  readonly roles: Roles
  readonly suspended?: boolean
  /** annotations of the pods (harness.ts `life`) */
  readonly life?: Readonly<Record<string, string>>
  readonly podSpec?: object
  readonly flags?: readonly string[]
  /** what of the cutover's findings is accepted: pods of other tests that wait for room, if not told otherwise */
  readonly accepts?: readonly string[]
  readonly extras?: readonly string[]
  /** JobSet's Jobs, and what else is made */
  readonly made: readonly string[]
}

export function scenario(title: string, shape: Shape): Scenario {
  const { kind = 'PyTorchJob', roles, suspended = false, life: annotations, podSpec, flags = [], made } = shape
  const { accepts = ['hand-over-slot'], extras = [] } = shape
  const info = kindInfo(kind)
  const replicas = Object.entries(roles).map(([role, { replicas: count, limits }]) => {
    const container = { name: info?.container ?? 'mpi', image: 'example.org/train:1', env: [checkpoints] }
    const template = {
      ...(annotations && { metadata: { annotations } }),
      spec: { containers: [{ ...container, ...(limits && { resources: { limits } }) }], ...podSpec },
    }
    return [role, { replicas: count, template }]
  })
  return {
    title,
    kind,
    job: {
      apiVersion: 'kubeflow.org/v1',
      kind,
      metadata: { name: 'bert' },
      spec: {
        ...(suspended && { runPolicy: { suspend: true } }),
        [info?.specKey ?? '']: Object.fromEntries(replicas),
      },
    },
    pods: suspended ? 0 : Object.values(roles).reduce((sum, { replicas: count }) => sum + count, 0),
    cutover: [
      ...['cutover', 'job', 'bert', '--yes'],
      ...accepts.flatMap((code) => ['--accept', code]),
      ...(flags.includes('--observe') ? [] : ['--observe', '0']),
      ...flags,
    ],
    rollback: ['rollback', 'job', 'bert', '--yes'],
    extras,
    made: ['JobSet/bert', 'Service/bert', 'TrainJob/bert', ...made],
  }
}

const snapshot = 'ConfigMap/bert-runtime-snapshot'
const records = ['ConfigMap/migration', 'Secret/migration']

export const alike = scenario('replicas alike', {
  roles: { Master: { replicas: 1 }, Worker: { replicas: 2 } },
  made: [snapshot, 'Job/bert-node-0'],
})

export const differ = scenario('roles differ', {
  roles: { Master: { replicas: 1, limits: { cpu: '100m' } }, Worker: { replicas: 2, limits: { cpu: '200m' } } },
  made: [snapshot, 'Job/bert-master-0', 'Job/bert-worker-0', 'Job/bert-worker-1'],
})

export const suspended = scenario('suspended by its owner', {
  roles: { Master: { replicas: 1 }, Worker: { replicas: 2 } },
  suspended: true,
  made: [snapshot, 'Job/bert-node-0'],
})

export const mpi = scenario('MPIJob', {
  kind: 'MPIJob',
  roles: { Launcher: { replicas: 1 }, Worker: { replicas: 2 } },
  flags: ['--mpi', 'exec'],
  extras: ['configmaps', 'serviceaccounts', 'roles', 'rolebindings'],
  made: [],
})

/** The other kinds. */
export const kinds: readonly Scenario[] = [
  mpi,
  ...(
    [
      ['TFJob', { Chief: { replicas: 1 }, Worker: { replicas: 1 } }],
      ['XGBoostJob', { Master: { replicas: 1 }, Worker: { replicas: 1 } }],
      ['PaddleJob', { Worker: { replicas: 2 } }],
      ['JAXJob', { Worker: { replicas: 2 } }],
    ] as const
  ).map(([kind, roles]) => scenario(kind, { kind, roles, made: [] })),
]

/** Two pods that live like this where the pattern finds them. */
export function pair(
  title: string,
  only = '',
  how: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Scenario {
  return scenario(title, {
    roles: { Master: { replicas: 1 }, Worker: { replicas: 1 } },
    ...(only !== '' && { life: { ...how, [life.only]: only } }),
    flags,
    made: [snapshot, 'Job/bert-node-0'],
  })
}

export const failing = pair('v2 fails', '-node-', { [life.exitCode]: '3' }, ['--observe', '1m'])
/** Its Master takes three seconds to go: time enough to end by itself. */
export const ending = pair('v1 ends', '-master-0', { [life.stopSeconds]: '3' })
export const slow = pair('v2 takes long to start', '-node-', { [life.startSeconds]: '3600' })
export const completing = pair('v2 completes at once', '-node-', { [life.exitCode]: '0' })

/** What a cutover leaves that nothing interrupted. */
export function moved({ kind, pods, made }: Scenario): EndState {
  return {
    v1: { ready: 0, suspend: true, marks: pods > 0 ? ['kubectl-migrate.dev/held'] : [] },
    v2Ready: pods,
    objects: [...made, ...records, `TrainingRuntime/${runtimeOf(kind)}`].sort(),
  }
}

/** What a rollback leaves: v1 as it was, the record, and the runtime that jobs share. */
export function back({ kind, pods }: Scenario): EndState {
  return {
    v1: { ready: pods, suspend: pods === 0, marks: [] },
    v2Ready: 0,
    objects: [...records, `TrainingRuntime/${runtimeOf(kind)}`].sort(),
  }
}

/** Names of runtimes without their hash. */
function runtimeOf(kind: V1Kind): string {
  return `v1-${kindInfo(kind)?.framework}-HASH`
}

const record = 'PATCH configmaps/migration'
const lease = { take: 'POST NAMESPACE/leases', leave: 'DELETE leases/migration-bert' }

/** The writes of a cutover, one after the other. */
export function cutoverWrites({ kind, pods, extras }: Scenario): string[] {
  const before = [
    lease.take,
    'POST NAMESPACE/configmaps',
    'POST NAMESPACE/secrets',
    record,
    'POST NAMESPACE/trainingruntimes',
    record,
    'POST NAMESPACE/trainjobs',
    record,
    ...(extras.length > 0 ? [...extras.map((resource) => `POST NAMESPACE/${resource}`), record] : []),
  ]
  if (pods === 0) return [...before, record, lease.leave]
  const after = [
    record,
    `PATCH ${kind.toLowerCase()}s/bert`,
    record,
    record,
    'PATCH trainjobs/bert',
    record,
    record,
    lease.leave,
  ]
  return [...before, ...after]
}

/** The writes of a rollback of what was cut over. */
export function rollbackWrites({ kind, pods }: Scenario): string[] {
  const start = [lease.take, record, 'DELETE trainjobs/bert', record]
  if (pods === 0) return [...start, record, lease.leave]
  return [...start, record, `PATCH ${kind.toLowerCase()}s/bert`, record, record, lease.leave]
}

/** The writes of a cutover that fails once v2 was started, and goes back. */
export function failingWrites(scenario: Scenario): string[] {
  const [, ...undo] = rollbackWrites(scenario)
  return [...cutoverWrites(scenario).slice(0, -2), ...undo]
}

/** The writes of a cutover that finds v1 ended when it has held it: v1 stays held, and how it ended is written on it. */
export function endingWrites(scenario: Scenario): string[] {
  const all = cutoverWrites(scenario)
  const held = all.indexOf(`PATCH ${scenario.kind.toLowerCase()}s/bert`)
  return [...all.slice(0, held + 2), record, 'DELETE trainjobs/bert', record, ...all.slice(held, held + 2), lease.leave]
}
