import { describe, expect, it } from 'vitest'
import { kindManifest } from '../../test/unit/kind-manifest.ts'
import { torchRuntime } from '../../test/unit/objects.ts'
import { newestDialect } from '../v2/dialects/index.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import { checkPoints } from './check.ts'
import { examine } from './examine.ts'

const pytorch = kindManifest('PyTorchJob', {
  Master: { restartPolicy: 'OnFailure', replicas: 1 },
  Worker: { restartPolicy: 'OnFailure', replicas: 2 },
})
const tensorflow = kindManifest('TFJob', { Worker: { restartPolicy: 'OnFailure', replicas: 3 } })

/** What a TrainJob written by hand, on Trainer's own runtime, lacks of the operator's variables: each with its code. */
function found(job: typeof pytorch, trainer: object) {
  const runtime = torchRuntime() as TrainingRuntime
  const trainJob = {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name: job.metadata.name ?? '', namespace: job.metadata.namespace ?? 'default' },
    spec: { runtimeRef: { name: 'torch-distributed' }, trainer: { numNodes: 3, image: 'train:1', ...trainer } },
  } as TrainJob
  const { rows, findings } = examine(job, trainJob, runtime, { dialect: newestDialect, toolVersion: '0' })
  const missing = rows.filter(({ path, v2 }) => path.includes('.env.') && v2 === undefined)
  const fails = (accepted: string[]) =>
    checkPoints({ rows, findings }, { strict: false, accepted })
      .filter(({ weight, path }) => weight === 'fails' && path.includes('.env.'))
      .map(({ path }) => path.replace('containers[main].env.', ''))
  return {
    codes: new Set(missing.map(({ path, cause }) => `${path.replace('containers[main].env.', '')} ${cause?.code}`)),
    fails: new Set(fails([])),
    accepted: fails(['operator-env']),
  }
}

describe('a TrainJob without the variables of Training Operator', () => {
  it('loses what a program reads: the check fails until somebody accepts it', () => {
    expect(found(pytorch, { command: ['python', 'train.py'] })).toEqual({
      codes: new Set([
        'PYTHONUNBUFFERED unbuffered',
        'MASTER_PORT operator-env',
        'MASTER_ADDR operator-env',
        'WORLD_SIZE operator-env',
        'RANK operator-env',
      ]),
      fails: new Set(['MASTER_PORT', 'MASTER_ADDR', 'WORLD_SIZE', 'RANK']),
      accepted: [],
    })
  })

  it.each([
    ['torchrun', { command: ['torchrun', 'train.py'] }],
    ['python -m torch.distributed.run', { command: ['python'], args: ['-m', 'torch.distributed.run', 'train.py'] }],
    ['a shell that starts torchrun', { command: ['sh', '-c', 'pip install x && torchrun --nnodes 3 train.py'] }],
  ])('by %s gives them to its processes itself, which is told', (_, trainer) => {
    expect(found(pytorch, trainer)).toEqual({
      codes: new Set([
        'PYTHONUNBUFFERED unbuffered',
        'MASTER_PORT torchrun-env',
        'MASTER_ADDR torchrun-env',
        'WORLD_SIZE torchrun-env',
        'RANK torchrun-env',
      ]),
      fails: new Set(),
      accepted: [],
    })
  })

  it('of another framework loses them under torchrun as well', () => {
    const { codes, fails } = found(tensorflow, { command: ['torchrun', 'train.py'] })
    expect([codes, fails.has('TF_CONFIG')]).toEqual([new Set(['TF_CONFIG operator-env']), true])
  })
})
