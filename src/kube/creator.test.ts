import { describe, expect, it } from 'vitest'
import { creatorOf } from './creator.ts'
import type { ObjectMeta } from './object.ts'

const written = (manager: string, time: string, more: object = {}) => ({
  manager,
  time,
  operation: 'Update',
  fieldsV1: { 'f:spec': {} },
  ...more,
})

describe('who makes an object', () => {
  it.each<[says: string, metadata: ObjectMeta]>([
    [
      'Argo CD application nlp-train',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'nlp-train:kubeflow.org/PyTorchJob:nlp/bert' } },
    ],
    ['Flux Kustomization team', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'team' } }],
    ['Helm release bert', { annotations: { 'meta.helm.sh/release-name': 'bert' } }],
    ['KFP', { labels: { 'pipeline/runid': '7f3a' }, ownerReferences: [owner('Workflow', 'w')] }],
    ['Katib', { ownerReferences: [owner('Trial', 'tune-x')] }],
    [
      'Katib experiment tune',
      { labels: { 'katib.kubeflow.org/experiment': 'tune' }, ownerReferences: [owner('Trial', 'tune-x')] },
    ],
    ['CronJob nightly', { ownerReferences: [owner('Job', 'nightly-29401230')] }],
    ['Job once', { ownerReferences: [owner('Job', 'once')] }],
    ['Workflow nightly-*', { ownerReferences: [owner('Workflow', 'nightly-1763900000')] }],
    ['Workflow train-*', { ownerReferences: [owner('Workflow', 'train-x7k2b')] }],
    [
      'Workflow nightly',
      { ownerReferences: [owner('Secret', 's'), { ...owner('Workflow', 'nightly'), controller: true }] },
    ],
    ['kubectl', { managedFields: [written('kubectl-client-side-apply', '2026-01-01T00:00:00Z')] }],
    ['Python SDK', { managedFields: [written('OpenAPI-Generator', '2026-01-01T00:00:00Z')] }],
    ['team-operator', { managedFields: [written('team-operator', '2026-01-01T00:00:00Z')] }],
    [
      'kubectl',
      { managedFields: [written('kueue', '2026-01-02T00:00:00Z'), written('kubectl-create', '2026-01-01T00:00:00Z')] },
    ],
    [
      'unknown',
      {
        managedFields: [
          written('training-operator', '2026-01-01T00:00:00Z', { subresource: 'status' }),
          { manager: 'labeller', fieldsV1: { 'f:metadata': {} } },
        ],
      },
    ],
    ['unknown', {}],
    ['unknown', { managedFields: 'x' }],
  ])('%s', (says, metadata) => {
    expect(creatorOf(metadata)).toBe(says)
  })
})

function owner(kind: string, name: string) {
  return { apiVersion: 'example.org/v1', kind, name, uid: '1' }
}
