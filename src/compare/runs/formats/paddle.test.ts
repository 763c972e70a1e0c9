import { describe, expect, it } from 'vitest'
import { pointsOf } from '../../../../test/unit/run-logs.ts'

describe('PaddlePaddle', () => {
  it.each([
    [
      '[2026/08/01 12:00:00] ppcls INFO: [Train][Epoch 2/120][Iter: 10/500]lr(PiecewiseDecay): 0.1, top1: 0.25, CELoss: 6.9, loss: 6.9, batch_cost: 0.5s, reader_cost: 0.3, ips: 256.0 samples/s, eta: 1:00:00',
      ['accuracy step 510 0.25', 'loss step 510 6.9', 'step time step 510 0.5', 'samples/s step 510 256'],
    ],
    [
      'global step 10, epoch: 1, batch: 9, loss: 0.69, speed: 4.00 step/s',
      ['loss step 10 0.69', 'step time step 10 0.25'],
    ],
    [
      'step 10/100 - loss: 0.5 - acc: 0.75 - 20ms/step',
      ['loss step 10 0.5', 'accuracy step 10 0.75', 'step time step 10 0.02'],
    ],
  ])('%s', (line, points) => {
    expect(pointsOf([line])).toEqual({ format: ['paddle'], points })
  })
})
