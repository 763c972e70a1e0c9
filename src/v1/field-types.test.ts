import { describe, expect, it } from 'vitest'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { parseV1Job } from './job.ts'

const worker = 'spec.pytorchReplicaSpecs.Worker.template'

/** What is refused of a job whose Worker has this container, as `path message`. */
function ofContainer(container: Record<string, unknown>): string[] {
  const parsed = parseV1Job(pytorchManifest({ worker: { container } }))
  return 'problems' in parsed ? parsed.problems.map(({ path, message }) => `${path} ${message}`) : []
}

describe('types of fields', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a list that is text', { args: 'train.py' }, `${worker}.spec.containers[0].args must be a list`],
    [
      'a number among texts',
      { args: ['--lr', 0.1] },
      `${worker}.spec.containers[0].args[1] is read as the number 0.1 and must be a string: write it in quotes`,
    ],
    [
      'an env value that YAML reads as a flag',
      { env: [{ name: 'A', value: true }] },
      `${worker}.spec.containers[0].env[0].value is read as true and must be a string: write it in quotes`,
    ],
    ['env as a map', { env: { A: '1' } }, `${worker}.spec.containers[0].env must be a list`],
    ['a text that is a map', { image: {} }, `${worker}.spec.containers[0].image must be a string`],
    ['an item that is nothing', { command: ['a', null] }, `${worker}.spec.containers[0].command[1] must not be empty`],
    [
      'a flag in quotes, deep in a field that is carried as a whole',
      { volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: 'true' }] },
      `${worker}.spec.containers[0].volumeMounts[0].readOnly must be true or false`,
    ],
    [
      'a probe of no port',
      { livenessProbe: { httpGet: { path: '/' } } },
      `${worker}.spec.containers[0].livenessProbe.httpGet.port is required`,
    ],
    [
      'a port that is a flag',
      { livenessProbe: { tcpSocket: { port: true } } },
      `${worker}.spec.containers[0].livenessProbe.tcpSocket.port must be a whole number or a string`,
    ],
    [
      'a key of no name',
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: null } } }] },
      `${worker}.spec.containers[0].env[0].valueFrom.secretKeyRef.key is required`,
    ],
    ['a map that is text', { resources: 'big' }, `${worker}.spec.containers[0].resources must be a map`],
    [
      'an amount that is a list',
      { resources: { limits: { 'nvidia.com/gpu': [] } } },
      `${worker}.spec.containers[0].resources.limits['nvidia.com/gpu'] must be a quantity`,
    ],
    [
      'an amount with a fraction that is no text',
      { resources: { requests: { cpu: 0.5 } } },
      `${worker}.spec.containers[0].resources.requests.cpu must be a whole number or a string: write "0.5" in quotes`,
    ],
    [
      'an amount in a unit Kubernetes does not know',
      { resources: { limits: { memory: '1Gb' } } },
      `${worker}.spec.containers[0].resources.limits.memory must be a quantity such as 500m, 16Gi or 1e3: "1Gb" is none`,
    ],
    ['a variable without a name', { env: [{ value: 'x' }] }, `${worker}.spec.containers[0].env[0].name is required`],
    [
      'two mounts at one path',
      {
        volumeMounts: [
          { name: 'a', mountPath: '/a' },
          { name: 'b', mountPath: '/a' },
        ],
      },
      `${worker}.spec.containers[0].volumeMounts[1] has the mountPath of another: "/a"`,
    ],
    [
      'a port that is text',
      { ports: [{ containerPort: '80' }] },
      `${worker}.spec.containers[0].ports[0].containerPort must be a whole number`,
    ],
  ])('%s', (_, container, problem) => {
    expect(ofContainer(container)).toEqual([problem])
  })

  const named = (name: string) => ({ name, image: 'a' })
  it.each([
    ['containers', { sidecars: [named('pytorch')] }, 'pytorch'],
    ['initContainers', { pod: { initContainers: [named('fetch'), named('fetch')] } }, 'fetch'],
    [
      'volumes',
      {
        pod: {
          volumes: [
            { name: 'a', emptyDir: {} },
            { name: 'a', configMap: { name: 'x' } },
          ],
        },
      },
      'a',
    ],
  ])('two %s of one name', (field, replica, name) => {
    const parsed = parseV1Job(pytorchManifest({ worker: replica }))
    expect('problems' in parsed && parsed.problems).toEqual([
      { path: `${worker}.spec.${field}[1]`, message: `has the name of another: "${name}"` },
    ])
  })

  it('are told all at once', () => {
    const object = pytorchManifest({
      worker: { container: { args: [1 as never] }, metadata: { labels: { a: 1 as never } } },
      metadata: { annotations: { 'a.b/c': 2 as never } },
      spec: { nprocPerNode: 2, runPolicy: { suspend: 'yes', backoffLimit: 1.5 } },
    })
    const parsed = parseV1Job(object)
    expect('problems' in parsed && parsed.problems.map(({ path }) => path)).toEqual([
      "metadata.annotations['a.b/c']",
      'spec.nprocPerNode',
      'spec.runPolicy.suspend',
      'spec.runPolicy.backoffLimit',
      `${worker}.metadata.labels.a`,
      `${worker}.spec.containers[0].args[0]`,
    ])
  })

  it('of fields that the API does not have are not looked at', () => {
    expect(ofContainer({ newField: 1 })).toEqual([])
  })

  it('are right for amounts as numbers and as texts', () => {
    expect(ofContainer({ resources: { limits: { cpu: 1, memory: '1Gi' } } })).toEqual([])
  })
})

describe('limits of runPolicy', () => {
  it.each<[field: string, value: unknown, said: string[]]>([
    ['activeDeadlineSeconds', 0, []],
    ['activeDeadlineSeconds', -5, ['must not be negative: the job would fail as soon as it starts']],
    ['activeDeadlineSeconds', '60', ['must be a whole number']],
    ['backoffLimit', -1, ['must not be negative: the job would fail as soon as it starts']],
    ['ttlSecondsAfterFinished', -1, []],
  ])('%s %j: %j', (field, value, said) => {
    const parsed = parseV1Job(pytorchManifest({ worker: {}, spec: { runPolicy: { [field]: value } } }))
    const problems = 'problems' in parsed ? parsed.problems : []
    expect(problems).toEqual(said.map((message) => ({ path: `spec.runPolicy.${field}`, message })))
  })
})
