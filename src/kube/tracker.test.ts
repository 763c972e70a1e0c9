import { describe, expect, it } from 'vitest'
import type { ObjectMeta } from './object.ts'
import { trackerOf } from './tracker.ts'

const written = (manager: string) => [{ manager, operation: 'Update', fieldsV1: { 'f:spec': {} } }]
const instance = { 'app.kubernetes.io/instance': 'nlp' }

describe('the tool that keeps an object', () => {
  it.each<[string, string | undefined, ObjectMeta]>([
    [
      'the tracking annotation names the application first',
      'Argo CD application nlp',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'nlp:kubeflow.org/PyTorchJob:team/bert' } },
    ],
    ['a label of Argo CD', 'Argo CD application nlp', { labels: { 'argocd.argoproj.io/instance': 'nlp' } }],
    [
      'the instance label on what Argo CD wrote',
      'Argo CD application nlp',
      { labels: instance, managedFields: written('argocd-controller') },
    ],
    [
      'the instance label on a chart’s object that Argo CD wrote',
      'Argo CD application nlp',
      {
        labels: { ...instance, 'app.kubernetes.io/managed-by': 'Helm' },
        managedFields: written('argocd-application-controller'),
      },
    ],
    ['the instance label alone is a chart’s, or somebody’s own', undefined, { labels: instance }],
    ['the same on what kubectl wrote', undefined, { labels: instance, managedFields: written('kubectl') }],
    ['fields of nobody', undefined, { labels: instance, managedFields: 'x' }],
    ['a Kustomization', 'Flux Kustomization team', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'team' } }],
    [
      'a HelmRelease, which is Flux’s and Helm’s',
      'Flux HelmRelease bert',
      {
        labels: { 'helm.toolkit.fluxcd.io/name': 'bert' },
        annotations: { 'meta.helm.sh/release-name': 'bert' },
      },
    ],
    ['a release', 'Helm release bert', { annotations: { 'meta.helm.sh/release-name': 'bert' } }],
    [
      'a chart rendered by hand',
      'Helm release nlp',
      { labels: { ...instance, 'app.kubernetes.io/managed-by': 'Helm' } },
    ],
    ['nothing', undefined, {}],
  ])('%s: %s', (_, expected, metadata) => {
    const tracker = trackerOf(metadata)
    expect(tracker && `${tracker.tool} ${tracker.source}`).toBe(expected)
  })
})
