import { describe, expect, it } from 'vitest'
import { converted, told, usual } from '../../../test/unit/conversions.ts'
import { kindManifest } from '../../../test/unit/kind-manifest.ts'
import { trackerOfMark, trackers } from '../../kube/tracker.ts'
import { convertJob } from '../convert.ts'

const labelsOf = (labels: Record<string, string>, live: boolean) =>
  converted({ metadata: { labels } }, { live, run: true })
const annotationsOf = (annotations: Record<string, string>, live: boolean) =>
  converted({ metadata: { annotations } }, { live, run: true })

/** What each tool puts on an object it makes from a repository or a chart. */
const owners: readonly {
  readonly tool: string
  readonly labels?: Record<string, string>
  readonly annotations?: Record<string, string>
}[] = [
  {
    tool: 'Argo CD',
    labels: { 'argocd.argoproj.io/instance': 'nlp' },
    annotations: {
      'argocd.argoproj.io/tracking-id': 'nlp:kubeflow.org/PyTorchJob:nlp/train',
      'argocd.argoproj.io/sync-wave': '2',
      'argocd.argoproj.io/sync-options': 'Prune=false',
    },
  },
  { tool: 'Argo CD, Helm and others', labels: { 'app.kubernetes.io/instance': 'nlp' } },
  {
    tool: 'Flux',
    labels: {
      'kustomize.toolkit.fluxcd.io/name': 'team',
      'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
      'helm.toolkit.fluxcd.io/name': 'train',
      'helm.toolkit.fluxcd.io/namespace': 'nlp',
    },
    annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
  },
  {
    tool: 'Helm',
    labels: { 'app.kubernetes.io/managed-by': 'Helm', 'helm.sh/chart': 'train-1.0.0' },
    annotations: { 'meta.helm.sh/release-name': 'train', 'meta.helm.sh/release-namespace': 'nlp' },
  },
  {
    tool: 'kubectl apply --applyset',
    labels: { 'applyset.kubernetes.io/part-of': 'applyset-0eFHV8ySqp7XoShsGvyWFQD3s96yqwHmzc4e0HR1dsY-v1' },
  },
  {
    tool: 'Config Sync and kpt',
    labels: { 'app.kubernetes.io/managed-by': 'configmanagement.gke.io', 'configsync.gke.io/declared-version': 'v1' },
    annotations: { 'config.k8s.io/owning-inventory': 'sync', 'configmanagement.gke.io/managed': 'enabled' },
  },
  { tool: 'kapp', labels: { 'kapp.k14s.io/app': '1610567506920108209', 'kapp.k14s.io/association': 'v1.034269eb' } },
  {
    tool: 'Fleet',
    labels: { 'objectset.rio.cattle.io/hash': 'c35d8a4e' },
    annotations: { 'objectset.rio.cattle.io/id': 'default-nlp', 'objectset.rio.cattle.io/applied': 'H4sI' },
  },
]

/** What people put there themselves. */
const own = { labels: { 'app.kubernetes.io/name': 'train', team: 'nlp' }, annotations: { 'example.org/helm.sh': 'x' } }

const marked = ({ labels, annotations }: (typeof owners)[number]) => ({
  labels: { ...labels, ...own.labels },
  annotations: { ...annotations, ...own.annotations },
})
const withoutSource = (annotations: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith('kubectl-migrate.dev/')))

describe('marks of tools that keep objects as a repository or a chart says', () => {
  it('are tested for every tool there is', () => {
    expect(owners.map(({ tool }) => tool).sort()).toEqual([...trackers].sort())
  })

  it.each(owners)('$tool: stay behind on a live job, each said; what is people’s own is kept', (owner) => {
    const conversion = converted({ metadata: marked(owner) }, { live: true, run: true })
    expect(conversion.trainJob.metadata.labels).toEqual(own.labels)
    expect(withoutSource(conversion.trainJob.metadata.annotations)).toEqual(own.annotations)
    const keys = (kind: 'labels' | 'annotations') =>
      Object.keys(owner[kind] ?? {}).map((key) => `same tracker-mark metadata.${kind}['${key}']`)
    expect(told(conversion).filter((line) => line.includes('tracker-mark'))).toEqual([
      ...keys('labels'),
      ...keys('annotations'),
    ])
  })

  it.each(owners)('$tool: are the author’s own in a file', (owner) => {
    const { trainJob } = converted({ metadata: marked(owner) })
    expect(trainJob.metadata.labels).toEqual(marked(owner).labels)
    expect(withoutSource(trainJob.metadata.annotations)).toEqual(marked(owner).annotations)
  })

  it.each(owners)('$tool: stay on the pods, which belong to a Job and are selected by them', (owner) => {
    const pods = { replicas: 2, metadata: marked(owner) }
    const { proof } = converted({ worker: pods }, { live: true, run: true })
    expect(proof.same).toBe(true)
    expect(proof.v2[0]?.labels).toMatchObject(marked(owner).labels)
    expect(proof.v2[0]?.annotations).toMatchObject(marked(owner).annotations)
  })

  it.each(owners)('$tool: are on nothing that a conversion makes beside the TrainJob', (owner) => {
    const launcher = kindManifest('MPIJob', { Launcher: { replicas: 1 }, Worker: { replicas: 1 } })
    const live = { ...launcher, metadata: { ...launcher.metadata, ...marked(owner) } }
    const { runtime, extras } = convertJob(live, { ...usual, live: true, run: true, mpi: 'exec' })
    const keys = [runtime, ...extras].flatMap(({ metadata: { labels, annotations } }) =>
      Object.keys({ ...labels, ...annotations }),
    )
    expect(keys.filter((key) => trackerOfMark(key) !== undefined)).toEqual([])
    expect(extras.length).toBeGreaterThan(0)
  })
})

describe('labels and annotations of a job', () => {
  it('are the TrainJob’s', () => {
    const { trainJob } = converted({
      metadata: { labels: { app: 'train', 'kueue.x-k8s.io/queue-name': 'q' }, annotations: { owner: 'nlp' } },
    })
    expect(trainJob.metadata.labels).toEqual({ app: 'train', 'kueue.x-k8s.io/queue-name': 'q' })
    expect(trainJob.metadata.annotations).toMatchObject({ owner: 'nlp' })
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
