import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { kindManifest } from '../../test/unit/kind-manifest.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { type OperatorsOptions, startOperators } from '../../test/unit/operators.ts'
import { type Ran, runMoving } from '../../test/unit/run-moving.ts'
import type { KubeObject } from '../kube/object.ts'
import type { PodStatus } from '../kube/pod.ts'
import { resources } from '../kube/resources.ts'
import { parseRecord } from '../migration/record.ts'
import { isSuspended } from '../v1/state.ts'

interface Given extends OperatorsOptions {
  readonly v1?: KubeObject
  readonly beside?: readonly KubeObject[]
}

function world(given: Given = {}): FakeCluster {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [given.v1 ?? v1Job('bert'), ...(given.beside ?? [])] })
  startOperators(cluster, given)
  return cluster
}

/** What a run wrote but for its record, and what runs then. */
function left(cluster: FakeCluster, { code, writes }: Ran) {
  const pods = cluster.all(resources.pods).map(({ metadata }) => metadata.labels ?? {})
  return {
    code,
    writes: writes.filter((line) => !/ (configmaps|secrets|leases\.\S+) nlp migration-/.test(line)),
    v1: pods.filter((labels) => 'training.kubeflow.org/job-name' in labels).length,
    twin: pods.filter((labels) => labels['jobset.sigs.k8s.io/jobset-name'] === 'bert-v2').length,
    held: cluster.all(resources.pytorchJobs).some(isSuspended),
  }
}

const runtime = expect.stringMatching(/^create trainingruntimes\.trainer\.kubeflow\.org nlp v1-pytorch-/)
const whole = [
  runtime,
  'create trainjobs.trainer.kubeflow.org nlp bert-v2',
  'patch trainjobs.trainer.kubeflow.org nlp bert-v2',
]
const removed = 'delete trainjobs.trainer.kubeflow.org nlp bert-v2'
const exited: PodStatus = {
  phase: 'Running',
  containerStatuses: [{ name: 'node', state: { terminated: { exitCode: 1 } } }],
}
const onTwin = (status: PodStatus) => (pod: { role: string }) => (pod.role === 'node' ? status : undefined)

describe('start', () => {
  it('runs a twin beside v1 with three writes, and leaves v1 alone', async () => {
    const cluster = world()
    const ran = await runMoving('start job bert --yes', cluster)
    expect(ran.stdout).toBe('nlp/bert has a twin, bert-v2: 3 of 3 pods run, equal to the proof; v1 runs on\n')
    expect(left(cluster, ran)).toEqual({ code: 0, writes: whole, v1: 3, twin: 3, held: false })
  })

  it('tells what it did in a pipe', async () => {
    const { stderr } = await runMoving('start job bert --yes --observe 0', world())
    expect(
      stderr
        .replaceAll(/^\S+Z /gm, '')
        .replaceAll(/v1-pytorch-\w{10}/g, 'RUNTIME')
        .replaceAll(/\d\.\d s/g, 'S')
        .split('\n'),
    ).toEqual([
      'nlp/bert   PyTorchJob -> TrainJob bert-v2   3 pods, proved the same',
      '  changed    spec.runPolicy.cleanPodPolicy: pods that still run when the job has succeeded are stopped',
      '  ✓ guards     17 of 17 passed (owner not concerned, kueue none)',
      'runtime: done in S: RUNTIME, content equal',
      'TrainJob: done in S: bert-v2 is there, suspended',
      'preview: done in S: operators render 3 pods, equal to the proof',
      'start twin: done in S: 3 of 3 pods run, equal to the proof',
      'observe: done in S: 3 of 3 pods run, equal to the proof',
      'Next:',
      '  kubectl migrate status pytorchjob/bert -n nlp',
      '  kubectl migrate compare pytorchjob/bert -n nlp   (their losses and speed)',
      '  kubectl migrate rollback pytorchjob/bert -n nlp   (removes the twin)',
      '',
    ])
  })

  it('takes the twin back when it fails, and says why in the first line', async () => {
    const cluster = world({ fate: onTwin(exited) })
    const ran = await runMoving('start job bert --yes', cluster)
    expect(ran.stdout).toBe(
      'nlp/bert got NO twin: rank 0 (master-0) failed: container node ended with exit code 1; nothing of it is left, v1 was never touched\n',
    )
    expect(left(cluster, ran)).toEqual({ code: 5, writes: [...whole, removed], v1: 3, twin: 0, held: false })
  })

  it.each([{ trainer: false }, { jobSet: false }])(
    'starts nothing where an operator is down: %o',
    async (operators) => {
      const cluster = world(operators)
      const ran = await runMoving('start job bert --yes', cluster)
      const look = 'kubectl get pods -A | grep -e trainer -e jobset   (do the controllers run?)'
      expect(ran.stderr).toContain(`Next:\n  ${look}\n  kubectl migrate start pytorchjob/bert -n nlp `)
      expect(left(cluster, ran)).toEqual({
        code: 1,
        writes: [...whole.slice(0, 2), removed],
        v1: 3,
        twin: 0,
        held: false,
      })
    },
  )

  it('starts no twin of a job that finishes while it is prepared', async () => {
    const cluster = world()
    cluster.onChange(({ resource, type }) => {
      if (resource !== resources.jobSets || type !== 'ADDED') return
      for (const pod of cluster.all(resources.pods)) cluster.put({ ...pod, status: { phase: 'Succeeded' } })
    })
    const ran = await runMoving('start job bert --yes', cluster)
    expect(ran.stdout).toBe(
      "nlp/bert got NO twin: v1's bert-master-0 succeeded by itself; nothing of it is left, v1 was never touched\n",
    )
    expect([ran.code, left(cluster, ran).writes]).toEqual([1, [...whole.slice(0, 2), removed]])
  })

  it('does nothing twice', async () => {
    const cluster = world()
    await runMoving('start job bert --yes', cluster)
    const again = await runMoving('start job bert --yes', cluster)
    expect(again.stdout).toBe('nlp/bert has a twin already, bert-v2: 3 of 3 pods run, equal to the proof; v1 runs on\n')
    expect(left(cluster, again)).toEqual({ code: 0, writes: [], v1: 3, twin: 3, held: false })
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('killed at its write %d is gone on with by the same command', async (write) => {
    for (const when of ['before', 'after'] as const) {
      const cluster = world()
      await runMoving('start job bert --yes', cluster, { killed: { write, when } })
      const ran = await runMoving('start job bert --yes', cluster)
      expect({ when, ...left(cluster, ran), writes: [] }).toEqual({
        when,
        code: 0,
        writes: [],
        v1: 3,
        twin: 3,
        held: false,
      })
    }
  })

  it.each([
    ['at once', '2026-01-01T00:00:01Z'],
    ['a day later', '2026-01-02T00:00:00Z'],
  ])('without its last write, and typed again %s: its record says that the twin is started', async (_, time) => {
    const cluster = world()
    const whole = await runMoving('start job bert --yes --observe 0', world())
    const last = whole.writes.findLastIndex((line) => line.startsWith('patch configmaps'))
    let left = whole.writes.slice(0, last + 1).filter((line) => line.startsWith('patch configmaps')).length
    const patch = cluster.patch.bind(cluster)
    cluster.patch = async (resource, ...rest) => {
      if (resource === resources.configMaps && --left === 0) throw new Error('lost')
      return patch(resource, ...rest) as never
    }
    await runMoving('start job bert --yes --observe 0', cluster)
    cluster.patch = patch
    const resumed = { type: 'Suspended', status: 'False', lastTransitionTime: '2026-01-01T00:00:02Z' }
    for (const twin of cluster.all(resources.trainJobs)) cluster.put({ ...twin, status: { conditions: [resumed] } })
    const states = () => cluster.all(resources.configMaps).map((object) => parseRecord(object))
    expect(states()).toMatchObject([{ state: 'moving' }])
    const again = await runMoving('start job bert --yes --observe 0', cluster, { now: () => new Date(time) })
    expect([again.code, states()]).toMatchObject([0, [{ state: 'started' }]])
    expect(cluster.all(resources.leases)).toEqual([])
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('killed at its write %d is taken back by rollback', async (write) => {
    const cluster = world()
    await runMoving('start job bert --yes', cluster, { killed: { write, when: 'after' } })
    const ran = await runMoving('rollback job bert --yes', cluster)
    expect({ ...left(cluster, ran), writes: [] }).toEqual({ code: 0, writes: [], v1: 3, twin: 0, held: false })
    expect(cluster.all(resources.trainJobs)).toEqual([])
  })

  it('gives way to rollback, which removes the twin and leaves v1 alone', async () => {
    const cluster = world()
    await runMoving('start job bert --yes', cluster)
    const ran = await runMoving('rollback job bert --yes', cluster)
    expect(ran.stdout).toBe('nlp/bert is rolled back: twin removed, v1 runs on\n')
    expect(left(cluster, ran)).toEqual({ code: 0, writes: [removed], v1: 3, twin: 0, held: false })
  })
})

/** The job with a volume, mounted by the container that trains. */
function withVolume(source: Record<string, unknown>, args: string[] = []): KubeObject {
  return kindManifest('PyTorchJob', {
    Worker: {
      replicas: 2,
      container: { args, volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      pod: { volumes: [{ name: 'data', ...source }] },
    },
  })
}

const claim: KubeObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'nlp-data', namespace: 'nlp' },
  spec: { accessModes: ['ReadWriteMany'] },
}
const onClaim = withVolume({ persistentVolumeClaim: { claimName: 'nlp-data' } }, ['--output_dir=/data/ckpt'])

describe('volumes that v1 writes to', () => {
  it('are refused until each is decided, with one command that decides them', async () => {
    const cluster = world({ v1: onClaim, beside: [claim] })
    const ran = await runMoving('start job train --yes --env A=1', cluster)
    expect(ran.stderr.split('\n').map((line) => line.trim())).toEqual([
      'error: nlp/train is not given a twin: v1 and the twin would both write to volume data (PersistentVolumeClaim nlp-data, ReadWriteMany): writable at /data; --output_dir=/data/ckpt lies in it',
      'two trainings that write the same files destroy each other’s checkpoints: keep each apart (subpath, emptydir, readonly) or share it',
      'nothing was changed',
      'kubectl migrate start pytorchjob/train -n nlp --env A=1 --isolate data=subpath',
      '--share-volumes   (where they do not write to the same files)',
      '',
    ])
    expect(left(cluster, ran).writes).toEqual([])
  })

  const made = (cluster: FakeCluster) => JSON.stringify(cluster.all(resources.trainJobs)[0]?.['spec'])

  it.each([
    ['data=readonly', '"readOnly":true', 'is mounted read-only in the twin'],
    [
      'data=subpath',
      '"subPath":"kubectl-migrate/train-v2"',
      'volume data gives the twin a folder of its own, kubectl-migrate/train-v2',
    ],
    ['data=emptydir', '"emptyDir":{}', 'is an empty folder of its own in each pod of the twin'],
  ])('--isolate %s is proved, rendered and told', async (isolate, rendered, told) => {
    const cluster = world({ v1: onClaim, beside: [claim] })
    const ran = await runMoving(`start job train --yes --isolate ${isolate}`, cluster)
    expect(ran.code, ran.stderr).toBe(0)
    expect(made(cluster)).toContain(rendered)
    expect(ran.stderr).toContain('spec.pytorchReplicaSpecs.Worker.template.spec.volumes[0]')
    expect(ran.stderr).toContain(told)
  })

  it('--share-volumes leaves them as they are, and says so', async () => {
    const cluster = world({ v1: onClaim, beside: [claim] })
    const ran = await runMoving('start job train --yes --share-volumes', cluster)
    expect([ran.code, made(cluster).includes('subPath')]).toEqual([0, false])
    expect(ran.stderr).toContain('volume data is written to by v1 and its twin alike')
  })

  it.each([
    ['--isolate daten=readonly', 'error: --isolate daten=…: PyTorchJob nlp/train has no volume of that name'],
    [
      '--isolate data=ro',
      'error: --isolate cannot be "data=ro": it takes VOLUME=HOW, HOW one of readonly, subpath, emptydir, share',
    ],
    ['--env A', 'error: --env cannot be "A": it takes NAME=VALUE'],
    ['--nodes 0', 'error: --nodes cannot be "0": it takes a whole number, at least 1'],
    ['--nodes 2 --isolate data=subpath', 'error: a twin of PyTorchJob train cannot have 2 nodes'],
    ['--suffix _2', 'error: --suffix cannot be "_2": it takes a-z, 0-9 and -, not ending in -'],
  ])('%s is wrong usage', async (words, message) => {
    const ran = await runMoving(`start job train --yes ${words}`, world({ v1: onClaim, beside: [claim] }))
    expect([ran.code, ran.stderr.split('\n')[0], ran.stdout]).toEqual([2, message, ''])
  })
})

describe('a short cheap twin', () => {
  it('has fewer nodes, env and a command of its own, each a finding, and is proved', async () => {
    const cluster = world()
    const ran = await runMoving('start job bert --yes --nodes 2 --env MAX_STEPS=10 --command ./try.sh', cluster)
    expect(left(cluster, ran)).toMatchObject({ code: 0, v1: 3, twin: 2 })
    const spec = cluster.all(resources.trainJobs)[0]?.['spec'] as { trainer: Record<string, unknown> }
    expect(spec.trainer).toMatchObject({
      numNodes: 2,
      command: ['/bin/sh', '-c', './try.sh'],
      env: expect.arrayContaining([{ name: 'MAX_STEPS', value: '10' }]),
    })
    for (const told of [
      'Worker.replicas: the twin has 1 of 2 workers: 2 of 3 nodes',
      'Master.template.spec.containers[0].env: the twin has MAX_STEPS of its own',
      'Master.template.spec.containers[0].command: the twin runs another command',
    ])
      expect(ran.stderr).toContain(told)
  })
})

describe('start refuses', () => {
  const refused = async (words: string, given: Given = {}) => {
    const cluster = world(given)
    const ran = await runMoving(words, cluster)
    expect([ran.code, ran.stdout, left(cluster, ran).writes]).toEqual([1, '', []])
    return ran.stderr.split('\n').map((line) => line.trim())
  }

  it('a name that is too long with the suffix, and says the longest that works', async () => {
    const name = 'a'.repeat(47)
    expect(await refused(`start job ${name} --yes`, { v1: v1Job(name) })).toEqual([
      `error: nlp/${name} is not given a twin: its twin’s name ${name}-v2 has 50 characters, and a TrainJob of this shape may have 48`,
      "JobSet refuses pod names of more than 63 characters, and adds 15 to the job's",
      'nothing was changed',
      'no suffix fits: a job of so long a name cannot have a twin; cutover needs none',
      '',
    ])
    const shorter = 'a'.repeat(46)
    expect(await refused(`start job ${shorter} --yes`, { v1: v1Job(shorter) })).toContain(
      '--suffix -v   (2 characters are the most that fit)',
    )
  })

  it('a suspended job', async () => {
    const [line] = await refused('start job bert --yes', { v1: v1Job('bert', { suspend: true }) })
    expect(line).toBe('error: nlp/bert is not given a twin: it is suspended, and a twin runs beside its job')
  })

  it('a TrainJob of the twin’s name that somebody else made', async () => {
    const other: KubeObject = {
      apiVersion: 'trainer.kubeflow.org/v1alpha1',
      kind: 'TrainJob',
      metadata: { name: 'bert-v2', namespace: 'nlp' },
      spec: { runtimeRef: { name: 'torch' } },
    }
    const [line] = await refused('start job bert --yes', { beside: [other] })
    expect(line).toBe(
      'error: nlp/bert is not given a twin: there is a TrainJob bert-v2 already, and it was not made from this PyTorchJob',
    )
  })

  it('a second twin', async () => {
    const cluster = world()
    await runMoving('start job bert --yes', cluster)
    const { stderr } = await runMoving('start job bert --yes --suffix -b', cluster)
    expect(stderr.split('\n').map((line) => line.trim())).toEqual([
      'error: nlp/bert is not given a twin: it has a twin already, TrainJob bert-v2',
      'nothing was changed',
      'kubectl migrate rollback pytorchjob/bert -n nlp   (removes it; v1 runs on)',
      '',
    ])
  })

  it('a copy the quota has no room for', async () => {
    const quota: KubeObject = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'small', namespace: 'nlp' },
      spec: { hard: { pods: '5' } },
      status: { used: { pods: '3' } },
    }
    expect(await refused('start job bert --yes', { beside: [quota] })).toEqual([
      'error: nlp/bert is not given a twin: ResourceQuota small gives 5 pods: 3 are used, and the twin takes 3',
      'nothing was changed',
      '--nodes N   (a twin with fewer pods, for a short trial)',
      'ask for a larger quota, or cut over without a twin',
      '',
    ])
  })

  it('a job that is cut over', async () => {
    const cluster = world()
    await runMoving('cutover job bert --yes', cluster)
    const { code, stderr } = await runMoving('start job bert --yes', cluster)
    expect([code, stderr.split('\n')[0]]).toEqual([
      1,
      'error: nlp/bert is not given a twin: it is suspended, and a twin runs beside its job',
    ])
  })
})
