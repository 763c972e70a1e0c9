import { describe, expect, it } from 'vitest'
import { converted, refusal, told } from '../../../test/unit/conversions.ts'
import { pytorchManifest, type ReplicaOptions } from '../../../test/unit/pytorch-manifest.ts'

const container = 'spec.pytorchReplicaSpecs.Worker.template.spec.containers[0]'

/** One value for every field of a container that is carried as it is. */
const fields: Record<string, unknown> = {
  image: 'other:2',
  command: ['python'],
  args: ['train.py'],
  workingDir: '/work',
  envFrom: [{ configMapRef: { name: 'c' } }],
  resources: { limits: { cpu: '1' }, requests: { cpu: '500m' } },
  resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
  restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
  volumeMounts: [{ name: 'v', mountPath: '/data', subPath: 's', readOnly: true }],
  volumeDevices: [{ name: 'd', devicePath: '/dev/xvda' }],
  livenessProbe: { exec: { command: ['true'] } },
  readinessProbe: { tcpSocket: { port: 80 } },
  startupProbe: { httpGet: { port: 80 } },
  lifecycle: { preStop: { sleep: { seconds: 5 } } },
  terminationMessagePath: '/tmp/end',
  terminationMessagePolicy: 'FallbackToLogsOnError',
  imagePullPolicy: 'Always',
  securityContext: { runAsUser: 1 },
  stdin: true,
  stdinOnce: true,
  tty: true,
}

/** Those that they mount. */
const volumes = [
  { name: 'v', emptyDir: {} },
  { name: 'd', persistentVolumeClaim: { claimName: 'd' } },
]

/** The container that trains in v2's first pod. */
const onV2 = (worker: ReplicaOptions) => converted({ worker }).proof.v2[0]?.spec.containers[0]
const said = (worker: ReplicaOptions) => told(converted({ worker }))

describe('fields of a container', () => {
  it.each(Object.entries(fields))('%s is the same on v2’s side', (field, value) => {
    expect(onV2({ container: { [field]: value }, pod: { volumes } })?.[field]).toEqual(value)
    expect(said({ container: { [field]: value }, pod: { volumes } })).toEqual([])
  })

  it.each(Object.entries(fields))('%s of a sidecar and of an init container too', (field, value) => {
    const extra = { name: 'extra', image: 'i', [field]: value }
    const initContainers = [{ ...extra, restartPolicy: 'Always' }]
    const worker = { sidecars: [{ ...extra, name: 'proxy' }], pod: { volumes, initContainers } }
    const [pod] = converted({ worker }).proof.v2
    expect(pod?.spec.containers[1]?.[field]).toEqual(value)
    expect(pod?.spec.initContainers?.[0]?.[field]).toEqual(value)
  })

  it('no init containers, written as an empty list, are none', () => {
    expect(said({ pod: { initContainers: [] } })).toEqual([])
  })

  it('a sidecar among init containers stays one', () => {
    const agent = { name: 'agent', image: 'a', restartPolicy: 'Always' }
    expect(
      converted({ worker: { pod: { initContainers: [agent] } } }).proof.v2[0]?.spec.initContainers?.[0],
    ).toMatchObject(agent)
  })
})

describe('env', () => {
  it('that the operator overrides is left out, and says so', () => {
    const env = [
      { name: 'PYTHONUNBUFFERED', value: '0' },
      { name: 'A', value: '1' },
      { name: 'PET_NNODES', value: '9' },
    ]
    expect(said({ container: { env } })).toEqual([
      `same env-overridden ${container}.env[0]`,
      `same env-overridden ${container}.env[2]`,
    ])
  })

  it('that the operator overrides keeps its value where the template takes it from there', () => {
    const env = [
      { name: 'MASTER_PORT', value: '29500' },
      { name: 'URL', value: 'tcp://$(MASTER_PORT)/$$(MASTER_PORT)/$(RANK)' },
      { name: 'MASTER_PORT', value: '1' },
      { name: 'NEXT', value: '$(MASTER_PORT)' },
    ]
    const { proof } = converted({ master: {}, worker: { container: { env } } })
    expect(proof.v2[1]?.spec.containers[0]?.env).toEqual(
      expect.arrayContaining([
        { name: 'URL', value: 'tcp://29500/$$(MASTER_PORT)/$(RANK)' },
        { name: 'NEXT', value: '1' },
      ]),
    )
  })

  it('that is written twice gives its first value to what stands between', () => {
    const env = [
      { name: 'A', value: 'x' },
      { name: 'B', value: '$(A)' },
      { name: 'A', value: 'y' },
      { name: 'C', value: '$(A)' },
    ]
    expect(onV2({ container: { env } })?.env).toEqual(
      expect.arrayContaining([
        { name: 'B', value: 'x' },
        { name: 'A', value: 'y' },
        { name: 'C', value: '$(A)' },
      ]),
    )
  })

  it('that the operator sets only with a Master is kept without one', () => {
    const env = [{ name: 'RANK', value: '7' }]
    expect(said({ container: { env } })).toEqual([])
    expect(told(converted({ master: {}, worker: { container: { env } } }))).toContain(
      `same env-overridden ${container}.env[0]`,
    )
  })

  it('is kept in init containers, which the operator leaves alone', () => {
    const initContainers = [{ name: 'fetch', image: 'f', env: [{ name: 'PYTHONUNBUFFERED', value: '0' }] }]
    expect(said({ pod: { initContainers } })).toEqual([])
  })

  it('that is written twice counts where it is last', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ]
    expect(said({ container: { env } })).toEqual([`same env-duplicate ${container}.env[0]`])
    expect(onV2({ container: { env } })?.env?.filter(({ name }) => name === 'A')).toEqual([{ name: 'A', value: '2' }])
  })

  it('that stands between two values of a name is refused where the first is no text', () => {
    const env = [
      { name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'B', value: '$(A)' },
      { name: 'A', value: '2' },
    ]
    expect(refusal(pytorchManifest({ worker: { container: { env } } }))).toMatchObject({
      code: 'not-proved',
      where: `${container}.env[1]`,
    })
  })

  it.each([
    { fieldRef: { fieldPath: 'metadata.name' } },
    { fieldRef: { fieldPath: 'metadata.name', apiVersion: 'v1' } },
    { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } },
    { configMapKeyRef: { name: 'c', key: 'k', optional: true } },
    { secretKeyRef: { name: 's', key: 'k' } },
    { fileKeyRef: { volumeName: 'v', path: 'p', key: 'k' } },
  ])('from %j is the same on v2’s side', (valueFrom) => {
    expect(converted({ worker: { container: { env: [{ name: 'A', valueFrom }] } } }).proof.same).toBe(true)
  })
})

describe('ports', () => {
  const ports = (...list: { name?: string; containerPort: number; protocol?: string; hostPort?: number }[]) => ({
    container: { ports: list },
  })

  it('without a name get one, as Trainer would keep only the last of them', () => {
    const worker = ports({ containerPort: 80 }, { containerPort: 90, name: 'http' }, { containerPort: 100 })
    expect(onV2(worker)?.ports).toEqual([
      { name: 'port-80', containerPort: 80 },
      { name: 'http', containerPort: 90 },
      { name: 'port-100', containerPort: 100 },
    ])
    expect(said(worker)).toEqual([`same port-named ${container}.ports[0]`, `same port-named ${container}.ports[2]`])
  })

  it('get names that no other port of the pod has', () => {
    const worker = {
      ...ports({ containerPort: 80 }),
      sidecars: [{ name: 'proxy', image: 'p', ports: [{ name: 'port-80', containerPort: 81 }, { containerPort: 80 }] }],
    }
    const [pod] = converted({ worker }).proof.v2
    expect(pod?.spec.containers.map((each) => each.ports?.map(({ name }) => name))).toEqual([
      ['port-80-2'],
      ['port-80', 'port-80-3'],
    ])
  })

  it('of the operator’s own name are kept where the template declares them', () => {
    expect(onV2(ports({ name: 'pytorchjob-port', containerPort: 29500 }))?.ports).toEqual([
      { name: 'pytorchjob-port', containerPort: 29500 },
    ])
  })

  it('of the operator’s number under another name are the same', () => {
    expect(converted({ worker: ports({ containerPort: 23456 }) }).proof.same).toBe(true)
    expect(converted({ worker: ports({ name: 'mine', containerPort: 23456 }) }).proof.same).toBe(true)
  })

  it('that the operator adds are not v2’s, unless the pod is on the host’s network and claims them there', () => {
    expect(onV2({})?.ports).toBeUndefined()
    expect(onV2({ pod: { hostNetwork: true } })?.ports).toEqual([{ name: 'pytorchjob-port', containerPort: 23456 }])
  })

  const udp = { name: 'dns', containerPort: 53, protocol: 'UDP' }
  const tcp = { name: 'dns-tcp', containerPort: 53 }
  const probed = { tcpSocket: { port: 'second' } }

  it.each<[what: string, worker: ReplicaOptions, left: number, kept: string]>([
    ['of two protocols keep that of TCP', ports(udp, tcp), 0, 'dns-tcp'],
    ['of two protocols keep that of TCP, wherever it stands', ports(tcp, udp), 1, 'dns-tcp'],
    ['of two names keep the first', ports({ ...tcp, name: 'first' }, { ...tcp, name: 'second' }), 1, 'first'],
    [
      'of two names keep the one that a probe names',
      {
        container: {
          ports: [
            { ...tcp, name: 'first' },
            { ...tcp, name: 'second' },
          ],
          readinessProbe: probed,
        },
      },
      0,
      'second',
    ],
  ])('that share a number, %s', (_, worker, left, kept) => {
    expect(onV2(worker)?.ports?.map(({ name }) => name)).toEqual([kept])
    expect(said(worker)).toEqual([`changed port-number-twice ${container}.ports[${left}]`])
  })

  it.each<[what: string, worker: ReplicaOptions]>([
    ['of the host', ports({ ...udp, hostPort: 53 }, { ...tcp, hostPort: 53 })],
    [
      'that two probes name',
      {
        container: {
          ports: [
            { ...tcp, name: 'first' },
            { ...tcp, name: 'second' },
          ],
          livenessProbe: { tcpSocket: { port: 'first' } },
          readinessProbe: probed,
        },
      },
    ],
  ])('%s that share a number are refused, as Trainer would keep one of them', (_, worker) => {
    expect(refusal(pytorchManifest({ worker })).code).toBe('not-proved')
  })
})
