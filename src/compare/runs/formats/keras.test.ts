import { describe, expect, it } from 'vitest'
import { pointsOf } from '../../../../test/unit/run-logs.ts'

describe('Keras', () => {
  it('says the epoch on a line before its bar', () => {
    expect(
      pointsOf([
        'Epoch 1/2',
        ' 50/100 [=====>....] - ETA: 1s - loss: 0.9 - accuracy: 0.5\r100/100 [==========] - 2s 20ms/step - loss: 0.8 - accuracy: 0.6 - val_loss: 0.7',
        'Epoch 2/2',
        '100/100 [==========] - 2s 18ms/step - loss: 0.4 - accuracy: 0.8 - val_loss: 0.5',
      ]),
    ).toEqual({
      format: ['keras'],
      points: [
        'loss step 50 0.9',
        'loss step 100 0.8',
        'loss step 200 0.4',
        'accuracy step 50 0.5',
        'accuracy step 100 0.6',
        'accuracy step 200 0.8',
        'step time step 100 0.02',
        'step time step 200 0.018',
        'eval loss step 100 0.7',
        'eval loss step 200 0.5',
      ],
    })
  })

  it('3 paints its bar with colours', () => {
    const line =
      '\u001b[1m100/100\u001b[0m \u001b[32m━━━━━━━━━━\u001b[0m\u001b[37m\u001b[0m \u001b[1m2s\u001b[0m 20ms/step - accuracy: 0.8 - loss: 0.5'
    expect(pointsOf(['Epoch 1/5', line]).points).toEqual([
      'step time step 100 0.02',
      'accuracy step 100 0.8',
      'loss step 100 0.5',
    ])
  })

  it('evaluates with a bar of another length, whose end is a result', () => {
    const lines = [
      'Epoch 1/1',
      '100/100 [==========] - 2s 20ms/step - loss: 0.5',
      ' 1/50 [....] - ETA: 1s - loss: 0.2\r50/50 [====] - 1s 2ms/step - loss: 0.75 - accuracy: 0.9',
    ]
    expect(pointsOf(lines).points).toEqual([
      'step time step 100 0.02',
      'loss step 100 0.5',
      'eval loss step 100 0.75',
      'eval accuracy step 100 0.9',
    ])
  })

  it('under mpirun with tags says the epoch of each rank', () => {
    const lines = [
      '[1,1]<stdout>:Epoch 1/2',
      '[1,1]<stdout>: 50/100 [=====>....] - ETA: 1s - loss: 0.95',
      '[1,0]<stdout>:Epoch 1/2',
      '[1,0]<stdout>: 50/100 [=====>....] - ETA: 1s - loss: 0.9',
      '[1,1]<stdout>:Epoch 2/2',
      '[1,0]<stdout>:100/100 [==========] - 2s 20ms/step - loss: 0.8',
    ]
    expect(pointsOf(lines).points).toEqual(['loss step 50 0.9', 'loss step 100 0.8', 'step time step 100 0.02'])
  })

  it('with verbose=2 writes a line an epoch', () => {
    const line = '100/100 - 2s - loss: 0.5 - accuracy: 0.8 - 2s/epoch - 20ms/step'
    expect(pointsOf(['Epoch 1/5', line]).points).toEqual([
      'epoch time step 100 2',
      'step time step 100 0.02',
      'loss step 100 0.5',
      'accuracy step 100 0.8',
    ])
  })
})
