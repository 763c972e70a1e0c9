import type { KubeEvent } from '../../src/kube/event.ts'
import type { Condition, KubeObject } from '../../src/kube/object.ts'
import type { ContainerStatus, Pod, PodStatus } from '../../src/kube/pod.ts'
import { type KindInfo, kindInfo, type V1Kind } from '../../src/v1/kinds.ts'
import type { TrainJob } from '../../src/v2/trainjob.ts'

/** The moment at which screens of tests are drawn. */
export const now = new Date('2026-03-01T12:00:00Z')

/** RFC 3339 so many seconds before `now`. */
export function ago(seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString().replace('.000Z', 'Z')
}

interface V1Options {
  readonly kind?: V1Kind
  readonly namespace?: string
  readonly uid?: string
  readonly age?: number
  readonly labels?: Record<string, string>
  /** replicas by role; default one Master and two Workers */
  readonly roles?: Readonly<Record<string, number>>
  readonly suspend?: boolean
  readonly active?: Readonly<Record<string, number>>
  readonly succeeded?: Readonly<Record<string, number>>
  readonly failed?: Readonly<Record<string, number>>
  readonly conditions?: readonly Condition[]
  readonly deleting?: boolean
}

/** Where the jobs of tests say that they keep their checkpoints. */
const checkpoints = { name: 'CHECKPOINT_DIR', value: 's3://checkpoints' }

/** A v1 job as the API server holds it. */
export function v1Job(name: string, options: V1Options = {}): KubeObject {
  const { kind = 'PyTorchJob', namespace = 'nlp', roles = { Master: 1, Worker: 2 }, suspend, conditions } = options
  const info = kindInfo(kind) as KindInfo
  const template = {
    spec: { containers: [{ name: info.container ?? 'mpi', image: 'reg.example.com/train:1', env: [checkpoints] }] },
  }
  const counts = Object.fromEntries(
    Object.keys(roles).map((role) => [
      role,
      Object.fromEntries(
        (['active', 'succeeded', 'failed'] as const).flatMap((count) => {
          const value = options[count]?.[role]
          return value === undefined ? [] : [[count, value]]
        }),
      ),
    ]),
  )
  const hasStatus = conditions || options.active || options.succeeded || options.failed
  return {
    apiVersion: 'kubeflow.org/v1',
    kind,
    metadata: {
      name,
      namespace,
      uid: options.uid ?? `uid-v1-${name}`,
      creationTimestamp: ago(options.age ?? 3600),
      ...(options.labels ? { labels: options.labels } : {}),
      ...(options.deleting ? { deletionTimestamp: ago(5) } : {}),
    },
    spec: {
      ...(suspend === undefined ? {} : { runPolicy: { suspend } }),
      [info.specKey]: Object.fromEntries(
        Object.entries(roles).map(([role, replicas]) => [role, { replicas, template }]),
      ),
    },
    ...(hasStatus ? { status: { conditions: conditions ?? [], replicaStatuses: counts } } : {}),
  }
}

/** A condition whose status is True unless told. */
export function condition(type: string, more: Partial<Condition> & { age?: number } = {}): Condition {
  const { age = 60, ...rest } = more
  return { type, status: 'True', lastTransitionTime: ago(age), ...rest }
}

/** A v1 job all of whose pods run. */
export function runningV1(name: string, options: V1Options = {}): KubeObject {
  const roles = options.roles ?? { Master: 1, Worker: 2 }
  const conditions = [condition('Created', { age: 3600 }), condition('Running', { age: 3500 })]
  return v1Job(name, { active: roles, conditions, ...options })
}

/** A v1 job kept suspended by its operator. */
export function heldV1(name: string, options: V1Options = {}): KubeObject {
  const conditions = [condition('Created', { age: 3600 }), condition('Suspended', { age: 120 })]
  return v1Job(name, { suspend: true, conditions, ...options })
}

/** A v1 job that a cutover stopped; `ended`: how it ended by itself at that moment. */
export function stoppedV1(name: string, options: V1Options & { readonly ended?: string } = {}): KubeObject {
  const job = heldV1(name, options)
  const annotations: Record<string, string> = { ...job.metadata.annotations, 'kubectl-migrate.dev/held': '{"ready":3}' }
  if (options.ended !== undefined) annotations['kubectl-migrate.dev/ended'] = options.ended
  return { ...job, metadata: { ...job.metadata, annotations } }
}

interface TrainJobOptions {
  readonly namespace?: string
  readonly uid?: string
  readonly age?: number
  readonly labels?: Record<string, string>
  readonly annotations?: Record<string, string>
  readonly suspend?: boolean
  readonly nodes?: number
  readonly runtime?: string
  readonly conditions?: readonly Condition[]
  readonly jobs?: readonly Partial<Record<'ready' | 'succeeded' | 'failed' | 'active' | 'suspended', number>>[]
}

/** A TrainJob as the API server holds it; `jobs` is the status of its replicated job `node`. */
export function trainJob(name: string, options: TrainJobOptions = {}): TrainJob {
  const { namespace = 'nlp', nodes = 3, jobs, conditions } = options
  const none = { ready: 0, succeeded: 0, failed: 0, active: 0, suspended: 0 }
  return {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: {
      name,
      namespace,
      uid: options.uid ?? `uid-v2-${name}`,
      creationTimestamp: ago(options.age ?? 600),
      ...(options.labels ? { labels: options.labels } : {}),
      ...(options.annotations ? { annotations: options.annotations } : {}),
    },
    spec: {
      runtimeRef: { name: options.runtime ?? 'torch-distributed', kind: 'ClusterTrainingRuntime' },
      trainer: { numNodes: nodes },
      ...(options.suspend === undefined ? {} : { suspend: options.suspend }),
    },
    ...(jobs || conditions
      ? {
          status: {
            ...(conditions ? { conditions: [...conditions] } : {}),
            ...(jobs ? { jobsStatus: jobs.map((job) => ({ name: 'node', ...none, ...job })) } : {}),
          },
        }
      : {}),
  }
}

/** A TrainJob all of whose pods run. */
export function runningTrainJob(name: string, options: TrainJobOptions = {}): TrainJob {
  return trainJob(name, { jobs: [{ ready: 1, active: 1 }], ...options })
}

/** The ClusterTrainingRuntime torch-distributed, as Trainer ships it. */
export function torchRuntime(name = 'torch-distributed'): KubeObject {
  return {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'ClusterTrainingRuntime',
    metadata: { name },
    spec: {
      mlPolicy: { numNodes: 1, torch: {} },
      template: {
        spec: {
          replicatedJobs: [
            {
              name: 'node',
              template: {
                metadata: { labels: { 'trainer.kubeflow.org/trainjob-ancestor-step': 'trainer' } },
                spec: { template: { spec: { containers: [{ name: 'node', image: 'pytorch/pytorch:2' }] } } },
              },
            },
          ],
        },
      },
    },
  }
}

interface PodOptions {
  readonly namespace?: string
  readonly owner?: string
  readonly age?: number
  readonly node?: string
  readonly restarts?: number
  readonly status?: PodStatus
  readonly labels?: Record<string, string>
  readonly deleting?: boolean
}

/** A pod that runs and is ready, unless told otherwise. */
function pod(name: string, labels: Record<string, string>, options: PodOptions): Pod {
  const { namespace = 'nlp', owner, age = 600, node = 'gpu-01', restarts = 0 } = options
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `uid-pod-${name}`,
      creationTimestamp: ago(age),
      labels: { ...labels, ...options.labels },
      ...(owner ? { ownerReferences: [{ apiVersion: 'v1', kind: 'Job', name: 'owner', uid: owner }] } : {}),
      ...(options.deleting ? { deletionTimestamp: ago(5) } : {}),
    },
    spec: {
      containers: [{ name: 'pytorch', image: 'reg.example.com/train:1' }],
      ...(node === '' ? {} : { nodeName: node }),
    },
    status: options.status ?? {
      phase: 'Running',
      startTime: ago(age),
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        { name: 'pytorch', ready: true, restartCount: restarts, state: { running: { startedAt: ago(age) } } },
      ],
    },
  }
}

/** A pod of a v1 job: `JOB-ROLE-INDEX`. */
export function v1Pod(job: string, role: string, index: number, options: PodOptions = {}): Pod {
  const labels = {
    'training.kubeflow.org/job-name': job,
    'training.kubeflow.org/replica-type': role,
    'training.kubeflow.org/replica-index': String(index),
  }
  return pod(`${job}-${role}-${index}`, labels, { owner: `uid-v1-${job}`, ...options })
}

/** A pod of a TrainJob's replicated job `node`. */
export function v2Pod(job: string, index: number, options: PodOptions = {}): Pod {
  const labels = {
    'jobset.sigs.k8s.io/jobset-name': job,
    'jobset.sigs.k8s.io/replicatedjob-name': 'node',
    'jobset.sigs.k8s.io/job-index': '0',
    'batch.kubernetes.io/job-completion-index': String(index),
  }
  return pod(`${job}-node-0-${index}-x7k2p`, labels, options)
}

/** The status of a pod whose container waits. */
export function waiting(reason: string, message?: string, restartCount = 0): PodStatus {
  return {
    phase: 'Pending',
    conditions: [{ type: 'Ready', status: 'False' }],
    containerStatuses: [{ name: 'pytorch', ready: false, restartCount, state: { waiting: { reason, message } } }],
  }
}

/** The status of a pod no node takes. */
export function unschedulable(message: string): PodStatus {
  return {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
  }
}

/** The status of a pod whose container ended. */
export function ended(exitCode: number, reason = exitCode === 0 ? 'Completed' : 'Error'): PodStatus {
  const container: ContainerStatus = {
    name: 'pytorch',
    ready: false,
    restartCount: 0,
    state: { terminated: { exitCode, reason, finishedAt: ago(30) } },
  }
  return { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses: [container] }
}

/** A Warning event about an object. */
export function warning(
  kind: string,
  name: string,
  reason: string,
  message: string,
  seconds = 60,
  namespace = 'nlp',
): KubeEvent {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${reason}`.toLowerCase(), namespace },
    involvedObject: { kind, name, namespace },
    type: 'Warning',
    reason,
    message,
    lastTimestamp: ago(seconds),
  }
}
