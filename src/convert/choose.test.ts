import { describe, expect, it } from 'vitest'
import { v1Job } from '../../test/unit/objects.ts'
import { type ManifestOptions, pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import type { KubeObject } from '../kube/object.ts'
import { Problem } from '../problem.ts'
import { ancestorLabel, type MLPolicy, type TrainingRuntime } from '../v2/trainjob.ts'
import { type Conversion, type ConvertOptions, convertJob } from './convert.ts'

const options = { live: false, run: false, toolVersion: 'test' } as const

interface RuntimeOptions {
  readonly name?: string
  readonly policy?: MLPolicy
  readonly job?: Record<string, unknown>
  readonly pod?: Record<string, unknown>
  readonly node?: Record<string, unknown>
}

/** A site's runtime whose pods are v1's own way unless told: Never restarted, Master decides. */
function site({ name = 'site', policy = {}, job, pod, node }: RuntimeOptions = {}): TrainingRuntime {
  const usual = {
    backoffLimit: 0,
    podReplacementPolicy: 'Failed',
    successPolicy: { rules: [{ succeededIndexes: '0' }] },
  }
  const containers = [{ name: 'node', image: 'site:1', ...node }]
  return {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'ClusterTrainingRuntime',
    metadata: { name },
    spec: {
      mlPolicy: { numNodes: 1, ...policy },
      template: {
        spec: {
          replicatedJobs: [
            {
              name: 'node',
              template: {
                metadata: { labels: { [ancestorLabel]: 'trainer' } },
                spec: { ...usual, ...job, template: { spec: { restartPolicy: 'Never', containers, ...pod } } },
              },
            },
          ],
        },
      },
    },
  }
}

const torch = site({ name: 'torch-distributed', policy: { torch: {} } })

/** One Master and two Workers that are never restarted. */
function job(more: ManifestOptions['master'] = {}, spec: ManifestOptions['spec'] = {}): KubeObject {
  const replica = { restartPolicy: 'Never', ...more }
  return pytorchManifest({ master: replica, worker: { ...replica, replicas: 2 }, spec })
}

function convert(object: KubeObject, more: Partial<ConvertOptions>): Conversion {
  return convertJob(object, { ...options, ...more })
}

function problem(object: KubeObject, more: Partial<ConvertOptions>): Problem['data'] {
  try {
    convert(object, more)
  } catch (error) {
    if (error instanceof Problem) return error.data
    throw error
  }
  throw new Error('it was converted')
}

const codesOf = ({ findings }: Conversion) => findings.map(({ code }) => code)

describe('a runtime that is named', () => {
  it('serves with everything it has not in the TrainJob', () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
    const object = job({
      container: {
        command: ['python', 'a.py'],
        env: [{ name: 'A', value: '1' }],
        volumeMounts: [{ name: 'data', mountPath: '/d' }],
      },
      pod: { volumes, priorityClassName: 'high', nodeSelector: { gpu: 'a100' } },
    })
    const runtime = site({ pod: { priorityClassName: 'high', nodeSelector: { gpu: 'a100' } } })
    const conversion = convert(object, { runtime })
    expect(conversion.reused).toBe(true)
    expect(conversion.runtime).toBe(runtime)
    const { runtimeRef, trainer, runtimePatches } = conversion.trainJob.spec
    expect(runtimeRef).toEqual({ kind: 'ClusterTrainingRuntime', name: 'site' })
    expect(trainer).toMatchObject({ numNodes: 3, image: 'train:1', command: ['python', 'a.py'] })
    expect(runtimePatches?.[0]?.trainingRuntimeSpec.template.spec?.replicatedJobs[0]?.template).toEqual({
      spec: {
        template: {
          spec: { volumes, containers: [{ name: 'node', volumeMounts: [{ name: 'data', mountPath: '/d' }] }] },
        },
      },
    })
    expect(codesOf(conversion)).not.toContain('runtime-endings')
  })

  it('leaves out of the TrainJob what it has itself', () => {
    const env = [{ name: 'A', value: '1' }]
    const { trainJob } = convert(pytorchManifest({ worker: { restartPolicy: 'Never', container: { env } } }), {
      runtime: site({ node: { image: 'train:1', env } }),
    })
    expect(trainJob.spec.trainer).not.toHaveProperty('image')
    expect(trainJob.spec.trainer?.env?.map(({ name }) => name)).not.toContain('A')
  })

  it.each<[what: string, runtime: TrainingRuntime, difference: string]>([
    ['a command of its own', site({ node: { command: ['x'] } }), 'containers[main].command: v1 absent, v2 ["x"]'],
    ['env of its own', site({ node: { env: [{ name: 'B', value: '2' }] } }), 'containers[main].env.B: v1 absent, v2 2'],
    ['other restarts', site({ pod: { restartPolicy: 'OnFailure' } }), 'restartPolicy: v1 Never, v2 OnFailure'],
    ['the torch policy', torch, 'containers[main].env.PET_MASTER_PORT: v1 23456, v2 29500'],
  ])('is refused for %s, with the difference', (_, runtime, difference) => {
    const { code, why } = problem(job(), { runtime })
    expect(code).toBe('runtime-not-equal')
    expect(why?.split('\n')[0]).toContain(difference)
  })

  it.each<[what: string, object: KubeObject, runtime: TrainingRuntime, unfit: string]>([
    ['flux', job(), site({ policy: { flux: {} } }), 'it has the flux policy'],
    ['no node', job(), site({ node: { name: 'x' } }), 'it has no job labelled trainer with a container node'],
    ['roles', v1Job('a', { kind: 'TFJob', roles: { PS: 1, Worker: 2 } }), site(), 'it has no replicated job '],
    [
      'a volume mounted twice',
      job({
        container: {
          volumeMounts: [
            { name: 'd', mountPath: '/a', subPath: 'a' },
            { name: 'd', mountPath: '/b', subPath: 'b' },
          ],
        },
        pod: { volumes: [{ name: 'd', emptyDir: {} }] },
      }),
      site(),
      'volume d is mounted twice',
    ],
    [
      'env the torch policy refuses',
      pytorchManifest({ worker: { replicas: 2, container: { env: [{ name: 'PET_MASTER_PORT', value: '1' }] } } }),
      torch,
      'its torch policy refuses env PET_MASTER_PORT',
    ],
  ])('is refused where it cannot serve: %s', (_, object, runtime, unfit) => {
    const { code, what } = problem(object, { runtime })
    expect(code).toBe('runtime-unfit')
    expect(what).toContain(unfit)
  })

  it('may end jobs otherwise, and says how', () => {
    const runtime = site({ job: { backoffLimit: undefined, successPolicy: undefined } })
    const finding = convert(job(), { runtime }).findings.find(({ code }) => code === 'runtime-endings')
    expect(finding?.class).toBe('changed')
    expect(finding?.message).toBe(
      'jobs on ClusterTrainingRuntime site end otherwise: node: backoffLimit 6 instead of 0; node: successPolicy absent instead of {"rules":[{"succeededIndexes":"0"}]}',
    )
  })

  it('gets the deadline by the TrainJob, which deletes pods', () => {
    const conversion = convert(job({}, { runPolicy: { activeDeadlineSeconds: 60 } }), { runtime: site() })
    expect(conversion.trainJob.spec.activeDeadlineSeconds).toBe(60)
    expect(codesOf(conversion)).toContain('deadline-deletes-pods')
    expect(codesOf(conversion)).not.toContain('runtime-endings')
  })
})

describe('runtimes that exist', () => {
  const ours = convert(job(), {}).runtime

  it('one on which pods and endings are the same is taken', () => {
    expect(convert(job(), { runtimes: [torch, site()] }).runtime.metadata.name).toBe('site')
  })

  it('one that ends jobs otherwise is not', () => {
    const conversion = convert(job(), { runtimes: [site({ job: { backoffLimit: 3 } })] })
    expect([conversion.reused, conversion.runtime.metadata.name]).toEqual([false, ours.metadata.name])
  })

  it('ours of the same content is taken before any', () => {
    const conversion = convert(job(), { runtimes: [site(), ours] })
    expect([conversion.reused, conversion.runtime.metadata.name]).toEqual([true, ours.metadata.name])
  })

  it('ours with other content is refused', () => {
    const changed = { ...ours, spec: { ...ours.spec, mlPolicy: { numNodes: 7 } } }
    expect(problem(job(), { runtimes: [changed] })).toMatchObject({
      code: 'runtime-changed',
      what: `TrainingRuntime ${ours.metadata.name} exists, and somebody changed it: spec.mlPolicy.numNodes is 7, not 1`,
    })
  })

  it('those of other namespaces are not looked at', () => {
    const elsewhere: TrainingRuntime = {
      ...site(),
      kind: 'TrainingRuntime',
      metadata: { name: 'site', namespace: 'x' },
    }
    expect(convert(job(), { runtimes: [elsewhere], namespace: 'nlp' }).reused).toBe(false)
  })
})

describe('--style native', () => {
  it('writes a runtime with the torch policy, and keeps RANK and its like', () => {
    const conversion = convert(job(), { style: 'native' })
    expect(conversion.runtime.spec.mlPolicy).toEqual({ numNodes: 1, torch: {} })
    const env = JSON.stringify([conversion.runtime, conversion.trainJob])
    for (const name of ['RANK', 'WORLD_SIZE', 'MASTER_ADDR', 'MASTER_PORT']) expect(env).toContain(`"${name}"`)
    expect(env).not.toContain('"PET_')
    const explained = conversion.findings.flatMap(({ code, explains = [] }) => explains.map((path) => [code, path]))
    expect(explained).toEqual([
      ['port-default', 'containers[main].env.PET_MASTER_PORT'],
      ['port-default', 'containers[main].ports[29500/TCP]'],
      ['process-count', 'containers[main].env.PET_NPROC_PER_NODE'],
    ])
  })

  it('says no process-count where the job names a number', () => {
    const conversion = convert(job({}, { nprocPerNode: '2' }), { style: 'native' })
    expect(conversion.trainJob.spec.trainer?.numProcPerNode).toBe(2)
    expect(codesOf(conversion)).not.toContain('process-count')
  })

  it('prefers the site’s runtime with the torch policy, and says what is otherwise', () => {
    const runtime = site({ name: 'torch', policy: { torch: {} }, pod: { restartPolicy: 'OnFailure' } })
    const conversion = convert(job(), { style: 'native', runtimes: [site(), runtime] })
    expect(conversion.runtime.metadata.name).toBe('torch')
    expect(codesOf(conversion)).toContain('restart-default')
  })

  it('keeps to v1’s ways where the idiom does not fit: a sidecar would lose PET_ variables', () => {
    const conversion = convert(job({ sidecars: [{ name: 'log', image: 'log:1' }] }), { style: 'native' })
    expect(conversion.runtime.spec.mlPolicy).toEqual({ numNodes: 1 })
    expect(conversion.proof.same).toBe(true)
  })
})
