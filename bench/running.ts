import { type Answer, type Api, messageOf } from '../test/cluster/api.ts'
import type { BenchJob } from './jobs.ts'

const jobsPath = (namespace: string) => `/apis/kubeflow.org/v1/namespaces/${namespace}/pytorchjobs`
const podsPath = (namespace: string) => `/api/v1/namespaces/${namespace}/pods`

interface Made {
  readonly metadata: { readonly name: string; readonly uid: string; readonly creationTimestamp: string }
}

/**
 * A PyTorchJob that runs with so many pods, all ready. Kueue's dispatcher of several clusters is named as its manager, so that Training Operator
 * leaves it alone (v1.9.4, pkg/controller.v1/common/job.go ManagedByExternalController) and its status comes from here, as its pods do: they
 * have a scheduling gate, with which nobody gives them a node, and no kubelet plays them.
 */
export async function createRunningJob(api: Api, job: BenchJob, pods: number): Promise<void> {
  const { name, namespace } = job.metadata
  const replicas = Object.entries(withReplicas(job, pods))
  const runPolicy = { ...(job.spec['runPolicy'] as object | undefined), managedBy: 'kueue.x-k8s.io/multikueue' }
  const spec = { ...job.spec, runPolicy, pytorchReplicaSpecs: Object.fromEntries(replicas) }
  const made = await api.request('POST', jobsPath(namespace), { ...job, spec })
  if (made.status === 409) return
  const owner = bodyOf<Made>(made, name)
  const since = owner.metadata.creationTimestamp
  const condition = (type: string, reason: string) => ({ type, status: 'True', reason, lastTransitionTime: since })
  const written = await api.request('PUT', `${jobsPath(namespace)}/${name}/status`, {
    ...owner,
    status: {
      conditions: [condition('Created', 'PyTorchJobCreated'), condition('Running', 'PyTorchJobRunning')],
      replicaStatuses: Object.fromEntries(replicas.map(([role, { replicas }]) => [role, { active: replicas }])),
      startTime: since,
    },
  })
  bodyOf(written, `status of ${name}`)
  for (const [role, { replicas: count, template }] of replicas) {
    for (let index = 0; index < count; index++)
      await createPod(api, owner, namespace, role.toLowerCase(), index, template)
  }
}

interface Replica {
  readonly replicas: number
  readonly template: { readonly metadata?: object; readonly spec: object }
}

/** The replicas of a job, as many as there are to be pods: workers, beside the master where it has one. */
function withReplicas({ spec }: BenchJob, pods: number): Readonly<Record<string, Replica>> {
  const { Master, Worker } = spec['pytorchReplicaSpecs'] as { Master?: Replica; Worker?: Replica }
  const workers = Master ? pods - 1 : pods
  const more = Worker ?? Master
  return {
    ...(Master && { Master: { ...Master, replicas: 1 } }),
    ...(more && workers > 0 && { Worker: { ...more, replicas: workers } }),
  }
}

async function createPod(
  api: Api,
  { metadata: owner }: Made,
  namespace: string,
  role: string,
  index: number,
  template: Replica['template'],
): Promise<void> {
  const name = `${owner.name}-${role}-${index}`
  const made = await api.request('POST', podsPath(namespace), {
    metadata: {
      ...template.metadata,
      name,
      labels: {
        'training.kubeflow.org/job-name': owner.name,
        'training.kubeflow.org/operator-name': 'pytorchjob-controller',
        'training.kubeflow.org/replica-type': role,
        'training.kubeflow.org/replica-index': String(index),
      },
      ownerReferences: [
        { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', name: owner.name, uid: owner.uid, controller: true },
      ],
    },
    spec: { ...template.spec, serviceAccountName: 'default', schedulingGates: [{ name: 'kubectl-migrate.dev/bench' }] },
  })
  const pod = bodyOf<Made>(made, name)
  const since = pod.metadata.creationTimestamp
  const status = {
    phase: 'Running',
    startTime: since,
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
    containerStatuses: [
      {
        name: 'pytorch',
        image: 'registry.example.com/train',
        imageID: '',
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: since } },
      },
    ],
  }
  bodyOf(await api.request('PUT', `${podsPath(namespace)}/${name}/status`, { ...pod, status }), `status of ${name}`)
}

function bodyOf<T>(answer: Answer, what: string): T {
  if (answer.status >= 300) throw new Error(`${what}: ${messageOf(answer)}`)
  return answer.body as T
}
