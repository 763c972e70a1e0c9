import { describe, expect, it } from 'vitest'
import { v1Pod, v2Pod } from '../../test/unit/model-pods.ts'
import type { KubeObject } from '../kube/object.ts'
import { neighbourRows, neighbourSentence } from './neighbours.ts'

const jobName = 'training.kubeflow.org/job-name'
const of = (rank: number) => ({
  v1: { ...v1Pod('worker', rank, { labels: { [jobName]: 'train', team: 'nlp' } }) },
  v2: { ...v2Pod(rank, { labels: { 'jobset.sigs.k8s.io/jobset-name': 'train', team: 'nlp' } }) },
})
const pairs = [of(0), of(1)]
const namespace = pairs[0]?.v1.namespace ?? ''
const addresses = pairs.map(({ v1, v2 }) => [v1.addresses[0] ?? '', v2.addresses[0] ?? ''])

function object(kind: string, spec: unknown, metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return { apiVersion: 'any/v1', kind, metadata: { name: 'x', namespace, ...metadata }, spec }
}
const byJob = { matchLabels: { [jobName]: 'train' } }
const byTeam = { matchLabels: { team: 'nlp' } }
const term = (operator: string, values?: string[]) => ({ matchExpressions: [{ key: jobName, operator, values }] })

const told = (...objects: KubeObject[]) =>
  neighbourRows(objects, pairs).map((row) => `${row.verdict}: ${neighbourSentence(row)}`)

describe('neighbours of a job', () => {
  it.each<[string, KubeObject[], string[]]>([
    [
      'a policy by v1’s labels, with its ports',
      [object('NetworkPolicy', { podSelector: byJob, ingress: [{ ports: [{ port: 23456 }, { port: 'http' }] }] })],
      ['lost: NetworkPolicy x selects v1 2/2 pods, v2 0/2, and names port 23456, http'],
    ],
    [
      'a policy by a label of one’s own',
      [object('NetworkPolicy', { podSelector: byTeam })],
      ['same: NetworkPolicy x selects v1 2/2 pods, v2 2/2'],
    ],
    [
      'a policy for all pods',
      [object('NetworkPolicy', { podSelector: {} })],
      ['same: NetworkPolicy x selects v1 2/2 pods, v2 2/2'],
    ],
    ['a policy of another namespace', [object('NetworkPolicy', { podSelector: {} }, { namespace: 'else' })], []],
    [
      'a policy that others reach pods by',
      [
        object('NetworkPolicy', {
          podSelector: { matchLabels: { app: 'db' } },
          ingress: [{ from: [{ podSelector: byJob }] }],
        }),
      ],
      ['lost: NetworkPolicy x lets in from v1 2/2 pods, v2 0/2'],
    ],
    [
      'a policy that lets pods of another namespace in',
      [
        object('NetworkPolicy', {
          podSelector: { matchLabels: { app: 'db' } },
          egress: [
            {
              to: [
                {
                  podSelector: byJob,
                  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'else' } },
                },
              ],
            },
          ],
        }),
      ],
      [],
    ],
    [
      'a policy for everything but training',
      [object('NetworkPolicy', { podSelector: term('DoesNotExist') })],
      ['gained: NetworkPolicy x selects v1 0/2 pods, v2 2/2'],
    ],
    [
      'In',
      [object('PodDisruptionBudget', { selector: term('In', ['train', 'other']) })],
      ['lost: PodDisruptionBudget x selects v1 2/2 pods, v2 0/2'],
    ],
    [
      'Exists',
      [object('PodDisruptionBudget', { selector: term('Exists') })],
      ['lost: PodDisruptionBudget x selects v1 2/2 pods, v2 0/2'],
    ],
    [
      'NotIn',
      [object('PodDisruptionBudget', { selector: term('NotIn', ['other']) })],
      ['same: PodDisruptionBudget x selects v1 2/2 pods, v2 2/2'],
    ],
    ['a budget for none', [object('PodDisruptionBudget', {})], []],
    [
      'a Service',
      [object('Service', { selector: { [jobName]: 'train' } })],
      ['lost: Service x selects v1 2/2 pods, v2 0/2'],
    ],
    ['a Service without a selector', [object('Service', {})], []],
    [
      'the operator’s own Service',
      [
        object(
          'Service',
          { selector: { [jobName]: 'train' } },
          {
            ownerReferences: [{ apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', name: 'train', uid: 'u' }],
          },
        ),
      ],
      [],
    ],
    [
      'a monitor in a namespace of its own',
      [object('PodMonitor', { selector: byJob, namespaceSelector: { any: true } }, { namespace: 'monitoring' })],
      ['lost: PodMonitor x selects v1 2/2 pods, v2 0/2'],
    ],
    [
      'a monitor that looks elsewhere',
      [object('PodMonitor', { selector: byJob, namespaceSelector: { matchNames: ['else'] } })],
      [],
    ],
    [
      'a monitor of Services',
      [
        object('ServiceMonitor', { selector: { matchLabels: { watched: 'yes' } } }),
        object('Service', { selector: { [jobName]: 'train' } }, { name: 'metrics', labels: { watched: 'yes' } }),
      ],
      ['lost: ServiceMonitor x selects v1 2/2 pods, v2 0/2', 'lost: Service metrics selects v1 2/2 pods, v2 0/2'],
    ],
    [
      'Istio by labels',
      [object('AuthorizationPolicy', { selector: byJob })],
      ['lost: AuthorizationPolicy x selects v1 2/2 pods, v2 0/2'],
    ],
    [
      'Istio for a namespace',
      [object('PeerAuthentication', { mtls: {} })],
      ['same: PeerAuthentication x selects v1 2/2 pods, v2 2/2'],
    ],
    [
      'a Sidecar',
      [object('Sidecar', { workloadSelector: { labels: byJob.matchLabels } })],
      ['lost: Sidecar x selects v1 2/2 pods, v2 0/2'],
    ],
    [
      'a DestinationRule for the host of one pod of v1',
      [object('DestinationRule', { host: addresses[0]?.[0] })],
      ['lost: DestinationRule x selects v1 1/2 pods, v2 0/2'],
    ],
    [
      'a DestinationRule for a Service',
      [
        object('DestinationRule', { host: `web.${namespace}.svc.cluster.local` }),
        object('Service', { selector: { team: 'nlp' } }, { name: 'web' }),
      ],
      ['same: DestinationRule x selects v1 2/2 pods, v2 2/2', 'same: Service web selects v1 2/2 pods, v2 2/2'],
    ],
    [
      'Cilium, which says where a label is from',
      [object('CiliumNetworkPolicy', { endpointSelector: { matchLabels: { [`k8s:${jobName}`]: 'train' } } })],
      ['lost: CiliumNetworkPolicy x selects v1 2/2 pods, v2 0/2'],
    ],
    [
      'nonsense',
      [object('NetworkPolicy', 'text'), object('DestinationRule', null), object('Service', { selector: [] })],
      ['same: NetworkPolicy x selects v1 2/2 pods, v2 2/2'],
    ],
  ])('%s', (_, objects, rows) => {
    expect(told(...objects)).toEqual(rows)
  })
})
