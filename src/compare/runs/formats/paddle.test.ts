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

  it('evaluates on lines and bars of its own, of which the means are results', () => {
    expect(
      pointsOf([
        'ppcls INFO: [Train][Epoch 1/2][Iter: 10/500]loss: 6.9',
        'ppcls INFO: [Eval][Epoch 1][Iter: 0/100]CELoss: 5.9, loss: 5.9, batch_cost: 0.1s',
        'ppcls INFO: [Eval][Epoch 1][Avg]CELoss: 5.1, loss: 5.25, top1: 0.25',
      ]).points,
    ).toEqual(['loss step 10 6.9', 'eval loss epoch 1 5.25', 'eval accuracy epoch 1 0.25'])
    const bars = pointsOf([
      'Epoch 1/2',
      'step 900/900 [====] - loss: 0.5 - acc: 0.5 - 11ms/step',
      'step 100/150 [==>.] - loss: 0.4 - acc: 0.6 - 5ms/step\rstep 150/150 [====] - loss: 0.25 - acc: 0.75 - 5ms/step',
      'Epoch 2/2',
      'step 900/900 [====] - loss: 0.125 - acc: 0.8 - 11ms/step',
    ])
    expect(bars.points.filter((point) => point.includes('loss'))).toEqual([
      'loss step 900 0.5',
      'loss step 1800 0.125',
      'eval loss step 900 0.25',
    ])
  })
})
