import { describe, expect, it } from 'vitest'
import { convertJob } from '../../src/convert/convert.ts'
import type { Condition, KubeObject } from '../../src/kube/object.ts'
import type { Pod } from '../../src/kube/pod.ts'
import { trainingAnnotations } from '../../src/sandbox/training.ts'
import type { V1Kind } from '../../src/v1/kinds.ts'
import { kindManifest, type RoleOptions } from './kind-manifest.ts'
import { refusal, type SandboxWorld, sandboxWorld } from './sandbox-world.ts'

const jobs = '/apis/kubeflow.org/v1/namespaces/nlp/pytorchjobs'
const pods = '/api/v1/namespaces/nlp/pods'
const trainJobs = '/apis/trainer.kubeflow.org/v1alpha1/namespaces/nlp/trainjobs'

function bert(annotations: Record<string, string> = {}, restartPolicy = 'OnFailure'): KubeObject {
  const template = { metadata: { annotations }, spec: { containers: [{ name: 'pytorch', image: 'train:1' }] } }
  const replica = { replicas: 1, restartPolicy, template }
  return {
    apiVersion: 'kubeflow.org/v1',
    kind: 'PyTorchJob',
    metadata: { name: 'bert', namespace: 'nlp' },
    spec: { pytorchReplicaSpecs: { Master: replica, Worker: { ...replica, replicas: 2 } } },
  }
}

function phases(world: SandboxWorld): string[] {
  const { items } = world.get<{ items: Pod[] }>(pods)
  return items.map(({ metadata, status }) => `${metadata.name?.replace(/-\w{5}$/, '-?')} ${status?.phase}`)
}

function conditions(object: KubeObject): string[] {
  const { conditions: list = [] } = (object['status'] ?? {}) as { conditions?: Condition[] }
  return list.map(({ type, status }) => `${type} ${status}`)
}

describe('a v1 job in the sandbox', () => {
  it('has events that stand there as if somebody had created them, though they are not checked', () => {
    const world = sandboxWorld()
    world.sandbox.add(bert({ [trainingAnnotations.failsAt]: '3' }, 'Never'), 'me')
    world.pass(60)
    const { items } = world.get<{ items: KubeObject[] }>('/api/v1/namespaces/nlp/events')
    expect(items.length).toBeGreaterThan(8)
    for (const event of items) {
      const { creationTimestamp: _, uid: __, resourceVersion: ___, managedFields, ...own } = event.metadata
      const name = `${own.name}.again`
      const body = { ...event, apiVersion: 'v1', kind: 'Event', metadata: { ...own, name } }
      const path = '/api/v1/namespaces/nlp/events?fieldValidation=Strict&fieldManager=again'
      const { body: made } = world.ask('POST', path, body) as { body: KubeObject }
      const { metadata, ...rest } = made
      expect({ ...rest, apiVersion: undefined, kind: undefined }).toEqual({ ...event, metadata: undefined })
      const fields = (of: unknown) => (of as { fieldsV1: unknown }[])[0]?.fieldsV1
      expect(fields(metadata['managedFields'])).toEqual(fields(managedFields))
    }
  })

  it('gets pods that run, and Services', () => {
    const world = sandboxWorld()
    world.sandbox.add(bert(), 'me')
    world.pass(5)
    expect(phases(world)).toEqual(['bert-master-0 Running', 'bert-worker-0 Running', 'bert-worker-1 Running'])
    expect(conditions(world.get(`${jobs}/bert`))).toEqual(['Created True', 'Running True'])
    const services = world.get<{ items: KubeObject[] }>('/api/v1/namespaces/nlp/services')
    expect(services.items.map(({ metadata }) => metadata.name)).toEqual([
      'bert-master-0',
      'bert-worker-0',
      'bert-worker-1',
    ])
  })

  it('loses them when it is suspended, and has them back under the same names', () => {
    const world = sandboxWorld()
    world.sandbox.add(bert(), 'me')
    world.pass(5)
    world.ask('PATCH', `${jobs}/bert`, { spec: { runPolicy: { suspend: true } } })
    world.pass(5)
    expect(phases(world)).toEqual([])
    expect(conditions(world.get(`${jobs}/bert`))).toEqual(['Created True', 'Running False', 'Suspended True'])
    world.ask('PATCH', `${jobs}/bert`, { spec: { runPolicy: { suspend: false } } })
    world.pass(5)
    expect(phases(world)).toHaveLength(3)
    expect(conditions(world.get(`${jobs}/bert`))).toEqual(['Created True', 'Suspended False', 'Running True'])
  })

  it('tells which pods and Services are made and deleted, and keeps when it started', () => {
    const world = sandboxWorld()
    world.sandbox.add(bert(), 'me')
    world.pass(5)
    world.ask('PATCH', `${jobs}/bert`, { spec: { runPolicy: { suspend: true } } })
    world.pass(5)
    const { items } = world.get<{ items: readonly { involvedObject: { kind: string }; reason: string }[] }>(
      '/api/v1/namespaces/nlp/events',
    )
    const told = items.flatMap(({ involvedObject: { kind }, reason }) => (kind === 'PyTorchJob' ? [reason] : []))
    const counts = Object.fromEntries(told.map((reason) => [reason, told.filter((other) => other === reason).length]))
    expect(counts).toEqual({
      SuccessfulCreatePod: 3,
      SuccessfulCreateService: 3,
      SuccessfulDeletePod: 3,
      SuccessfulDeleteService: 3,
      PyTorchJobSuspended: 1,
    })
    expect(world.get(`${jobs}/bert`)['status']).toMatchObject({ startTime: '2026-03-01T12:00:00Z' })
  })

  it('succeeds when its Master has trained all steps', () => {
    const world = sandboxWorld()
    world.sandbox.add(bert({ [trainingAnnotations.steps]: '20' }), 'me')
    world.pass(30)
    expect(conditions(world.get(`${jobs}/bert`)).at(-1)).toBe('Succeeded True')
  })

  it.each([
    ['Never', '1', 'Failed True'],
    ['OnFailure', '1', 'Running True'],
    ['ExitCode', '1', 'Failed True'],
    ['ExitCode', '137', 'Running True'],
  ])('with restartPolicy %s and exit code %s is %s', (policy, code, last) => {
    const world = sandboxWorld()
    const annotations = { [trainingAnnotations.failsAt]: '10', [trainingAnnotations.exitCode]: code }
    world.sandbox.add(bert(annotations, policy), 'me')
    world.pass(16)
    const all = conditions(world.get(`${jobs}/bert`))
    expect(all.includes(last) || all.includes('Restarting True')).toBe(true)
    expect(all.includes('Failed True')).toBe(last === 'Failed True')
  })

  it('takes what it owns with it', () => {
    const world = sandboxWorld()
    world.sandbox.add(bert(), 'me')
    world.pass(5)
    world.ask('DELETE', `${jobs}/bert`)
    world.pass(5)
    expect(phases(world)).toEqual([])
    expect(world.get<{ items: [] }>('/api/v1/namespaces/nlp/services').items).toEqual([])
  })

  it.each<[V1Kind, Record<string, RoleOptions>]>([
    ['PyTorchJob', { Master: { replicas: 1 }, Worker: { replicas: 2 } }],
    ['TFJob', { Chief: { replicas: 1 }, PS: { replicas: 1 }, Worker: { replicas: 2 } }],
    ['MPIJob', { Launcher: { replicas: 1 }, Worker: { replicas: 2 } }],
    ['XGBoostJob', { Master: { replicas: 1 }, Worker: { replicas: 2 } }],
    ['PaddleJob', { Worker: { replicas: 2 } }],
    ['JAXJob', { Worker: { replicas: 2 } }],
  ])('runs as a %s, and as the TrainJob of it', (kind, roles) => {
    const world = sandboxWorld()
    const job = kindManifest(kind, roles)
    world.sandbox.add(job, 'me')
    world.pass(5)
    const before = phases(world)
    expect(before.length).toBeGreaterThan(0)
    expect(before.every((text) => text.endsWith('Running'))).toBe(true)
    const { runtime, trainJob, extras } = convertJob(job, {
      live: false,
      run: true,
      anyName: true,
      toolVersion: 'test',
      mpi: 'exec',
    })
    const named = { ...trainJob, metadata: { ...trainJob.metadata, name: 'twin' } }
    for (const object of [runtime, ...extras, named]) world.sandbox.add(object, 'me')
    world.pass(10)
    expect(phases(world)).toHaveLength(2 * before.length)
    expect(world.get<KubeObject>(`${trainJobs}/twin`)['status']).toMatchObject({ jobsStatus: expect.any(Array) })
  })
})

describe('a TrainJob in the sandbox', () => {
  function withTrainJob(suspend: boolean): SandboxWorld {
    const world = sandboxWorld()
    const { runtime, trainJob } = convertJob(bert({ [trainingAnnotations.steps]: '30' }), {
      live: false,
      run: true,
      anyName: true,
      toolVersion: 'test',
    })
    world.sandbox.add(runtime, 'me')
    world.sandbox.add({ ...trainJob, spec: { ...trainJob.spec, suspend } }, 'me')
    world.pass(5)
    return world
  }

  it('shows its JobSet and no pod while it is suspended', () => {
    const world = withTrainJob(true)
    expect(phases(world)).toEqual([])
    expect(world.get<{ items: [] }>('/apis/jobset.x-k8s.io/v1alpha2/namespaces/nlp/jobsets').items).toHaveLength(1)
    expect(conditions(world.get(`${trainJobs}/bert`))).toEqual(['Suspended True'])
  })

  it('runs when it is resumed, and completes', () => {
    const world = withTrainJob(true)
    world.ask('PATCH', `${trainJobs}/bert`, { spec: { suspend: false } })
    world.pass(5)
    expect(phases(world)).toEqual(['bert-node-0-0-? Running', 'bert-node-0-1-? Running', 'bert-node-0-2-? Running'])
    world.pass(60)
    expect(conditions(world.get(`${trainJobs}/bert`))).toEqual(['Suspended False', 'Complete True'])
  })

  it('leaves nothing behind when it is deleted', () => {
    const world = withTrainJob(false)
    world.ask('DELETE', `${trainJobs}/bert`)
    world.pass(5)
    expect(phases(world)).toEqual([])
    for (const path of [
      '/apis/jobset.x-k8s.io/v1alpha2/namespaces/nlp/jobsets',
      '/apis/batch/v1/namespaces/nlp/jobs',
    ]) {
      expect(world.get<{ items: [] }>(path).items).toEqual([])
    }
  })
})

describe('the log of a container', () => {
  const log = (world: SandboxWorld, query = '') => {
    const answer = world.ask('GET', `${pods}/bert-master-0/log${query}`)
    return 'text' in answer ? answer.text.split('\n') : answer
  }

  it('tells steps and losses as they come', () => {
    const world = sandboxWorld()
    world.sandbox.add(bert(), 'me')
    world.pass(10)
    const first = log(world) as string[]
    expect(first[0]).toMatch(/^step=1 loss=\d\.\d{4} lr=0\.0003 step_time=\S+ samples\/s=\S+$/)
    world.pass(5)
    expect((log(world) as string[]).length - first.length).toBe(5)
  })

  it('can be asked for its end, and for the time of each line', () => {
    const world = sandboxWorld()
    world.sandbox.add(bert(), 'me')
    world.pass(30)
    expect(log(world, '?tailLines=2')).toHaveLength(3)
    expect((log(world, '?timestamps=true') as string[])[0]).toMatch(/^2026-03-01T12:00:0\d\.\d+Z step=1 /)
  })

  it('has every step of a training that is over', () => {
    const world = sandboxWorld()
    world.sandbox.add(bert({ [trainingAnnotations.steps]: '3' }), 'me')
    world.pass(60)
    expect(log(world)).toEqual([
      expect.stringMatching(/^step=1 /),
      expect.stringMatching(/^step=2 /),
      expect.stringMatching(/^step=3 /),
      '',
    ])
  })

  it('can be asked for so many lines, of which a step may have two', () => {
    const world = sandboxWorld()
    const training = { [trainingAnnotations.steps]: '4', [trainingAnnotations.checkpointEvery]: '4' }
    world.sandbox.add(bert(training), 'me')
    world.pass(60)
    const saved = 'saved checkpoint at step 4'
    expect(log(world, '?tailLines=1')).toEqual([saved, ''])
    expect(log(world, '?tailLines=2')).toEqual([expect.stringMatching(/^step=4 /), saved, ''])
    expect(log(world, '?tailLines=0')).toEqual([''])
  })

  it("is the last run's while the next one is waited for, and ends there for who follows", () => {
    const world = sandboxWorld()
    const pod = (restartPolicy: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bert-master-0', namespace: 'nlp', annotations: { [trainingAnnotations.failsAt]: '3' } },
      spec: { restartPolicy, containers: [{ name: 'main', image: 'train:1' }] },
    })
    world.sandbox.add(pod('OnFailure') as KubeObject, 'me')
    world.pass(2)
    const followed = world.ask('GET', `${pods}/bert-master-0/log?follow=true`)
    let text = ''
    let ended = false
    if ('follow' in followed)
      followed.follow(
        (more) => {
          text += more
        },
        () => {
          ended = true
        },
      )
    world.pass(4)
    const steps = ['step=1', 'step=2', 'step=3', '']
    const first = (lines: unknown) => (lines as string[]).map((line) => line.split(' ')[0])
    expect([first(text.split('\n')), ended]).toEqual([steps, true])
    expect(first(log(world))).toEqual(steps)
    expect(first(log(world, '?previous=true'))).toEqual(steps)
    world.pass(11)
    expect(first(log(world))).not.toEqual(steps)
    expect(log(world, '?previous=true')).toMatchObject({ code: 501 })
  })

  it('of a pod without a node is empty', () => {
    const world = sandboxWorld()
    const spec = { nodeSelector: { nowhere: 'true' }, containers: [{ name: 'main', image: 'train:1' }] }
    world.sandbox.add(
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bert-master-0', namespace: 'nlp' }, spec },
      'me',
    )
    world.pass(5)
    expect(world.ask('GET', `${pods}/bert-master-0/log`)).toEqual({ code: 204, text: '' })
  })

  it('ends after so many bytes', () => {
    const world = sandboxWorld()
    world.sandbox.add(bert(), 'me')
    world.pass(30)
    expect(log(world, '?limitBytes=10')).toEqual(['step=1 los'])
  })

  it('has none before a restart that never was', () => {
    const world = sandboxWorld()
    world.sandbox.add(bert(), 'me')
    world.pass(30)
    expect(refusal(world.ask('GET', `${pods}/bert-master-0/log?previous=true`))).toEqual([
      400,
      'BadRequest',
      'previous terminated container "pytorch" in pod "bert-master-0" not found',
    ])
  })

  it('is refused while the container waits', () => {
    const world = sandboxWorld()
    world.sandbox.add(bert(), 'me')
    world.pass(0.2)
    expect(log(world)).toMatchObject({ code: 400 })
  })
})
