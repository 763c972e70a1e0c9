import { describe, expect, it } from 'vitest'
import { converted, patchedTemplate, runtimeContainer, runtimeTemplate, told } from '../../../test/unit/conversions.ts'
import type { ManifestOptions, ReplicaOptions } from '../../../test/unit/pytorch-manifest.ts'
import { dialects } from '../../v2/dialects/index.ts'
import type { Conversion } from '../convert.ts'

/** Master and Workers alike, with the same template. */
const both = (options: ReplicaOptions, more: Partial<ManifestOptions> = {}): ManifestOptions => ({
  master: options,
  worker: options,
  ...more,
})
const shapeOf = ({ runtime }: Conversion) => [runtime.metadata.name, runtime.spec]

describe('replicas that are alike', () => {
  it('become one replicated job called node, with the label by which Trainer finds it', () => {
    const { runtime, trainJob } = converted()
    expect(runtime.spec.mlPolicy).toEqual({ numNodes: 1 })
    expect(runtime.spec.template.spec.replicatedJobs).toEqual([
      {
        name: 'node',
        template: {
          metadata: { labels: { 'trainer.kubeflow.org/trainjob-ancestor-step': 'trainer' } },
          spec: expect.objectContaining({ podReplacementPolicy: 'Failed' }),
        },
      },
    ])
    expect(trainJob.spec.trainer?.numNodes).toBe(3)
  })

  it('have the conventions of v1 in the runtime and the sizes in the TrainJob', () => {
    const conversion = converted()
    expect(runtimeContainer(conversion, 'node')).toEqual({
      name: 'node',
      env: [
        {
          name: 'JOBSET_NAME',
          valueFrom: { fieldRef: { fieldPath: "metadata.labels['jobset.sigs.k8s.io/jobset-name']" } },
        },
        { name: 'PYTHONUNBUFFERED', value: '1' },
        { name: 'MASTER_PORT', value: '23456' },
        { name: 'PET_MASTER_PORT', value: '23456' },
        { name: 'MASTER_ADDR', value: '$(JOBSET_NAME)-node-0-0.$(JOBSET_NAME)' },
        { name: 'PET_MASTER_ADDR', value: '$(JOBSET_NAME)-node-0-0.$(JOBSET_NAME)' },
        {
          name: 'RANK',
          valueFrom: { fieldRef: { fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" } },
        },
        {
          name: 'PET_NODE_RANK',
          valueFrom: { fieldRef: { fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" } },
        },
        { name: 'PET_NPROC_PER_NODE', value: 'auto' },
      ],
    })
    expect(conversion.trainJob.spec.trainer?.env).toEqual([
      { name: 'WORLD_SIZE', value: '3' },
      { name: 'PET_NNODES', value: '3' },
    ])
  })

  it('of two jobs of one shape share a runtime, whatever they are called and whatever they run', () => {
    const plain = converted(both({}))
    const other = converted(
      both(
        {
          container: {
            image: 'other:2',
            command: ['python'],
            args: ['x'],
            env: [{ name: 'A', value: '1' }],
            resources: { limits: { 'nvidia.com/gpu': 8 } },
            volumeMounts: [{ name: 'v', mountPath: '/data' }],
            securityContext: { runAsUser: 1 },
          },
          metadata: { labels: { team: 'nlp' }, annotations: { note: 'n' } },
          pod: {
            volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }],
            nodeSelector: { pool: 'gpu' },
            tolerations: [{ operator: 'Exists' }],
            affinity: { nodeAffinity: {} },
            serviceAccountName: 'trainer',
            imagePullSecrets: [{ name: 's' }],
            securityContext: { fsGroup: 1 },
            terminationGracePeriodSeconds: 60,
            schedulingGates: [{ name: 'example.org/g' }],
          },
        },
        { name: 'other', metadata: { namespace: 'nlp' }, spec: { nprocPerNode: 'auto' } },
      ),
    )
    const larger = converted({ master: {}, worker: { replicas: 63 } })
    expect(shapeOf(other)).toEqual(shapeOf(plain))
    expect(shapeOf(larger)).toEqual(shapeOf(plain))
  })

  it.each<[string, ManifestOptions]>([
    ['restart policy', both({ restartPolicy: 'Never' })],
    ['backoff limit', both({}, { spec: { runPolicy: { backoffLimit: 3 } } })],
    ['deadline', both({}, { spec: { runPolicy: { activeDeadlineSeconds: 60 } } })],
    ['field that a TrainJob cannot set', both({ container: { workingDir: '/work' } })],
    ['sidecar', both({ sidecars: [{ name: 'proxy', image: 'p' }] })],
    ['port', both({ container: { ports: [{ containerPort: 80 }] } })],
    ['way to decide success', { worker: {} }],
  ])('of another %s have a runtime of their own', (_, manifest) => {
    expect(shapeOf(converted(manifest))[0]).not.toBe(shapeOf(converted())[0])
  })

  it('give the TrainJob what it can carry, in its fields and in one patch', () => {
    const conversion = converted(
      both({
        container: {
          image: 'i',
          command: ['a'],
          args: ['b'],
          resources: { limits: { cpu: 1 } },
          volumeMounts: [{ name: 'v', mountPath: '/data', subPath: 's' }],
          securityContext: { runAsUser: 1 },
        },
        metadata: { labels: { team: 'nlp' }, annotations: { note: 'n' } },
        pod: { volumes: [{ name: 'v', emptyDir: {} }], nodeSelector: { pool: 'gpu' } },
      }),
    )
    expect(conversion.trainJob.spec.trainer).toMatchObject({
      numNodes: 3,
      image: 'i',
      command: ['a'],
      args: ['b'],
      resourcesPerNode: { limits: { cpu: 1 } },
    })
    expect(conversion.trainJob.spec.runtimePatches).toEqual([
      {
        manager: 'kubectl-migrate.dev/convert',
        trainingRuntimeSpec: {
          template: {
            spec: {
              replicatedJobs: [
                {
                  name: 'node',
                  template: {
                    spec: {
                      template: {
                        metadata: { labels: { team: 'nlp' }, annotations: { note: 'n' } },
                        spec: {
                          nodeSelector: { pool: 'gpu' },
                          volumes: [{ name: 'v', emptyDir: {} }],
                          containers: [
                            {
                              name: 'node',
                              volumeMounts: [{ name: 'v', mountPath: '/data', subPath: 's' }],
                              securityContext: { runAsUser: 1 },
                            },
                          ],
                        },
                      },
                    },
                  },
                },
              ],
            },
          },
        },
      },
    ])
    expect(runtimeTemplate(conversion).spec.containers).toEqual([{ name: 'node', env: expect.any(Array) }])
  })

  it('leave everything else in the runtime', () => {
    const kept = {
      priorityClassName: 'high',
      schedulerName: 'volcano',
      dnsPolicy: 'None',
      hostIPC: true,
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
      initContainers: [{ name: 'fetch', image: 'f' }],
    }
    const conversion = converted(both({ pod: kept, container: { workingDir: '/w', lifecycle: {}, tty: true } }))
    expect(runtimeTemplate(conversion).spec).toMatchObject(kept)
    expect(runtimeContainer(conversion, 'node')).toMatchObject({ workingDir: '/w', lifecycle: {}, tty: true })
    expect(conversion.trainJob.spec).not.toHaveProperty('runtimePatches')
  })
})

describe('success of replicas that are alike', () => {
  const policy = (manifest: ManifestOptions) =>
    converted(manifest).runtime.spec.template.spec.replicatedJobs[0]?.template.spec.successPolicy

  it.each<[string, ManifestOptions, unknown]>([
    ['the Master’s, which is the first pod', { master: {}, worker: {} }, { rules: [{ succeededIndexes: '0' }] }],
    ['that of all Workers', { worker: {} }, undefined],
    ['the only pod’s', { master: {} }, undefined],
    ['any Worker’s in an elastic job', { worker: {}, spec: { elasticPolicy: {} } }, { rules: [{ succeededCount: 1 }] }],
    ['the only Worker’s', { worker: { replicas: 1 }, spec: { elasticPolicy: {} } }, undefined],
    [
      'the Master’s in an elastic job too',
      { master: {}, worker: {}, spec: { elasticPolicy: {} } },
      { rules: [{ succeededIndexes: '0' }] },
    ],
  ])('is %s', (_, manifest, expected) => {
    expect(policy(manifest)).toEqual(expected)
  })
})

describe('what a TrainJob or its patch cannot take stays in the runtime', () => {
  it('an image of more than 500 characters, with command and args', () => {
    const long = `registry.example.org/${'x'.repeat(490)}`
    const conversion = converted(both({ container: { image: long, command: ['a'], args: ['b'] } }))
    expect(runtimeContainer(conversion, 'node')).toMatchObject({ image: long, command: ['a'], args: ['b'] })
    expect(Object.keys(conversion.trainJob.spec.trainer ?? {})).toEqual(['numNodes', 'env'])
  })

  it('more than 128 arguments', () => {
    const args = Array.from({ length: 129 }, (_, at) => `--${at}`)
    expect(runtimeContainer(converted(both({ container: { args } })), 'node').args).toEqual(args)
    expect(converted(both({ container: { args: args.slice(1) } })).trainJob.spec.trainer?.args).toHaveLength(128)
  })

  it('mounts of one volume twice, with the volumes; the security context goes on in the patch or in the runtime', () => {
    const conversion = converted(
      both({
        container: {
          volumeMounts: [
            { name: 'v', mountPath: '/a', subPath: 'a' },
            { name: 'v', mountPath: '/b', subPath: 'b' },
          ],
          securityContext: { runAsUser: 1 },
        },
        pod: { volumes: [{ name: 'v', emptyDir: {} }], nodeSelector: { pool: 'gpu' } },
      }),
    )
    expect(runtimeTemplate(conversion).spec.volumes).toEqual([{ name: 'v', emptyDir: {} }])
    expect(runtimeContainer(conversion, 'node').volumeMounts).toHaveLength(2)
    expect(patchedTemplate(conversion).spec).toEqual({ nodeSelector: { pool: 'gpu' } })
    expect(conversion.proof.jobSet.replicatedJobs[0]?.template.spec.template.spec.containers[0]).toMatchObject({
      securityContext: { runAsUser: 1 },
    })
  })

  it('claims of devices, with the resources around them', () => {
    const resources = { limits: { cpu: 1 }, claims: [{ name: 'gpu' }] }
    const conversion = converted(
      both({ container: { resources }, pod: { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 't' }] } }),
    )
    expect(runtimeContainer(conversion, 'node').resources).toEqual(resources)
    expect(conversion.trainJob.spec.trainer).not.toHaveProperty('resourcesPerNode')
  })

  it('more pull secrets than a patch takes', () => {
    const imagePullSecrets = Array.from({ length: 65 }, (_, at) => ({ name: `s${at}` }))
    expect(runtimeTemplate(converted(both({ pod: { imagePullSecrets } }))).spec['imagePullSecrets']).toHaveLength(65)
  })
})

describe('the new name of the container that trains', () => {
  const resourceFieldRef = (containerName: string) => ({ containerName, resource: 'limits.cpu' })

  it('is followed by everything that refers to the old one', () => {
    const conversion = converted(
      both({
        container: { env: [{ name: 'A', valueFrom: { resourceFieldRef: resourceFieldRef('pytorch') } }] },
        sidecars: [
          {
            name: 'proxy',
            image: 'p',
            env: [
              { name: 'A', valueFrom: { resourceFieldRef: resourceFieldRef('pytorch') } },
              { name: 'B', valueFrom: { resourceFieldRef: resourceFieldRef('proxy') } },
            ],
          },
        ],
        pod: {
          initContainers: [
            {
              name: 'fetch',
              image: 'f',
              env: [{ name: 'A', valueFrom: { resourceFieldRef: resourceFieldRef('pytorch') } }],
            },
          ],
          volumes: [
            { name: 'v', downwardAPI: { items: [{ path: 'cpu', resourceFieldRef: resourceFieldRef('pytorch') }] } },
          ],
        },
        metadata: {
          annotations: {
            'kubectl.kubernetes.io/default-container': 'pytorch',
            'kubectl.kubernetes.io/default-logs-container': 'proxy',
            'container.apparmor.security.beta.kubernetes.io/pytorch': 'unconfined',
          },
        },
      }),
    )
    const text = JSON.stringify([conversion.runtime.spec, conversion.trainJob.spec])
    expect(text).not.toContain('"pytorch"')
    expect(text).toContain('"containerName":"node"')
    expect(text).toContain('"containerName":"proxy"')
    expect(patchedTemplate(conversion).metadata).toEqual({
      annotations: {
        'kubectl.kubernetes.io/default-container': 'node',
        'kubectl.kubernetes.io/default-logs-container': 'proxy',
        'container.apparmor.security.beta.kubernetes.io/node': 'unconfined',
      },
    })
    expect(told(conversion)).toContain(
      'same container-reference spec.pytorchReplicaSpecs.Master.template.metadata.annotations',
    )
  })

  it('is not taken where another container has it', () => {
    const sidecars = [{ name: 'node', image: 'exporter' }]
    const { runtime, proof } = converted(both({ sidecars }))
    expect(runtime.spec.template.spec.replicatedJobs.map(({ name }) => name)).toEqual(['master', 'worker'])
    expect(proof.same).toBe(true)
  })
})

describe('older dialects', () => {
  it.each(dialects.map((dialect) => [dialect.version, dialect] as const))(
    'Trainer %s takes the same job, with the same pods',
    (_, dialect) => {
      const conversion = converted(
        both({
          container: {
            volumeMounts: [{ name: 'v', mountPath: '/data' }],
            securityContext: { runAsUser: 1 },
            resources: { limits: { cpu: 1 } },
          },
          metadata: { labels: { team: 'nlp' } },
          pod: {
            volumes: [{ name: 'v', emptyDir: {} }],
            affinity: { nodeAffinity: {} },
            securityContext: { fsGroup: 1 },
            terminationGracePeriodSeconds: 60,
          },
        }),
        { dialect },
      )
      expect(conversion.proof.differences).toEqual([])
      const fields = Object.keys(conversion.trainJob.spec)
      expect(fields).toContain(dialect.field)
    },
  )
})
