import type { KubeObject } from '../../src/kube/object.ts'
import { v1Kinds } from '../../src/v1/kinds.ts'

/** An API group as discovery tells it. */
export const group = (name: string, ...versions: string[]) => ({
  name,
  versions: versions.map((version) => ({ version })),
})
/** What a cluster with both sides serves, without Kueue. */
export const groups = [
  group('kubeflow.org', 'v1'),
  group('trainer.kubeflow.org', 'v1alpha1'),
  group('jobset.x-k8s.io', 'v1alpha2'),
]
/** Answers of discovery. */
export const discovery = (served = groups, kinds: readonly string[] = v1Kinds.map(({ kind }) => kind)) => ({
  '/apis': { groups: served },
  '/apis/kubeflow.org/v1': { resources: kinds.map((kind) => ({ name: `${kind.toLowerCase()}s`, kind })) },
})

/** An operator as its manifests install it: webhooks, their Service, and the Deployment behind it. */
export function operator(name: string, groupName: string, image: string): KubeObject[] {
  const labels = { app: name }
  const webhook = {
    name: `${name}.example`,
    clientConfig: { service: { namespace: 'system', name } },
    rules: [{ apiGroups: [groupName] }],
  }
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name },
      webhooks: [webhook],
    },
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'system' }, spec: { selector: labels } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `${name}-manager`, namespace: 'system' },
      spec: { template: { metadata: { labels }, spec: { containers: [{ name: 'manager', image }] } } },
    },
  ]
}

/** Both sides as their manifests install them. */
export const installed = [
  ...operator('training-operator', 'kubeflow.org', 'kubeflow/training-operator:v1.9.4'),
  ...operator('trainer', 'trainer.kubeflow.org', `ghcr.io/kubeflow/trainer:v2.3.0@sha256:${'a'.repeat(64)}`),
  ...operator('jobset', 'jobset.x-k8s.io', 'registry.k8s.io/jobset:v0.12.0'),
]
