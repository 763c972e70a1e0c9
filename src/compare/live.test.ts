import { describe, expect, it } from 'vitest'
import type { ModelPod } from '../kube/model-pod.ts'
import type { Pod, PodSpec } from '../kube/pod.ts'
import type { JobSetSpec } from '../v2/trainjob.ts'
import { compareJobSet, comparePodToModel, modelOf } from './live.ts'

const model = (spec: Partial<PodSpec>, more: Partial<ModelPod> = {}): ModelPod => ({
  role: 'node',
  index: 0,
  name: 'train-node-0-0',
  namespace: 'nlp',
  hostname: 'train-node-0-0',
  addresses: [],
  labels: {},
  annotations: {},
  spec: { containers: [], ...spec },
  main: 'node',
  ...more,
})

const live = (spec: Partial<PodSpec>, metadata: Pod['metadata'] = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'train-node-0-0-abcde', ...metadata },
  spec: { containers: [], ...spec },
})

/** Differences as `path expected/found`. */
const differences = (expected: ModelPod, found: Pod) =>
  comparePodToModel(expected, found).map(({ path, v1, v2 }) => `${path} ${v1}/${v2}`)

describe('a live pod and its model', () => {
  it('are equal where the API server, admission and the scheduler have added their own', () => {
    const expected = model(
      {
        containers: [
          {
            name: 'node',
            image: 'train:1',
            command: ['python'],
            env: [{ name: 'A', value: '' }, { name: 'B' }],
            ports: [
              { containerPort: 53, protocol: 'UDP', name: 'dns' },
              { containerPort: 53, name: 'dns-tcp' },
            ],
            resources: { limits: { cpu: '1000m', memory: '1024Mi' } },
            volumeMounts: [{ name: 'v', mountPath: '/data', readOnly: false }],
          },
        ],
        tolerations: [{ key: 'gpu', operator: 'Exists' }],
        nodeSelector: {},
        volumes: [{ name: 'v', emptyDir: {} }],
      },
      { labels: { team: 'nlp' } },
    )
    const found = live(
      {
        nodeName: 'node-1',
        priority: 0,
        containers: [
          { name: 'istio-proxy', image: 'istio' },
          {
            name: 'node',
            image: 'train:1',
            imagePullPolicy: 'IfNotPresent',
            command: ['python'],
            env: [{ name: 'A' }, { name: 'B' }, { name: 'INJECTED', value: '1' }],
            ports: [
              { containerPort: 53, protocol: 'TCP', name: 'dns-tcp' },
              { containerPort: 53, protocol: 'UDP', name: 'dns' },
            ],
            resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } },
            volumeMounts: [
              { name: 'kube-api-access-x', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
              { name: 'v', mountPath: '/data' },
            ],
          },
        ],
        tolerations: [
          { key: 'gpu', operator: 'Exists' },
          { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
        ],
        volumes: [{ name: 'v', emptyDir: {} }, { name: 'kube-api-access-x' }],
      },
      { labels: { team: 'nlp', 'batch.kubernetes.io/controller-uid': 'u' } },
    )
    expect(differences(expected, found)).toEqual([])
  })

  it('are equal where JobSet wrote a toleration twice when it resumed its Jobs', () => {
    const toleration = { key: 'spot', operator: 'Exists', tolerationSeconds: 60 }
    expect(differences(model({ tolerations: [toleration] }), live({ tolerations: [toleration, toleration] }))).toEqual(
      [],
    )
  })

  it('are equal once a scheduling gate has been lifted', () => {
    expect(differences(model({ schedulingGates: [{ name: 'example.org/wait' }] }), live({}))).toEqual([])
  })

  it.each<[string, Partial<PodSpec>, Partial<PodSpec>, string]>([
    [
      'another image',
      { containers: [{ name: 'node', image: 'train:1' }] },
      { containers: [{ name: 'node', image: 'mirror/train:1' }] },
      'containers[node].image train:1/mirror/train:1',
    ],
    [
      'a missing container',
      { containers: [{ name: 'node' }, { name: 'proxy', image: 'p' }] },
      { containers: [{ name: 'node' }] },
      'containers[proxy] {"name":"proxy","image":"p"}/absent',
    ],
    [
      'another argument',
      { containers: [{ name: 'node', args: ['a', 'b'] }] },
      { containers: [{ name: 'node', args: ['b', 'a'] }] },
      'containers[node].args[0] a/b',
    ],
    [
      'an argument more',
      { containers: [{ name: 'node', args: ['a'] }] },
      { containers: [{ name: 'node', args: ['a', 'b'] }] },
      'containers[node].args ["a"]/["a","b"]',
    ],
    [
      'a missing env variable',
      { containers: [{ name: 'node', env: [{ name: 'A', value: '1' }] }] },
      { containers: [{ name: 'node' }] },
      'containers[node].env [{"name":"A","value":"1"}]/absent',
    ],
    [
      'a toleration that is not there',
      { tolerations: [{ key: 'gpu', operator: 'Exists' }] },
      { tolerations: [{ key: 'gpu', operator: 'Equal', value: 'x' }] },
      'tolerations[0] {"key":"gpu","operator":"Exists"}/absent',
    ],
    ['a node selector', { nodeSelector: { pool: 'gpu' } }, {}, 'nodeSelector {"pool":"gpu"}/absent'],
    ['a flag', { hostNetwork: true }, {}, 'hostNetwork true/absent'],
    ['less memory', { overhead: { memory: '2Gi' } }, { overhead: { memory: '1Gi' } }, 'overhead.memory 2Gi/1Gi'],
  ])('differ by %s', (_, expected, found, told) => {
    const [first] = differences(model(expected), live(found))
    expect(first).toBe(told)
  })

  it('differ by a label or an annotation', () => {
    const expected = model({}, { labels: { team: 'nlp' }, annotations: { note: 'n' } })
    expect(differences(expected, live({}, { labels: { team: 'cv' } }))).toEqual([
      'labels.team nlp/cv',
      'annotations.note n/absent',
    ])
  })
})

describe('a live JobSet and the one Trainer was to render', () => {
  const rendered: JobSetSpec = {
    suspend: true,
    replicatedJobs: [{ name: 'node', template: { spec: { parallelism: 2, template: { spec: { containers: [] } } } } }],
  }

  it('are equal where the webhook added its defaults', () => {
    const found = structuredClone({
      ...rendered,
      network: { enableDNSHostnames: true },
      replicatedJobs: rendered.replicatedJobs.map((job) => ({ ...job, replicas: 1, groupName: 'default' })),
    })
    expect(compareJobSet(rendered, found)).toEqual([])
  })

  it('differ by what is not as rendered', () => {
    const found = structuredClone(rendered)
    const [job] = found.replicatedJobs
    if (job) job.template.spec.parallelism = 3
    expect(compareJobSet(rendered, found)).toEqual([
      { pod: '', rank: 0, path: 'replicatedJobs[node].template.spec.parallelism', v1: '2', v2: '3' },
    ])
  })
})

describe('the model a live pod is', () => {
  const place = (job: string, jobIndex: string, index: string) => ({
    'jobset.sigs.k8s.io/replicatedjob-name': job,
    'jobset.sigs.k8s.io/job-index': jobIndex,
    'batch.kubernetes.io/job-completion-index': index,
  })
  const models = [
    model({}, { name: 'train-master-0-0', labels: place('master', '0', '0') }),
    model({}, { name: 'train-worker-0-0', labels: place('worker', '0', '0') }),
    model({}, { name: 'train-worker-1-0', labels: place('worker', '1', '0') }),
  ]

  it.each([
    ['master', '0', '0', 'train-master-0-0'],
    ['worker', '1', '0', 'train-worker-1-0'],
    ['worker', '2', '0', undefined],
    ['worker', '1', '1', undefined],
  ])('%s %s %s is %s', (job, jobIndex, index, name) => {
    expect(modelOf(models, live({}, { labels: place(job, jobIndex, index) }))?.name).toBe(name)
  })
})
