import { describe, expect, it } from 'vitest'
import { type ManifestOptions, pytorchJobOf } from '../../test/unit/pytorch-manifest.ts'
import { v1Pods } from './pods.ts'

const pods = (options: ManifestOptions = {}) => v1Pods(pytorchJobOf(options))

describe('the pods of a v1 job', () => {
  it('are named by role and index, Master first, and reached by their names', () => {
    expect(pods({ master: {}, worker: {}, metadata: { namespace: 'nlp' } }).map(({ name }) => name)).toEqual([
      'train-master-0',
      'train-worker-0',
      'train-worker-1',
    ])
    const [master] = pods({ master: {}, metadata: { namespace: 'nlp' } })
    expect(master).toMatchObject({ role: 'master', index: 0, namespace: 'nlp', hostname: 'train-master-0' })
    expect(master?.addresses).toEqual([
      'train-master-0.nlp.svc.cluster.local',
      'train-master-0.nlp.svc',
      'train-master-0.nlp',
      'train-master-0',
    ])
  })

  it('have the operator’s labels over the template’s', () => {
    const metadata = { labels: { team: 'nlp', 'training.kubeflow.org/job-name': 'mine' }, annotations: { note: 'n' } }
    const [, , second] = pods({ master: {}, worker: { metadata } })
    expect(second?.labels).toEqual({
      team: 'nlp',
      'training.kubeflow.org/operator-name': 'pytorchjob-controller',
      'training.kubeflow.org/job-name': 'train',
      'training.kubeflow.org/replica-type': 'worker',
      'training.kubeflow.org/replica-index': '1',
    })
    expect(second?.annotations).toEqual({ note: 'n' })
  })

  it('have none of the job’s own labels', () => {
    const [pod] = pods({ worker: {}, metadata: { labels: { app: 'train' }, annotations: { owner: 'me' } } })
    expect(pod?.labels).not.toHaveProperty('app')
    expect(pod?.annotations).toEqual({})
  })

  it.each([
    ['the Master', { master: {}, worker: {} }, ['master', undefined, undefined]],
    ['the first Worker where there is no Master', { worker: {} }, ['master', undefined]],
    ['the only pod', { master: {} }, ['master']],
  ])('mark %s as the master', (_, options, roles) => {
    expect(pods(options).map(({ labels }) => labels['training.kubeflow.org/job-role'])).toEqual(roles)
  })

  it.each([
    ['OnFailure', 'OnFailure'],
    ['Never', 'Never'],
    ['Always', 'Always'],
    ['ExitCode', 'Never'],
  ])('of a replica with restartPolicy %s have %s, whatever the template says', (restartPolicy, expected) => {
    const [pod] = pods({ worker: { restartPolicy, pod: { restartPolicy: 'Sometimes' } } })
    expect(pod?.spec.restartPolicy).toBe(expected)
  })

  it('wait for the Master in an init container of theirs, after the template’s own', () => {
    const pod = { initContainers: [{ name: 'fetch', image: 'f' }] }
    const [master, worker] = pods({ master: { pod }, worker: { pod } })
    expect(master?.spec.initContainers?.map(({ name }) => name)).toEqual(['fetch'])
    expect(worker?.spec.initContainers).toEqual([
      { name: 'fetch', image: 'f' },
      {
        name: 'init-pytorch',
        image: 'alpine:3.10',
        imagePullPolicy: 'IfNotPresent',
        command: [
          'sh',
          '-c',
          'err=1;for i in $(seq 100); do if nslookup train-master-0; then err=0 && break; fi;echo waiting for master; sleep 2; done; exit $err',
        ],
        resources: { limits: { cpu: '100m', memory: '20Mi' }, requests: { cpu: '50m', memory: '10Mi' } },
      },
    ])
  })

  it('do not wait where there is no Master', () => {
    expect(pods({ worker: {} })[0]?.spec).not.toHaveProperty('initContainers')
  })

  it('have the operator’s env in every container, but in no init container', () => {
    const [pod] = pods({
      worker: {
        sidecars: [{ name: 'proxy', image: 'p', env: [{ name: 'A', value: '1' }] }],
        pod: { initContainers: [{ name: 'agent', image: 'a', restartPolicy: 'Always' }] },
      },
    })
    const names = pod?.spec.containers.map(({ env = [] }) => env.map(({ name }) => name))
    expect(names).toEqual([
      ['PYTHONUNBUFFERED', 'PET_NPROC_PER_NODE', 'PET_NNODES'],
      ['A', 'PYTHONUNBUFFERED', 'PET_NPROC_PER_NODE', 'PET_NNODES'],
    ])
    expect(pod?.spec.initContainers?.[0]).not.toHaveProperty('env')
  })

  it('keep every other field of the template', () => {
    const pod = { nodeSelector: { pool: 'gpu' }, hostNetwork: true, hostname: 'custom' }
    const [first] = pods({ worker: { pod, container: { workingDir: '/work' } } })
    expect(first?.spec).toMatchObject(pod)
    expect(first?.spec.containers[0]?.['workingDir']).toBe('/work')
    expect(first?.hostname).toBe('custom')
  })
})
