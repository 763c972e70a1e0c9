import { describe, expect, it } from 'vitest'
import { usual } from '../../test/unit/conversions.ts'
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import type { FakeEnvOptions } from '../../test/unit/fake-env.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { torchRuntime, trainJob } from '../../test/unit/objects.ts'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { type Outcome, runVerb } from '../../test/unit/run-verb.ts'
import { convertJob } from '../convert/convert.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { jobServingListSchema, runtimeListSchema, runtimeServingListSchema } from '../present/runtimes-schema.ts'

const bert = pytorchManifest({ name: 'bert', metadata: { namespace: 'nlp', uid: '1' } })
const ours: KubeObject = convertJob(bert, usual).runtime
const old = torchRuntime('torch-old')
old.metadata.labels = { 'trainer.kubeflow.org/support': 'deprecated' }

const objects = [bert, ours, torchRuntime(), old, trainJob('gpt'), trainJob('llm')]

function runtimes(words: string[], cluster: FakeClusterOptions = {}, env: FakeEnvOptions = {}): Promise<Outcome> {
  const fake = new FakeCluster({ objects, namespace: 'nlp', ...cluster })
  return runVerb(['runtimes', ...words], { cluster: fake, ...env })
}

describe('runtimes', () => {
  it('shows those a namespace can use, its own first', async () => {
    expect(await runtimes([])).toEqual({
      code: 0,
      err: [],
      out: [
        'NAME                    SCOPE       FRAMEWORK   NODES   DEVICES   USERS   IMAGE               NOTE',
        'v1-pytorch-01ed374c0f   namespace   plain           1   -             0   -',
        'torch-distributed       cluster     torch           1   -             2   pytorch/pytorch:2',
        'torch-old               cluster     torch           1   -             0   pytorch/pytorch:2   deprecated',
      ],
    })
  })

  it('with -A says whose they are, with wide who uses them', async () => {
    expect(await runtimes(['-A', '-o', 'wide', '--no-headers'])).toEqual({
      code: 0,
      err: [],
      out: [
        'nlp   v1-pytorch-01ed374c0f   namespace   plain   1   -   -                 -',
        '-     torch-distributed       cluster     torch   1   -   nlp/gpt,nlp/llm   pytorch/pytorch:2',
        '-     torch-old               cluster     torch   1   -   -                 pytorch/pytorch:2   deprecated',
      ],
    })
  })

  it('fits a terminal of 40 columns and says what has no room', async () => {
    expect(await runtimes([], {}, { tty: true, columns: 40 })).toEqual({
      code: 0,
      err: ['note: 40 columns are too few for NODES, DEVICES, IMAGE, NOTE; -o json shows them'],
      out: [
        'NAME                    SCOPE       FRAMEWORK   USERS',
        'v1-pytorch-01ed374c0f   namespace   plain           0',
        'torch-distributed       cluster     torch           2',
        'torch-old               cluster     torch           0',
      ],
    })
  })

  it('gives names and data', async () => {
    expect((await runtimes(['-o', 'name'])).out).toEqual([
      'trainingruntime.trainer.kubeflow.org/v1-pytorch-01ed374c0f',
      'clustertrainingruntime.trainer.kubeflow.org/torch-distributed',
      'clustertrainingruntime.trainer.kubeflow.org/torch-old',
    ])
    const { items, ...list } = JSON.parse((await runtimes(['-o', 'json'])).out.join('\n'))
    expect(list).toEqual({ apiVersion: 'kubectl-migrate.dev/v1alpha1', kind: 'RuntimeList' })
    expect(items.map(({ name }: { name: string }) => name)).toEqual([
      'v1-pytorch-01ed374c0f',
      'torch-distributed',
      'torch-old',
    ])
  })

  it.each([
    [[], runtimeListSchema],
    [['-A'], runtimeListSchema],
    [['--for', 'bert'], runtimeServingListSchema],
    [['--for', 'bert', '--style', 'native'], runtimeServingListSchema],
    [['--jobs'], jobServingListSchema],
  ])('%j -o json is as its schema says', async (words, schema) => {
    const broken = pytorchManifest({ name: 'broken', metadata: { namespace: 'nlp', uid: '2' } })
    broken['spec'] = { pytorchReplicaSpecs: {} }
    const { out } = await runtimes([...words, '-o', 'json'], { objects: [...objects, broken] })
    const document = JSON.parse(out.join('\n'))
    expect(faultsOf(schema, document)).toEqual([])
    expect(document.items.length).toBeGreaterThan(0)
  })

  describe('as a whole', () => {
    const gpu = torchRuntime('深度学习')
    gpu.metadata.labels = { 'trainer.kubeflow.org/support': 'deprecated' }
    const screen = async (words: string[], env: FakeEnvOptions) => {
      const { out, err } = await runtimes(words, { objects: [...objects, gpu] }, { tty: true, ...env })
      return [...out, '--', ...err].join('\n').replaceAll('\u001b', '^')
    }

    it('on 200 columns, in colour', async () => {
      expect(await screen(['-A', '-o', 'wide'], { columns: 200, color: true })).toMatchInlineSnapshot(`
        "NAMESPACE   NAME                    SCOPE       FRAMEWORK   NODES   DEVICES   USERS             IMAGE               NOTE
        nlp         v1-pytorch-01ed374c0f   namespace   plain           1   -         -                 -
        -           torch-distributed       cluster     torch           1   -         nlp/gpt,nlp/llm   pytorch/pytorch:2
        -           torch-old               cluster     torch           1   -         -                 pytorch/pytorch:2   ^[33mdeprecated^[39m
        -           深度学习                cluster     torch           1   -         -                 pytorch/pytorch:2   ^[33mdeprecated^[39m
        --"
      `)
    })

    it('on 80 columns', async () => {
      expect(await screen([], { columns: 80 })).toMatchInlineSnapshot(`
        "NAME                    SCOPE       FRAMEWORK   NODES   USERS   NOTE
        v1-pytorch-01ed374c0f   namespace   plain           1       0
        torch-distributed       cluster     torch           1       2
        torch-old               cluster     torch           1       0   deprecated
        深度学习                cluster     torch           1       0   deprecated
        --
        note: 80 columns are too few for DEVICES, IMAGE; -o json shows them"
      `)
    })

    it('on 80 columns, in ASCII, for one job', async () => {
      expect(await screen(['--for', 'bert'], { columns: 80, unicode: false })).toMatchInlineSnapshot(`
        "TrainingRuntime/v1-pytorch-01ed374c0f      serves it: same pods
        ClusterTrainingRuntime/torch-distributed   would make other pods
          3 pods containers[main].env.PET_MASTER_PORT: v1 23456, v2 29500
          3 pods containers[main].env.PET_NPROC_PER_NODE: v1 auto, v2 1
          3 pods containers[main].ports[29500/TCP]: v1 absent, v2 (unnamed)
        ClusterTrainingRuntime/torch-old           would make other pods
          3 pods containers[main].env.PET_MASTER_PORT: v1 23456, v2 29500
          3 pods containers[main].env.PET_NPROC_PER_NODE: v1 auto, v2 1
          3 pods containers[main].ports[29500/TCP]: v1 absent, v2 (unnamed)
        ClusterTrainingRuntime/深度学习            would make other pods
          3 pods containers[main].env.PET_MASTER_PORT: v1 23456, v2 29500
          3 pods containers[main].env.PET_NPROC_PER_NODE: v1 auto, v2 1
          3 pods containers[main].ports[29500/TCP]: v1 absent, v2 (unnamed)
        --
        PyTorchJob nlp/bert: convert --runtime trainingruntime/v1-pytorch-01ed374c0f takes the first that serves it"
      `)
    })

    it('on 80 columns, for all jobs', async () => {
      expect(await screen(['--jobs', '--style', 'native'], { columns: 80 })).toMatchInlineSnapshot(`
        "NAME   KIND
        bert   PyTorchJob
          v1-pytorch-01ed374c0f
          torch-distributed (port-default, process-count, runtime-endings)
          torch-old (port-default, process-count, runtime-endings)
          深度学习 (port-default, process-count, runtime-endings)
        --"
      `)
    })
  })

  it('says so where there is none', async () => {
    expect(await runtimes([], { objects: [] })).toEqual({ code: 0, out: [], err: ['no runtimes found'] })
  })

  it('shows the rest where one list is forbidden, and fails where all are', async () => {
    const forbid = ({ resource }: { resource: string }) => /^train(ingruntimes|jobs)\./.test(resource)
    expect(await runtimes(['--no-headers'], { forbid })).toEqual({
      code: 0,
      out: [
        'torch-distributed   cluster   torch   1   -   ?   pytorch/pytorch:2',
        'torch-old           cluster   torch   1   -   ?   pytorch/pytorch:2   deprecated',
      ],
      err: [
        'note: you may not list trainingruntimes.trainer.kubeflow.org in namespace nlp: none is shown',
        'note: you may not list trainjobs.trainer.kubeflow.org in namespace nlp: none is shown',
      ],
    })
    expect((await runtimes([], { forbid: () => true })).code).toBe(3)
  })

  it('has nothing to show where Trainer is not installed', async () => {
    const absent = [resources.trainingRuntimes, resources.clusterTrainingRuntimes, resources.trainJobs]
    expect((await runtimes([], { absent })).code).toBe(3)
  })
})

describe('runtimes --for', () => {
  it('says which serve the job, the best first, and what the others would change', async () => {
    expect(await runtimes(['--for', 'bert'])).toEqual({
      code: 0,
      err: [
        'PyTorchJob nlp/bert: convert --runtime trainingruntime/v1-pytorch-01ed374c0f takes the first that serves it',
      ],
      out: [
        'TrainingRuntime/v1-pytorch-01ed374c0f      serves it: same pods',
        'ClusterTrainingRuntime/torch-distributed   would make other pods',
        '  3 pods containers[main].env.PET_MASTER_PORT: v1 23456, v2 29500',
        '  3 pods containers[main].env.PET_NPROC_PER_NODE: v1 auto, v2 1',
        '  3 pods containers[main].ports[29500/TCP]: v1 absent, v2 (unnamed)',
        'ClusterTrainingRuntime/torch-old           would make other pods',
        '  3 pods containers[main].env.PET_MASTER_PORT: v1 23456, v2 29500',
        '  3 pods containers[main].env.PET_NPROC_PER_NODE: v1 auto, v2 1',
        '  3 pods containers[main].ports[29500/TCP]: v1 absent, v2 (unnamed)',
      ],
    })
  })

  it('with --style native takes v2’s ways for good', async () => {
    expect(await runtimes(['--for', 'pytorchjob/bert', '--style', 'native'])).toEqual({
      code: 0,
      err: [
        'PyTorchJob nlp/bert: convert --runtime trainingruntime/v1-pytorch-01ed374c0f --style native takes the first that serves it',
      ],
      out: [
        'TrainingRuntime/v1-pytorch-01ed374c0f      serves it: same pods',
        'ClusterTrainingRuntime/torch-distributed   serves it, but',
        '  port-default: torchrun meets on Trainer’s port 29500 instead of v1’s: PET_MASTER_PORT 23456 -> 29500, ports[29500/TCP] absent -> (unnamed)',
        '  process-count: torchrun starts as many processes a node as Trainer counts: PET_NPROC_PER_NODE auto -> 1',
        expect.stringMatching(/^ {2}runtime-endings: jobs on ClusterTrainingRuntime torch-distributed end otherwise: /),
        'ClusterTrainingRuntime/torch-old           serves it, but',
        '  port-default: torchrun meets on Trainer’s port 29500 instead of v1’s: PET_MASTER_PORT 23456 -> 29500, ports[29500/TCP] absent -> (unnamed)',
        '  process-count: torchrun starts as many processes a node as Trainer counts: PET_NPROC_PER_NODE auto -> 1',
        expect.stringMatching(/^ {2}runtime-endings: jobs on ClusterTrainingRuntime torch-old end otherwise: /),
      ],
    })
  })

  it('is no where none serves it', async () => {
    const { code, err } = await runtimes(['--for', 'bert'], { objects: [bert, torchRuntime()] })
    expect({ code, err }).toEqual({
      code: 1,
      err: [
        'PyTorchJob nlp/bert: no runtime of the cluster serves it; convert writes one that does, or --style native takes v2’s own ways for good',
      ],
    })
  })

  it('names the nearest job where there is none of that name', async () => {
    expect(await runtimes(['--for', 'bort'])).toEqual({
      code: 1,
      out: [],
      err: [
        'error: no v1 job called bort in namespace nlp',
        '       near to it: bert',
        '       kubectl migrate runtimes --for pytorchjob/bert -n nlp',
      ],
    })
  })

  it.each([
    [['--for', 'bert', '--jobs'], '--for is about one job, --jobs about all: take one of them'],
    [['--for', 'bert', '-A'], '--for names one job: -n tells its namespace, and not -A'],
  ])('%j is refused', async (words, what) => {
    expect(await runtimes(words)).toEqual({ code: 2, out: [], err: [`error: ${what}`] })
  })
})

describe('runtimes --jobs', () => {
  it('has a row a job', async () => {
    const broken = pytorchManifest({ name: 'broken', metadata: { namespace: 'nlp', uid: '2' } })
    broken['spec'] = { pytorchReplicaSpecs: {} }
    expect(await runtimes(['--jobs'], { objects: [...objects, broken] })).toEqual({
      code: 0,
      err: [],
      out: [
        'NAME     KIND         SERVED BY',
        'bert     PyTorchJob   v1-pytorch-01ed374c0f',
        'broken   PyTorchJob   not converted: invalid-job',
      ],
    })
  })
})
