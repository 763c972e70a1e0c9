import { describe, expect, it } from 'vitest'
import { type RunEnd, RunEndReader } from './run-end.ts'

const time = '2026-03-01T11:46:00Z'

function endOf(...lines: string[]): RunEnd {
  const reader = new RunEndReader()
  for (const text of lines) reader.push({ text, time })
  return reader.end()
}

describe('a line that says that a checkpoint was written', () => {
  it.each<[line: string, at: number | undefined]>([
    ['Saving model checkpoint to output/checkpoint-500', 500],
    ['Model weights saved in output/checkpoint-500/model.safetensors checkpoint', 500],
    ['  successfully saved checkpoint from iteration   47900 to /ckpt', 47900],
    ['saving checkpoint at iteration    1000 to /ckpt in torch format', 1000],
    ['[INFO] [logging.py:69] Saving model checkpoint: /ckpt/global_step500/mp_rank_00_model_states.pt', 500],
    ["Epoch 3, global step 640: 'val_loss' reached 0.2, saving model to '/ckpt/step=640.ckpt' as top 1", 640],
    ['INFO:tensorflow:Saving checkpoints for 1200 into gs://bucket/model.ckpt.', 1200],
    ['Saved checkpoint for step 10: ./tf_ckpts/ckpt-1', 10],
    ['Finished saving the checkpoint (or staging if async is enabled) in 3.21 seconds.', 7],
    ['checkpoint written to s3://bucket/run', 7],
  ])('%s', (line, at) => {
    expect(endOf('step 7 loss 2.5', line).checkpoint).toEqual({ time, place: { axis: 'step', at } })
  })

  it.each([
    'Loading checkpoint from /ckpt/step-500',
    'Resuming from checkpoint saved at step 500',
    'checkpoint not found, saved none',
    'Saving checkpoints every 500 steps',
    'failed to save checkpoint to /ckpt',
    'step 500 loss 2.1',
  ])('is none: %s', (line) => {
    expect(endOf(line).checkpoint).toBeUndefined()
  })

  it('names an epoch where there are no steps', () => {
    expect(endOf('saved checkpoint of epoch 3').checkpoint?.place).toEqual({ axis: 'epoch', at: 3 })
  })
})

it('tells the last step and the newest checkpoint', () => {
  const lines = ['step 1 loss 3', 'saved checkpoint at step 1', 'step 2 loss 2', 'saved checkpoint', 'step 3 loss 1']
  expect(endOf(...lines)).toEqual({
    last: { axis: 'step', at: 3 },
    checkpoint: { time, place: { axis: 'step', at: 2 } },
  })
})

it('tells nothing of a log without either', () => {
  expect(endOf('hello', '')).toEqual({})
})
