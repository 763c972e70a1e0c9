import { describe, expect, it } from 'vitest'
import { Problem } from '../../problem.ts'
import { dialectOf, newestDialect } from '../../v2/dialects/index.ts'
import type { TrainingRuntime, TrainJob } from '../../v2/trainjob.ts'
import { rewriteRuntime, rewriteTrainJob } from './rewrite.ts'

const apiVersion = 'trainer.kubeflow.org/v1alpha1'

function job(spec: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}): TrainJob {
  const runtimeRef = { name: 'torch' }
  return { apiVersion, kind: 'TrainJob', metadata: { name: 'bert', ...metadata }, spec: { runtimeRef, ...spec } }
}

interface RuntimeParts {
  readonly torch?: Record<string, unknown>
  readonly policy?: Record<string, unknown>
  readonly resources?: Record<string, unknown>
  readonly pod?: Record<string, unknown>
}

function runtime({ torch = {}, policy = { torch }, resources, pod }: RuntimeParts = {}): TrainingRuntime {
  const containers = [{ name: 'node', image: 'train:1', ...(resources ? { resources } : {}) }]
  const template = { spec: { containers, ...pod } }
  const metadata = { labels: { 'trainer.kubeflow.org/trainjob-ancestor-step': 'trainer' } }
  return {
    apiVersion,
    kind: 'ClusterTrainingRuntime',
    metadata: { name: 'torch' },
    spec: {
      mlPolicy: { numNodes: 2, ...policy },
      template: { spec: { replicatedJobs: [{ name: 'node', template: { metadata, spec: { template } } }] } },
    },
  } as TrainingRuntime
}

const to = (version: string) => ({ to: dialectOf(version) ?? newestDialect, accept: [] })

const targetJobs = [{ name: 'node' }]
const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
const containers = [{ name: 'node', volumeMounts: [{ name: 'data', mountPath: '/data' }] }]
const selector = { nodeSelector: { pool: 'a100' } }

const patch = (template: Record<string, unknown>) => ({
  replicatedJobs: [{ name: 'node', template: { spec: { template } } }],
})
const patches = (...specs: Record<string, unknown>[]) =>
  specs.map((spec, at) => ({
    manager: `kubectl-migrate.dev/convert${at === 0 ? '' : `-${at + 1}`}`,
    trainingRuntimeSpec: { template: { spec } },
  }))

/** What becomes of a TrainJob: its overrides, or the code of its refusal; codes of findings; whether both sides' pods are compared. */
function outcome(trainJob: TrainJob, version: string, on?: TrainingRuntime) {
  try {
    const rewriting = rewriteTrainJob(trainJob, on, to(version))
    if (!rewriting) return 'untouched'
    const { object, from, findings, pods } = rewriting
    const { runtimeRef: _ref, ...spec } = (object as TrainJob).spec
    return { from: from.version, spec, codes: findings.map(({ code, path }) => `${code} ${path}`), pods }
  } catch (error) {
    if (error instanceof Problem) return { refused: error.data.code, where: error.data.where }
    throw error
  }
}

describe('overrides of an older release', () => {
  const written = [{ targetJobs, ...selector, volumes, containers }]
  const spec = { ...selector, volumes, containers }

  it.each<[string, Record<string, unknown>]>([
    ['2.1', { podTemplateOverrides: [{ targetJobs, spec }] }],
    ['2.2', { runtimePatches: patches(patch({ spec })) }],
    ['2.3', { runtimePatches: patches(patch({ spec })) }],
  ])('of v2.0 become those of v%s, and the pods stay the same', (version, expected) => {
    expect(outcome(job({ podSpecOverrides: written }), version, runtime())).toEqual({
      from: '2.0',
      spec: expected,
      codes: ['dialect-field spec.podSpecOverrides'],
      pods: 2,
    })
  })

  it('of v2.1 keep labels and annotations of pods and of the JobSet', () => {
    const metadata = { labels: { team: 'nlp' } }
    const old = { podTemplateOverrides: [{ targetJobs, metadata, spec }], labels: { a: 'b' }, annotations: { c: 'd' } }
    const [first] = patches(patch({ metadata, spec }))
    const template = {
      metadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
      ...first?.trainingRuntimeSpec.template,
    }
    expect(outcome(job(old), '2.3', runtime())).toEqual({
      from: '2.1',
      spec: { runtimePatches: [{ ...first, trainingRuntimeSpec: { template } }] },
      codes: ['dialect-field spec.podTemplateOverrides', 'dialect-field spec.labels', 'dialect-field spec.annotations'],
      pods: 2,
    })
  })

  it('that name a job twice become a patch each, in their order: the later one replaces tolerations', () => {
    const tolerations = (key: string) => [{ key, operator: 'Exists' }]
    const old = ['a', 'b'].map((key) => ({ targetJobs, spec: { tolerations: tolerations(key) } }))
    const expected = ['a', 'b'].map((key) => patch({ spec: { tolerations: tolerations(key) } }))
    expect(outcome(job({ podTemplateOverrides: old }), '2.3', runtime())).toMatchObject({
      spec: { runtimePatches: patches(...expected) },
      pods: 2,
    })
  })

  it('without their runtime are rewritten, and a finding says that nothing is proved', () => {
    expect(outcome(job({ podSpecOverrides: written }), '2.3')).toMatchObject({
      codes: ['dialect-field spec.podSpecOverrides', 'rewrite-unproved spec.runtimeRef'],
      pods: undefined,
    })
  })

  it('that name no job are told', () => {
    expect(outcome(job({ podSpecOverrides: [{ ...selector }] }), '2.3', runtime())).toMatchObject({
      spec: {},
      codes: ['without-effect spec.podSpecOverrides[0]', 'dialect-field spec.podSpecOverrides'],
    })
  })
})

describe('a newer release’s TrainJob for an older one', () => {
  it('is rewritten where the older one can say it', () => {
    const old = job({ runtimePatches: patches(patch({ spec: selector })) })
    expect(outcome(old, '2.0', runtime())).toMatchObject({
      from: '2.2',
      spec: { podSpecOverrides: [{ targetJobs, ...selector }] },
      pods: 2,
    })
  })

  it.each<[string, string, Record<string, unknown>, string]>([
    ['2.0', 'affinity', { runtimePatches: patches(patch({ spec: { affinity: {} } })) }, '.spec.template.spec.affinity'],
    [
      '2.0',
      'pod labels',
      { runtimePatches: patches(patch({ metadata: { labels: { a: 'b' } } })) },
      '.spec.template.metadata',
    ],
    ['2.1', 'a deadline', { activeDeadlineSeconds: 60 }, 'spec.activeDeadlineSeconds'],
    [
      '2.2',
      'a grace period',
      { runtimePatches: patches(patch({ spec: { terminationGracePeriodSeconds: 5 } })) },
      '.terminationGracePeriodSeconds',
    ],
  ])('is refused for v%s where it cannot: %s', (version, _, spec, where) => {
    expect(outcome(job(spec), version, runtime())).toEqual({ refused: 'lost', where: expect.stringContaining(where) })
  })

  it('is refused where it is too much', () => {
    const long = job({ trainer: { args: ['x'.repeat(70_000)] } })
    expect(outcome(long, '2.2', runtime())).toEqual({ refused: 'too-much', where: 'spec.trainer.args[0]' })
  })
})

it('without what was accepted as lost, nothing is proved, and a finding says so', () => {
  const trainJob = job({ runtimePatches: patches(patch({ spec: { affinity: {}, ...selector } })) })
  const rewriting = rewriteTrainJob(trainJob, runtime(), { ...to('2.0'), accept: ['not-in-version'] })
  expect(rewriting?.object.spec).toMatchObject({ podSpecOverrides: [{ targetJobs, ...selector }] })
  expect(rewriting?.pods).toBeUndefined()
  expect(rewriting?.findings.map(({ class: kind, code }) => `${kind} ${code}`)).toEqual([
    'lost not-in-version',
    'same dialect-field',
    'changed rewrite-unproved',
  ])
})

describe('what fits already', () => {
  it.each<[string, Record<string, unknown>]>([
    ['2.0', { podSpecOverrides: [] }],
    ['2.3', { runtimePatches: [], trainer: { numProcPerNode: 4 } }],
    ['2.1', {}],
    ['2.3', {}],
  ])('is left alone: v%s %o', (version, spec) => {
    expect(outcome(job(spec), version, runtime())).toBe('untouched')
  })

  it('but fields of different releases are refused', () => {
    expect(outcome(job({ podSpecOverrides: [], runtimePatches: [] }), '2.3')).toEqual({
      refused: 'mixed-dialects',
      where: undefined,
    })
  })
})

describe('numProcPerNode', () => {
  const cpus = { requests: { cpu: '6' } }
  const gpus = { limits: { 'nvidia.com/gpu': '4' } }

  it.each<[string, TrainJob, TrainingRuntime, unknown, string[]]>([
    [
      'auto means what its absence means',
      job({ trainer: { numProcPerNode: 'auto' } }),
      runtime({ resources: gpus }),
      undefined,
      ['dialect-field'],
    ],
    [
      'cpu is counted',
      job({ trainer: { numProcPerNode: 'cpu' } }),
      runtime({ resources: { ...cpus, ...gpus } }),
      6,
      ['dialect-field'],
    ],
    [
      'gpu is told to change',
      job({ trainer: { numProcPerNode: 'gpu' } }),
      runtime({ resources: gpus }),
      undefined,
      ['process-word'],
    ],
    [
      'of the runtime goes to the TrainJob',
      job({ trainer: {} }),
      runtime({ torch: { numProcPerNode: 8 } }),
      8,
      ['dialect-field'],
    ],
  ])('%s', (_, trainJob, on, processes, codes) => {
    const rewriting = rewriteTrainJob(trainJob, on, to('2.3'))
    expect((rewriting?.object as TrainJob | undefined)?.spec.trainer?.numProcPerNode).toBe(processes)
    expect(rewriting?.findings.map(({ code }) => code)).toEqual(codes)
    expect(rewriting?.pods).toBe(2)
  })
})

it('v2.0 told torchrun auto where nothing was requested, later releases 1: that is told', () => {
  const old = job({ trainer: {}, podSpecOverrides: [] })
  expect(rewriteTrainJob(old, runtime(), to('2.3'))?.findings.map(({ message }) => message)).toEqual([
    'becomes spec.runtimePatches',
    'torchrun is told 1 instead of auto: Trainer v2.3.0 counts by itself',
  ])
})

describe('resourcesPerNode of a release before v2.3', () => {
  const trainJob = job({ trainer: { resourcesPerNode: { requests: { cpu: '2' } } }, podSpecOverrides: [] })

  it('is told where the runtime’s own are kept beside it', () => {
    const resources = { requests: { cpu: '1' }, limits: { 'nvidia.com/gpu': '1' } }
    const merged = rewriteTrainJob(trainJob, runtime({ resources }), to('2.3'))?.findings.find(
      ({ code }) => code === 'resources-merged',
    )
    expect(merged).toMatchObject({
      class: 'changed',
      path: 'spec.trainer.resourcesPerNode',
      message: expect.stringContaining('nvidia.com/gpu'),
    })
  })

  it('is not where they come out the same', () => {
    expect(outcome(trainJob, '2.3', runtime())).toMatchObject({
      codes: ['dialect-field spec.podSpecOverrides'],
      pods: 2,
    })
  })
})

describe('resourcesPerNode of a TrainJob that v2.2 and v2.3 both take as it stands', () => {
  const own = { limits: { cpu: '4' } }
  const trainJob = (spec = {}) =>
    job({ trainer: { resourcesPerNode: own }, runtimePatches: patches(patch({ spec: selector })), ...spec })
  const gpus = { limits: { 'nvidia.com/gpu': '1' } }
  const told = (on: TrainingRuntime | undefined, version: string, of = trainJob()) => {
    const rewriting = rewriteTrainJob(of, on, to(version))
    return (
      rewriting && [rewriting.from.version, ...rewriting.findings.map(({ code, message }) => `${code}: ${message}`)]
    )
  }

  it.each([
    ['2.3', '2.2', 'limits.nvidia.com/gpu 1 with v2.3.0, absent with v2.2.1'],
    ['2.2', '2.3', 'limits.nvidia.com/gpu absent with v2.2.1, 1 with v2.3.0'],
  ])('is told for v%s, as v%s makes other pods of it', (version, other, values) => {
    expect(told(runtime({ resources: gpus }), version)).toEqual([
      other,
      `resources-merged: another JobSet with Trainer v${other}: ${values}`,
    ])
  })

  it('is told where the runtime has no mlPolicy: v2.3 takes nothing then', () => {
    const { mlPolicy: _, ...spec } = runtime().spec
    const bare = { ...runtime(), spec } as TrainingRuntime
    expect(told(bare, '2.3')?.[1]).toContain('limits.cpu absent with v2.3.0, 4 with v2.2.1')
  })

  it('comes out as it stands, with its pods counted', () => {
    const rewriting = rewriteTrainJob(trainJob(), runtime({ resources: gpus }), to('2.3'))
    expect(rewriting).toMatchObject({ object: trainJob(), asItStands: true, pods: 2 })
  })

  it.each([
    ['where both make the same of it', runtime(), trainJob()],
    ['where it has none', runtime({ resources: gpus }), trainJob({ trainer: {} })],
    ['without its runtime', undefined, trainJob()],
  ])('is not told %s', (_, on, of) => {
    expect(told(on, '2.3', of)).toBeUndefined()
  })
})

describe('a runtime', () => {
  it('of v2.0 loses what later releases do not have, each with its finding', () => {
    const rewriting = rewriteRuntime(
      runtime({ torch: { numProcPerNode: 'auto', elasticPolicy: { maxNodes: 4 } } }),
      to('2.3'),
    )
    expect(rewriting?.object.spec).toMatchObject({ mlPolicy: { numNodes: 2, torch: {} } })
    expect(rewriting?.findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'dialect-field spec.mlPolicy.torch.numProcPerNode',
      'without-effect spec.mlPolicy.torch.elasticPolicy',
    ])
  })

  it('with a policy that the older release does not have is refused', () => {
    expect(() => rewriteRuntime(runtime({ policy: { jax: {} } }), to('2.1'))).toThrow(
      'ClusterTrainingRuntime torch is not rewritten: Trainer v2.1.0 has no such field',
    )
  })

  it('that fits is left alone', () => {
    expect(rewriteRuntime(runtime(), to('2.0'))).toBeUndefined()
  })
})

it('what the server, kubectl and the operator keep for themselves stays behind', () => {
  const exported = {
    ...job(
      { podSpecOverrides: [] },
      {
        uid: '1',
        resourceVersion: '2',
        managedFields: [],
        labels: { team: 'nlp' },
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      },
    ),
    status: { conditions: [] },
  }
  const rewriting = rewriteTrainJob(exported, undefined, to('2.3'))
  expect(rewriting?.object.metadata).toEqual({ name: 'bert', labels: { team: 'nlp' } })
  expect(rewriting?.object).not.toHaveProperty('status')
})
