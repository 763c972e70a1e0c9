import { describe, expect, it } from 'vitest'
import { pointsOf } from '../../../../test/unit/run-logs.ts'

describe('Megatron', () => {
  it.each([
    [
      ' [2026-08-01 10:00:00] iteration       10/  500000 | consumed samples:          160 | elapsed time per iteration (ms): 1234.5 | learning rate: 1.500E-06 | global batch size:    16 | lm loss: 1.08E+01 | loss scale: 1.0 | grad norm: 2.3 | number of nan iterations:   0 |',
      ['step time step 10 1.2345', 'learning rate step 10 0.0000015', 'loss step 10 10.8'],
    ],
    [
      ' validation loss at iteration 1000 | lm loss value: 2.15E+00 | lm loss PPL: 8.58E+00 |',
      ['eval loss step 1000 2.15'],
    ],
    [
      'Training epoch 0, iteration 10/99 | lr: 1e-06 | global_batch_size: 8 | global_step: 10 | reduced_train_loss: 11.03 | train_step_timing in s: 0.9 | consumed_samples: 88',
      ['learning rate step 10 0.000001', 'loss step 10 11.03', 'step time step 10 0.9'],
    ],
  ])('%s', (line, points) => {
    expect(pointsOf([line])).toEqual({ format: ['megatron'], points })
  })
})
