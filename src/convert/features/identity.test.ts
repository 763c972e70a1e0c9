import { describe, expect, it } from 'vitest'
import { converted, told } from '../../../test/unit/conversions.ts'

const labelsOf = (labels: Record<string, string>, live: boolean) =>
  converted({ metadata: { labels } }, { live, run: true })
const annotationsOf = (annotations: Record<string, string>, live: boolean) =>
  converted({ metadata: { annotations } }, { live, run: true })

/** What tools put on objects they made from a repository or a chart, and know them by. */
const marks: readonly (readonly [string, 'labels' | 'annotations', string])[] = [
  ['Argo CD', 'annotations', 'argocd.argoproj.io/tracking-id'],
  ['Argo CD', 'labels', 'argocd.argoproj.io/instance'],
  ['Argo CD, older', 'labels', 'app.kubernetes.io/instance'],
  ['Flux kustomize-controller', 'labels', 'kustomize.toolkit.fluxcd.io/name'],
  ['Flux kustomize-controller', 'labels', 'kustomize.toolkit.fluxcd.io/namespace'],
  ['Flux helm-controller', 'labels', 'helm.toolkit.fluxcd.io/name'],
  ['Helm', 'annotations', 'meta.helm.sh/release-name'],
  ['Helm', 'annotations', 'meta.helm.sh/release-namespace'],
  ['Helm', 'labels', 'app.kubernetes.io/managed-by'],
  ['Helm charts', 'labels', 'helm.sh/chart'],
]

describe('labels and annotations of a job', () => {
  it('are the TrainJob’s', () => {
    const { trainJob } = converted({
      metadata: { labels: { app: 'train', 'kueue.x-k8s.io/queue-name': 'q' }, annotations: { owner: 'nlp' } },
    })
    expect(trainJob.metadata.labels).toEqual({ app: 'train', 'kueue.x-k8s.io/queue-name': 'q' })
    expect(trainJob.metadata.annotations).toMatchObject({ owner: 'nlp' })
  })

  it.each(marks)('%s: the %s %s of a live object stays behind, and says so', (_, kind, key) => {
    const conversion = kind === 'labels' ? labelsOf({ [key]: 'x' }, true) : annotationsOf({ [key]: 'x' }, true)
    expect(conversion.trainJob.metadata[kind] ?? {}).not.toHaveProperty([key])
    expect(told(conversion)).toContain(`same tracker-mark metadata.${kind}['${key}']`)
  })

  it.each(marks)('%s: the %s %s of a file is the author’s own', (_, kind, key) => {
    const conversion = kind === 'labels' ? labelsOf({ [key]: 'x' }, false) : annotationsOf({ [key]: 'x' }, false)
    expect(conversion.trainJob.metadata[kind]).toMatchObject({ [key]: 'x' })
  })

  it.each(['app.kubernetes.io/name', 'app.kubernetes.io/part-of', 'argoproj.io/mine', 'example.org/helm.sh'])(
    'the label %s of a live object is no such mark',
    (key) => {
      expect(labelsOf({ [key]: 'x' }, true).trainJob.metadata.labels).toEqual({ [key]: 'x' })
    },
  )

  it.each([true, false])('kubectl’s copy of what was applied is never carried (live: %s)', (live) => {
    const key = 'kubectl.kubernetes.io/last-applied-configuration'
    expect(annotationsOf({ [key]: '{}' }, live).trainJob.metadata.annotations).not.toHaveProperty([key])
  })
})

describe('what the API server keeps in metadata', () => {
  it('is not carried', () => {
    const server = {
      uid: 'u',
      resourceVersion: '1',
      generation: 2,
      creationTimestamp: '2026-01-01T00:00:00Z',
      managedFields: [{ manager: 'kubectl' }],
      selfLink: '/x',
    }
    const { trainJob, findings } = converted({ metadata: server }, { live: true, run: true })
    expect(Object.keys(trainJob.metadata)).toEqual(['name', 'annotations'])
    expect(findings.map(({ path }) => path).filter((path) => path.startsWith('metadata'))).toEqual([])
  })

  it('is not the status either', () => {
    const { trainJob } = converted({}, { live: true, run: true })
    expect(trainJob).not.toHaveProperty('status')
  })
})
