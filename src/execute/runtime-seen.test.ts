import { describe, expect, it } from 'vitest'
import { ClusterError } from '../cluster/errors.ts'
import { onceRuntimeIsSeen } from './runtime-seen.ts'

const denied = (message: string) =>
  new ClusterError({
    ...{ kind: 'webhook', outcome: 'denied', webhook: 'validator.trainjob.trainer.kubeflow.org', message },
    ...{ verb: 'create', resource: 'trainjobs.trainer.kubeflow.org', namespace: 'nlp', name: 'bert' },
  })
const unseen = denied(
  'spec.RuntimeRef: Invalid value: "v1-pytorch-01": not found: specified trainingRuntime must be created before the TrainJob is created',
)

/** Fails with each of these in turn, and then succeeds. */
async function tried(failures: readonly Error[]) {
  const left = [...failures]
  const slept: number[] = []
  const result = await onceRuntimeIsSeen(
    async (milliseconds) => void slept.push(milliseconds),
    async () => {
      const failure = left.shift()
      if (failure) throw failure
      return 'made'
    },
  ).catch((error: unknown) => error)
  return { result, slept, left: left.length }
}

describe('a TrainJob whose runtime was made a moment ago', () => {
  it.each([
    ['is made at once where Trainer knows the runtime', [], { result: 'made', slept: [], left: 0 }],
    ['is made when Trainer has seen it', [unseen, unseen], { result: 'made', slept: [250, 500], left: 0 }],
    [
      'is given up where Trainer never sees it',
      Array.from({ length: 9 }, () => unseen),
      { result: unseen, slept: [250, 500, 750, 1000, 1250, 1500, 1750], left: 1 },
    ],
    ['is not tried again where the webhook has another reason', [denied('no'), unseen], { slept: [], left: 1 }],
  ])('%s', async (_, failures, expected) => {
    expect(await tried(failures)).toMatchObject(expected)
  })
})
