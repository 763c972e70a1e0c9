import fc from 'fast-check'
import { clone } from '../../../src/kube/clone.ts'
import type { KubeObject, ObjectMeta } from '../../../src/kube/object.ts'
import type { PodTemplate } from '../../../src/kube/pod.ts'
import { type PodContext, podTemplate } from './pod.ts'
import { sometimes } from './sometimes.ts'

const restartPolicy = fc.constantFrom('OnFailure', 'Never', 'ExitCode', 'Always')

/** One thing in which a Worker often differs from its Master. */
const changes: readonly ((template: PodTemplate) => void)[] = [
  ({ spec }) => {
    for (const container of spec.containers) container.image = 'reg.example.org/worker:2'
  },
  ({ spec }) => {
    for (const container of spec.containers) container.resources = { limits: { cpu: '3', memory: '3Gi' } }
  },
  ({ spec }) => {
    spec.nodeSelector = { pool: 'workers' }
  },
  (template) => {
    template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, role: 'worker' } }
  },
  ({ spec }) => {
    spec.volumes = [...(spec.volumes ?? []), { name: 'more', emptyDir: {} }]
  },
]

interface Replica {
  replicas?: number
  restartPolicy?: string
  template: PodTemplate
}

function replicaSpecs(context: PodContext): fc.Arbitrary<Record<string, Replica>> {
  const workers = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined })
  const policy = fc.option(restartPolicy, { nil: undefined })
  const replica = (template: PodTemplate, count: number | undefined, restart: string | undefined): Replica => ({
    ...(count === undefined ? {} : { replicas: count }),
    ...(restart === undefined ? {} : { restartPolicy: restart }),
    template,
  })
  const template = podTemplate(context)
  const both = fc.tuple(template, workers, policy)
  return fc.oneof(
    // the usual case: Master and Workers alike
    {
      weight: 4,
      arbitrary: both.map(([pod, count, restart]) => ({
        Master: replica(pod, 1, restart),
        Worker: replica(clone(pod), count, restart),
      })),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(both, policy, fc.constantFrom(...changes)).map(([[pod, count, restart], other, change]) => {
        const worker = clone(pod)
        change(worker)
        return { Master: replica(pod, 1, restart), Worker: replica(worker, count, other) }
      }),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(both, template, policy).map(([[pod, count, restart], other, otherPolicy]) => ({
        Worker: replica(other, count, otherPolicy),
        Master: replica(pod, 1, restart),
      })),
    },
    { weight: 2, arbitrary: both.map(([pod, count, restart]) => ({ Worker: replica(pod, count, restart) })) },
    { weight: 1, arbitrary: both.map(([pod, , restart]) => ({ Master: replica(pod, 1, restart) })) },
  )
}

const elasticPolicy = sometimes(3, {
  minReplicas: fc.constantFrom(1, 2),
  maxReplicas: fc.constantFrom(2, 4),
  rdzvBackend: fc.constantFrom('c10d', 'etcd', 'etcd-v2'),
  rdzvHost: fc.constant('etcd.example.org'),
  rdzvPort: fc.constant(2379),
  rdzvId: fc.constant('id-1'),
  rdzvConf: fc.constant([
    { key: 'timeout', value: '900' },
    { key: 'join', value: '5' },
  ]),
  standalone: fc.boolean(),
  maxRestarts: fc.constantFrom(0, 3),
})

const runPolicy = sometimes(3, {
  cleanPodPolicy: fc.constantFrom('None', 'Running', 'All'),
  ttlSecondsAfterFinished: fc.constant(86_400),
  activeDeadlineSeconds: fc.constant(86_400),
  backoffLimit: fc.constantFrom(0, 3),
  suspend: fc.constant(false),
  managedBy: fc.constant('kubeflow.org/training-operator'),
})

const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

/** nprocPerNode in either of its places, or in none. */
const perNode = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 3,
    arbitrary: fc.record({ nprocPerNode: fc.constantFrom('auto', 'cpu', 'gpu', '2', '8') }),
  },
)

const metadata = sometimes(2, {
  labels: fc.constantFrom({ app: 'train' }, { 'kueue.x-k8s.io/priority-class': 'low' }),
  annotations: fc.constantFrom({}, { owner: 'nlp', 'argocd.argoproj.io/sync-wave': '1' }),
})

/**
 * Valid PyTorchJobs of this name: every field the converter's features know, alike and different roles, sidecars, init containers,
 * env that leans on other env.
 */
export function pytorchJob(context: PodContext): fc.Arbitrary<KubeObject> {
  return fc
    .record({
      meta: metadata,
      specs: replicaSpecs(context),
      elastic: rarely(elasticPolicy),
      run: fc.option(runPolicy, { nil: undefined }),
      per: perNode,
    })
    .map(
      ({ meta, specs, elastic, run, per }): KubeObject => ({
        apiVersion: 'kubeflow.org/v1',
        kind: 'PyTorchJob',
        metadata: { name: context.job, ...(meta as ObjectMeta) },
        spec: {
          ...(run ? { runPolicy: run } : {}),
          ...per,
          // an elastic policy wants Workers
          ...(elastic && 'Worker' in specs ? { elasticPolicy: elastic } : {}),
          pytorchReplicaSpecs: specs,
        },
      }),
    )
}
