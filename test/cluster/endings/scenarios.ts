import { type Conversion, convertJob } from '../../../src/convert/convert.ts'
import type { KubeObject } from '../../../src/kube/object.ts'
import { kindInfo, type RestartPolicy, type V1Kind } from '../../../src/v1/kinds.ts'

/** What ends a running pod, by v1's name without the job's. */
export type Blow =
  /** every container of the pod ends with that code; `times`: it and its successors, so often one after the other */
  | { readonly pod: string; readonly exit: number; readonly times?: number }
  /** the kubelet evicts it for want of memory */
  | { readonly pod: string; readonly evicted: true }
  /** its node is gone: the pod garbage collector fails and deletes it */
  | { readonly pod: string; readonly lost: true }

/** Somebody deletes the running pod, whose program answers with that exit code; `drained`: by the eviction API, as `kubectl drain` does. */
export interface Deletion {
  readonly pod: string
  readonly deleted: number
  readonly drained?: true
}

/** What happens to a running pod, or to the job. */
export type Event = Blow | Deletion | { readonly suspend: boolean } | { readonly seconds: number }

/** One row: a job of v1, and what happens once all its pods run. */
export interface Scenario {
  /** also the jobs' name */
  readonly name: string
  readonly kind: V1Kind
  /** replicas of each role */
  readonly roles: Readonly<Record<string, number>>
  /** of every role; absent: the kind's default */
  readonly restart?: RestartPolicy
  readonly runPolicy?: Readonly<Record<string, unknown>>
  /** more of the job's spec */
  readonly spec?: Readonly<Record<string, unknown>>
  readonly events: readonly Event[]
  /** seconds without news after which it is over, where a Job waits longer before it makes a pod again */
  readonly quiet?: number
}

const exit = (code: number, ...pods: string[]): Event[] => pods.map((pod) => ({ pod, exit: code }))
const often = (code: number, times: number, pod: string): Event[] => [{ pod, exit: code, times }]
const evicted = (pod: string): Event[] => [{ pod, evicted: true }]
const deleted = (pod: string, code = 143): Event[] => [{ pod, deleted: code }]
const drained = (pod: string, code = 143): Event[] => [{ pod, deleted: code, drained: true }]
const lost = (pod: string): Event[] => [{ pod, lost: true }]

type Rest = Omit<Scenario, 'name' | 'kind' | 'roles' | 'events'>
const of =
  (kind: V1Kind, roles: Scenario['roles']) =>
  (name: string, events: readonly Event[], rest: Rest = {}): Scenario => ({ name, kind, roles, events, ...rest })

const pytorch = of('PyTorchJob', { Master: 1, Worker: 2 })
const workers = of('PyTorchJob', { Worker: 3 })
const servers = of('TFJob', { PS: 1, Worker: 2 })
const chief = of('TFJob', { Chief: 1, PS: 1, Worker: 2, Evaluator: 1 })
const mpi = of('MPIJob', { Launcher: 1, Worker: 2 })
const xgboost = of('XGBoostJob', { Master: 1, Worker: 2 })
const paddle = of('PaddleJob', { Worker: 2 })
const paddleServer = of('PaddleJob', { Master: 1, Worker: 2 })
const jax = of('JAXJob', { Worker: 2 })

const never = { restart: 'Never' } as const
const onFailure = { restart: 'OnFailure' } as const
const exitCode = { restart: 'ExitCode' } as const
const always = { restart: 'Always' } as const
const limit = (backoffLimit: number) => ({ runPolicy: { backoffLimit } })
/** longer than it takes a busy machine to start the pods: a deadline that passes before is noticed by v1 */
const deadline = { runPolicy: { activeDeadlineSeconds: 90 } } as const
const clean = (cleanPodPolicy: string) => ({ runPolicy: { cleanPodPolicy } })

/** Every scenario, in the order in which observed.json has them. */
export const scenarios: readonly Scenario[] = [
  pytorch('pt-all-done', exit(0, 'worker-0', 'worker-1', 'master-0')),
  pytorch('pt-master-done', exit(0, 'master-0')),
  pytorch('pt-master-done-later-workers', [
    ...exit(0, 'master-0'),
    { seconds: 20 },
    ...exit(0, 'worker-0', 'worker-1'),
  ]),
  pytorch('pt-master-done-clean-running', exit(0, 'master-0'), clean('Running')),
  pytorch('pt-master-done-clean-all', exit(0, 'worker-0', 'master-0'), clean('All')),
  pytorch('pt-one-worker-done', exit(0, 'worker-0')),
  workers('pt-workers-one-done', exit(0, 'worker-1')),
  workers('pt-workers-all-done', exit(0, 'worker-0', 'worker-1', 'worker-2')),
  workers('pt-workers-done-and-failed', [...exit(0, 'worker-0'), ...exit(1, 'worker-1')], never),
  workers('pt-elastic-one-done', exit(0, 'worker-1'), { spec: { elasticPolicy: { minReplicas: 1, maxReplicas: 3 } } }),
  pytorch('pt-onfailure-master-1', exit(1, 'master-0'), onFailure),
  pytorch('pt-onfailure-worker-137', exit(137, 'worker-0'), onFailure),
  pytorch('pt-onfailure-worker-5-times', often(1, 5, 'worker-1'), onFailure),
  pytorch('pt-never-master-1', exit(1, 'master-0'), never),
  pytorch('pt-never-worker-1', exit(1, 'worker-0'), never),
  pytorch('pt-never-worker-143', exit(143, 'worker-1'), never),
  pytorch('pt-never-clean-running', exit(1, 'worker-0'), { ...never, ...clean('Running') }),
  pytorch('pt-exitcode-worker-1', exit(1, 'worker-0'), exitCode),
  pytorch('pt-exitcode-worker-130', exit(130, 'worker-0'), exitCode),
  pytorch('pt-exitcode-worker-137', exit(137, 'worker-0'), exitCode),
  pytorch('pt-exitcode-master-143', exit(143, 'master-0'), exitCode),
  pytorch('pt-exitcode-twice', often(137, 2, 'worker-1'), { ...exitCode, quiet: 50 }),
  pytorch('pt-exitcode-limit-0', exit(137, 'worker-1'), { ...exitCode, ...limit(0) }),
  pytorch('pt-always-worker-0', exit(0, 'worker-0'), always),
  pytorch('pt-always-worker-1', exit(1, 'worker-0'), always),
  pytorch('pt-always-master-0', exit(0, 'master-0'), always),
  of('PyTorchJob', { Master: 1 })('pt-alone-limit-1', exit(1, 'master-0'), { ...onFailure, ...limit(1) }),
  pytorch('pt-limit-0', exit(1, 'worker-0'), { ...onFailure, ...limit(0) }),
  pytorch('pt-limit-3-reached', often(1, 3, 'worker-0'), { ...onFailure, ...limit(3) }),
  pytorch('pt-limit-3-passed', often(1, 4, 'worker-0'), { ...onFailure, ...limit(3) }),
  pytorch('pt-limit-3-shared', [...often(1, 2, 'worker-0'), ...often(1, 2, 'worker-1')], { ...onFailure, ...limit(3) }),
  pytorch('pt-onfailure-evicted', evicted('worker-0'), onFailure),
  pytorch('pt-onfailure-master-evicted', evicted('master-0'), onFailure),
  pytorch('pt-never-evicted', evicted('worker-0'), never),
  pytorch('pt-exitcode-evicted', evicted('worker-0'), exitCode),
  pytorch('pt-limit-0-evicted', evicted('worker-0'), { ...onFailure, ...limit(0) }),
  pytorch('pt-limit-1-evicted-twice', [...evicted('worker-0'), ...evicted('worker-0')], { ...onFailure, ...limit(1) }),
  pytorch('pt-onfailure-lost', lost('worker-0'), onFailure),
  pytorch('pt-exitcode-lost', lost('master-0'), exitCode),
  pytorch('pt-never-deleted', deleted('worker-0'), never),
  pytorch('pt-never-master-deleted', deleted('master-0'), never),
  pytorch('pt-never-deleted-0', deleted('worker-0', 0), never),
  pytorch('pt-never-master-deleted-0', deleted('master-0', 0), never),
  pytorch('pt-onfailure-deleted', deleted('worker-0'), onFailure),
  pytorch('pt-onfailure-master-deleted', deleted('master-0'), onFailure),
  pytorch('pt-onfailure-deleted-0', deleted('worker-0', 0), onFailure),
  pytorch('pt-onfailure-master-deleted-0', deleted('master-0', 0), onFailure),
  pytorch('pt-onfailure-drained', drained('worker-0'), onFailure),
  pytorch('pt-always-deleted', deleted('worker-0'), always),
  pytorch('pt-exitcode-deleted', deleted('worker-0'), exitCode),
  pytorch('pt-exitcode-deleted-1', deleted('worker-0', 1), exitCode),
  pytorch('pt-exitcode-deleted-0', deleted('worker-0', 0), exitCode),
  pytorch('pt-exitcode-drained', drained('worker-0'), exitCode),
  pytorch('pt-exitcode-drained-1', drained('worker-0', 1), exitCode),
  pytorch('pt-limit-0-deleted', deleted('worker-0'), { ...onFailure, ...limit(0) }),
  pytorch('pt-exitcode-limit-0-deleted', deleted('worker-0'), { ...exitCode, ...limit(0) }),
  pytorch('pt-limit-1-deleted-twice', [...deleted('worker-0'), ...deleted('worker-0')], { ...onFailure, ...limit(1) }),
  workers('pt-workers-deleted', deleted('worker-1')),
  workers('pt-workers-deleted-0', deleted('worker-1', 0)),
  pytorch('pt-deadline', [{ seconds: 100 }], deadline),
  pytorch('pt-deadline-noticed', [{ seconds: 100 }, ...exit(1, 'worker-0')], deadline),
  pytorch('pt-suspended', [{ suspend: true }]),
  pytorch('pt-suspended-resumed', [{ suspend: true }, { suspend: false }]),
  servers('tf-worker-0-done', exit(0, 'worker-0')),
  servers('tf-worker-1-done', exit(0, 'worker-1')),
  servers('tf-all-workers-one-done', exit(0, 'worker-0'), { spec: { successPolicy: 'AllWorkers' } }),
  servers('tf-all-workers-done', exit(0, 'worker-0', 'worker-1'), { spec: { successPolicy: 'AllWorkers' } }),
  servers('tf-ps-fails', exit(1, 'ps-0')),
  chief('tf-chief-done', exit(0, 'chief-0')),
  chief('tf-evaluator-fails', exit(1, 'evaluator-0')),
  servers('tf-exitcode-137', exit(137, 'worker-1'), exitCode),
  servers('tf-onfailure-evicted', evicted('ps-0'), onFailure),
  servers('tf-never-deleted', deleted('worker-1')),
  servers('tf-onfailure-deleted', deleted('worker-1'), onFailure),
  servers('tf-onfailure-deleted-0', deleted('worker-1', 0), onFailure),
  servers('tf-onfailure-ps-deleted', deleted('ps-0'), onFailure),
  servers('tf-exitcode-deleted', deleted('worker-1'), exitCode),
  servers('tf-dynamic-deleted', deleted('worker-1'), { ...onFailure, spec: { enableDynamicWorker: true } }),
  chief('tf-onfailure-chief-deleted', deleted('chief-0'), onFailure),
  chief('tf-onfailure-evaluator-deleted', deleted('evaluator-0'), onFailure),
  mpi('mpi-launcher-done', exit(0, 'launcher-0')),
  mpi('mpi-launcher-1', exit(1, 'launcher-0')),
  mpi('mpi-launcher-onfailure-1', exit(1, 'launcher-0'), onFailure),
  mpi('mpi-launcher-evicted', evicted('launcher-0')),
  mpi('mpi-worker-1', exit(1, 'worker-0')),
  mpi('mpi-exitcode-launcher-137', exit(137, 'launcher-0'), exitCode),
  mpi('mpi-exitcode-launcher-1', exit(1, 'launcher-0'), exitCode),
  mpi('mpi-exitcode-worker-137', exit(137, 'worker-1'), exitCode),
  mpi('mpi-onfailure-launcher-evicted', evicted('launcher-0'), onFailure),
  mpi('mpi-onfailure-worker-evicted', evicted('worker-0'), onFailure),
  mpi('mpi-onfailure-worker-lost', lost('worker-0'), onFailure),
  mpi('mpi-never-launcher-deleted', deleted('launcher-0')),
  mpi('mpi-never-worker-deleted', deleted('worker-0')),
  mpi('mpi-onfailure-launcher-deleted', deleted('launcher-0'), onFailure),
  mpi('mpi-onfailure-worker-deleted', deleted('worker-0'), onFailure),
  mpi('mpi-onfailure-worker-deleted-0', deleted('worker-0', 0), onFailure),
  mpi('mpi-exitcode-launcher-deleted', deleted('launcher-0'), exitCode),
  mpi('mpi-exitcode-worker-deleted', deleted('worker-0'), exitCode),
  xgboost('xgb-master-done', exit(0, 'master-0')),
  xgboost('xgb-worker-1', exit(1, 'worker-0')),
  xgboost('xgb-exitcode-137', exit(137, 'worker-0'), exitCode),
  xgboost('xgb-exitcode-1', exit(1, 'worker-0'), exitCode),
  xgboost('xgb-onfailure-evicted', evicted('worker-1'), onFailure),
  xgboost('xgb-onfailure-master-lost', lost('master-0'), onFailure),
  xgboost('xgb-never-deleted', deleted('worker-1')),
  xgboost('xgb-onfailure-deleted', deleted('worker-1'), onFailure),
  xgboost('xgb-onfailure-master-deleted', deleted('master-0'), onFailure),
  xgboost('xgb-exitcode-deleted', deleted('worker-1'), exitCode),
  paddle('paddle-one-done', exit(0, 'worker-0')),
  paddle('paddle-never-1', exit(1, 'worker-0'), never),
  paddle('paddle-onfailure-evicted', evicted('worker-1')),
  paddleServer('paddle-master-done', exit(0, 'master-0')),
  paddle('paddle-never-deleted', deleted('worker-1'), never),
  paddle('paddle-onfailure-deleted', deleted('worker-1')),
  paddle('paddle-onfailure-deleted-0', deleted('worker-1', 0)),
  paddleServer('paddle-master-deleted', deleted('master-0')),
  jax('jax-one-done', exit(0, 'worker-1')),
  jax('jax-all-done', exit(0, 'worker-0', 'worker-1')),
  jax('jax-never-1', exit(1, 'worker-1')),
  jax('jax-exitcode-143', exit(143, 'worker-0'), exitCode),
  jax('jax-onfailure-lost', lost('worker-1'), onFailure),
  jax('jax-never-deleted', deleted('worker-1')),
  jax('jax-never-deleted-0', deleted('worker-1', 0)),
  jax('jax-onfailure-deleted', deleted('worker-1'), onFailure),
  jax('jax-exitcode-deleted', deleted('worker-1'), exitCode),
]

/** Scenarios that every run of the cluster's tests observes: each kind, and each way to end that has to be made by v2 itself. */
export const selection: readonly string[] = [
  'pt-master-done',
  'pt-workers-done-and-failed',
  'pt-elastic-one-done',
  'pt-never-worker-1',
  'pt-exitcode-worker-137',
  'pt-limit-3-reached',
  'pt-onfailure-evicted',
  'pt-onfailure-deleted',
  'pt-suspended-resumed',
  'tf-worker-0-done',
  'tf-onfailure-deleted',
  'mpi-launcher-done',
  'mpi-launcher-1',
  'xgb-worker-1',
  'paddle-one-done',
  'jax-never-1',
]

/** The scenario's job as somebody would write it. */
export function jobOf({ name, kind, roles, restart, runPolicy, spec, events }: Scenario): KubeObject {
  const info = kindInfo(kind)
  if (!info) throw new Error(`${kind} is no kind of v1`)
  const code = events.map((event) => ('deleted' in event ? event.deleted : 143)).find((deleted) => deleted !== 143)
  const command = code === undefined ? {} : { command: ['sh', '-c', `trap 'exit ${code}' TERM; train`] }
  const template = {
    spec: { containers: [{ name: info.container ?? 'mpi', image: 'example.org/train:1', ...command }] },
  }
  const replica = (replicas: number) => ({ replicas, ...(restart && { restartPolicy: restart }), template })
  return {
    apiVersion: 'kubeflow.org/v1',
    kind,
    metadata: { name },
    spec: {
      ...(runPolicy && { runPolicy }),
      ...spec,
      [info.specKey]: Object.fromEntries(Object.entries(roles).map(([role, count]) => [role, replica(count)])),
    },
  }
}

/** What convert makes of it. */
export function conversionOf(scenario: Scenario, namespace = 'default'): Conversion {
  const options = {
    namespace,
    live: false,
    run: false,
    toolVersion: '0.0.0',
    mpi: 'exec',
    accept: ['dynamic-worker'],
  } as const
  return convertJob(jobOf(scenario), options)
}
