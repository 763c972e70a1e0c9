import { describe, expect, it } from 'vitest'
import { converted, refusal, told, usual } from '../../../test/unit/conversions.ts'
import { pytorchManifest } from '../../../test/unit/pytorch-manifest.ts'
import { convertJob } from '../convert.ts'

const spec = 'spec.pytorchReplicaSpecs.Worker.template.spec'

/** One value for every field of a pod spec that is carried as it is. */
const fields: Record<string, unknown> = {
  volumes: [{ name: 'v', emptyDir: {} }],
  terminationGracePeriodSeconds: 20,
  activeDeadlineSeconds: 60,
  dnsPolicy: 'None',
  nodeSelector: { pool: 'gpu' },
  serviceAccountName: 'trainer',
  serviceAccount: 'trainer',
  automountServiceAccountToken: false,
  nodeName: 'n',
  hostNetwork: true,
  hostPID: true,
  hostIPC: true,
  hostUsers: false,
  shareProcessNamespace: true,
  securityContext: { fsGroup: 1 },
  imagePullSecrets: [{ name: 's' }],
  schedulerName: 'volcano',
  tolerations: [{ operator: 'Exists' }],
  hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
  priorityClassName: 'high',
  priority: 10,
  dnsConfig: { nameservers: ['10.0.0.1'] },
  readinessGates: [{ conditionType: 'example.org/r' }],
  runtimeClassName: 'nvidia',
  enableServiceLinks: false,
  preemptionPolicy: 'Never',
  overhead: { cpu: '1' },
  setHostnameAsFQDN: true,
  os: { name: 'linux' },
  schedulingGates: [{ name: 'example.org/g' }],
  resourceClaims: [{ name: 'c', resourceClaimName: 'd' }],
  resources: { limits: { cpu: '4' } },
  affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
}

describe('fields of a pod spec', () => {
  it.each(Object.entries(fields))('%s is on v2’s pods too, where replicas are alike', (field, value) => {
    const conversion = converted({ worker: { pod: { [field]: value } } })
    const { proof } = conversion
    expect(proof.v2[0]?.spec[field]).toEqual(value)
    expect(told(conversion)).toEqual([])
  })

  it.each(Object.entries(fields))('%s is on v2’s pods too, where they differ', (field, value) => {
    const { proof } = converted({ master: {}, worker: { pod: { [field]: value } } })
    expect(proof.v2[1]?.spec[field]).toEqual(value)
    expect(proof.v2[0]?.spec).not.toHaveProperty(field)
  })

  it('restartPolicy is not carried, as v1 overwrites it', () => {
    const conversion = converted({
      worker: { replicas: 1, restartPolicy: 'Never', pod: { restartPolicy: 'OnFailure' } },
    })
    expect(conversion.proof.v2[0]?.spec.restartPolicy).toBe('Never')
    expect(told(conversion)).toEqual([`same template-restart-policy ${spec}.restartPolicy`])
  })

  it.each(['hostname', 'subdomain'])('%s is lost, as v2 sets it itself', (field) => {
    const manifest = { worker: { pod: { [field]: 'x' } } }
    expect(refusal(pytorchManifest(manifest))).toMatchObject({ code: 'lost', where: `${spec}.${field}` })
    const { proof } = converted(manifest, { accept: ['pod-host-name'] })
    expect(proof.jobSet.replicatedJobs[0]?.template.spec.template.spec).not.toHaveProperty(field)
  })

  const nearTo = (label: string) => ({
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'zone', labelSelector: { matchLabels: { [`training.kubeflow.org/${label}`]: 'a' } } },
      ],
    },
  })
  it.each([
    ['affinity', nearTo('job-name')],
    [
      'topologySpreadConstraints',
      [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchExpressions: [{ key: 'training.kubeflow.org/replica-type', operator: 'Exists' }] },
        },
      ],
    ],
  ])('%s that selects by labels of Training Operator is lost', (field, value) => {
    const manifest = { worker: { pod: { [field]: value } } }
    expect(refusal(pytorchManifest(manifest))).toMatchObject({ code: 'lost', where: `${spec}.${field}` })
    expect(told(converted(manifest, { accept: ['v1-label-selector'] }))).toEqual([
      `lost v1-label-selector ${spec}.${field}`,
    ])
  })

  const labelOfYours = 'select by a label of your own on the pod template'
  it.each([
    ['a job’s name', { name: 'train' }, 'job-name', `${labelOfYours}, or keep v1’s labels with --pod-labels v1`],
    ['a label that not all pods keep', { name: 'train' }, 'job-role', labelOfYours],
    ['the name of a job that the API server names', { generateName: 'train-' }, 'job-name', labelOfYours],
  ])('where it selects by %s, only what helps is suggested', (_, metadata, label, remedy) => {
    const affinity = nearTo(label)
    const manifest = { ...pytorchManifest({ worker: { pod: { affinity } } }), metadata }
    const { findings } = convertJob(manifest, { ...usual, accept: ['v1-label-selector'] })
    expect(findings.filter(({ code }) => code === 'v1-label-selector').map((finding) => finding.remedy)).toEqual([
      remedy,
    ])
  })

  it('a field nobody knows is refused', () => {
    const manifest = pytorchManifest({ worker: { pod: { unknown: { a: 1 } } } })
    expect(refusal(manifest)).toMatchObject({ code: 'field-not-carried', where: `${spec}.unknown` })
  })

  it('a file made of a label that v1 puts on the first pod of a role alone is refused', () => {
    const items = [{ path: 'i', fieldRef: { fieldPath: "metadata.labels['training.kubeflow.org/job-role']" } }]
    const manifest = pytorchManifest({ worker: { pod: { volumes: [{ name: 'v', downwardAPI: { items } }] } } })
    expect(refusal(manifest)).toMatchObject({
      code: 'not-proved',
      where: `${spec}.volumes[0].downwardAPI.items[0].fieldRef`,
    })
  })
})
