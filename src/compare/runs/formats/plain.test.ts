import { describe, expect, it } from 'vitest'
import { factsOf, pointsOf } from '../../../../test/unit/run-logs.ts'

describe('what people print themselves', () => {
  it.each([
    ['Epoch 3 loss=0.12', ['loss epoch 3 0.12']],
    ['epoch: 3, step: 100, loss: 0.12, acc: 0.9', ['loss step 100 0.12', 'accuracy step 100 0.9']],
    ['Epoch [2/10], Step [100/600], Loss: 0.1234', ['loss step 700 0.1234']],
    ['Train Epoch: 1 [640/60000 (1%)]\tloss=2.25', ['loss step 640 2.25']],
    ['step 250: train loss 3.1, val loss 3.2', ['loss step 250 3.1', 'eval loss step 250 3.2']],
    ['iter 100: loss 4.25, time 123.50ms, mfu 10.00%', ['loss step 100 4.25', 'step time step 100 0.1235']],
    ['Test set: Average loss: 0.25, Accuracy: 91%', ['eval loss order 1 0.25', 'eval accuracy order 1 0.91']],
    ['INFO:train:global step 12 loss = 1e-3 images/sec: 1000.5', ['loss step 12 0.001', 'samples/s step 12 1000.5']],
  ])('%s', (line, points) => {
    expect(pointsOf([line])).toEqual({ format: ['plain'], points })
  })

  it.each([
    [
      'Epoch: [1][  11/5005]\tTime  0.500 ( 1.200)\tData  0.001 ( 0.1)\tLoss 6.9000e+00 (6.95e+00)\tAcc@1   0.00 (  0.10)',
      ['loss step 5016 6.9', 'step time step 5016 0.5'],
    ],
    [
      'Epoch: [0]  [  10/5005]  eta: 0:50:00  lr: 0.1  img/s: 250.5  loss: 6.9000 (6.9500)  time: 0.5 data: 0.1',
      ['learning rate step 10 0.1', 'samples/s step 10 250.5', 'loss step 10 6.9', 'step time step 10 0.5'],
    ],
    [
      'mmengine - INFO - Epoch(train)  [1][  50/1000]  lr: 1.0e-02  time: 0.25  data_time: 0.01  loss: 1.5',
      ['learning rate step 50 0.01', 'loss step 50 1.5', 'step time step 50 0.25'],
    ],
    [
      'epoch 002:    100 / 1000 loss=8.5, wps=12000, num_updates=1100, lr=1e-05',
      ['loss step 1100 8.5', 'tokens/s step 1100 12000', 'learning rate step 1100 0.00001'],
    ],
    [
      'completed step: 10, seconds: 1.234, Tokens/s/device: 1234.5, loss: 9.8',
      ['tokens/s step 10 1234.5', 'loss step 10 9.8'],
    ],
    ['INFO:tensorflow:global_step/sec: 80', ['step time order 1 0.0125']],
    [
      "train | step:    100 | steps/sec:   12.5 | output: {'training_loss': 0.5}",
      ['step time step 100 0.08', 'loss step 100 0.5'],
    ],
    ["08/01/2026 10:00:00 - INFO - __main__ - epoch 0: {'accuracy': 0.85}", ['accuracy epoch 0 0.85']],
  ])('and frameworks as well: %s', (line, points) => {
    expect(pointsOf([line])).toEqual({ format: ['plain'], points })
  })

  it.each([
    ['Epoch 3 val: loss=0.6', ['eval loss epoch 3 0.6']],
    ['Epoch 2 | Validation | loss: 0.4', ['eval loss epoch 2 0.4']],
    ['[Eval] loss 0.5 samples/s: 3', ['eval loss order 1 0.5']],
    ['Epoch 3 train/test: loss=0.6', ['loss epoch 3 0.6']],
    ['INFO:latest: step 3 loss=0.6', ['loss step 3 0.6']],
  ])('is of an evaluation where the words before say so: %s', (line, points) => {
    expect(pointsOf([line]).points).toEqual(points)
  })

  it('counts no restart where an evaluation has steps of its own', () => {
    const facts = factsOf('Epoch 1 step 90 loss=1\nEpoch 1 val: step 3 loss=2\nEpoch 2 step 10 loss=1\n')
    expect([facts.restarts, facts.series.map(({ metric, series }) => [metric, series.axis, series.last])]).toEqual([
      0,
      [
        ['loss', 'step', [100, 1]],
        ['eval loss', 'epoch', [1, 2]],
      ],
    ])
  })

  it.each([
    ['Epoch 3 loss=0,12', ['loss epoch 3 0.12']],
    ['step 20 loss: -12,5 acc: 0,900', ['loss step 20 -12.5', 'accuracy step 20 0.9']],
    ['step 1,000 loss=0.5', ['loss step 1000 0.5']],
    ["step 1'000 loss=0.5", ['loss step 1000 0.5']],
    ['step=1_000_000 loss=0.5', ['loss step 1000000 0.5']],
    ['step=12,000 loss=0.5', ['loss step 12000 0.5']],
    ['step 4 samples/s: 1,234.5', ['samples/s step 4 1234.5']],
    ['step 4 samples/s: 1,234,567 loss=1', ['samples/s step 4 1234570', 'loss step 4 1']],
    ['step=3,loss=0.5,acc=0.25', ['loss step 3 0.5', 'accuracy step 3 0.25']],
    ['step 4 lr=[1e-05,1e-06] loss=[2,3]', ['learning rate step 4 0.00001', 'loss step 4 2']],
    ['step 5 loss=1,234', []],
    ['step 5 loss 0,5', []],
  ])('with commas and marks of thousands: %s', (line, points) => {
    expect(pointsOf([line]).points).toEqual(points)
  })

  it.each([
    ['step 5 loss=np.float64(0.125) acc=np.float32(0.5)', ['loss step 5 0.125', 'accuracy step 5 0.5']],
    ["step 5, loss: tensor(0.125, device='cuda:0', grad_fn=<NllLossBackward0>)", ['loss step 5 0.125']],
    ["step: tensor(5) loss: tensor([0.125], device='cuda:0')", ['loss step 5 0.125']],
    ['Epoch 3 loss: array(0.125, dtype=float32)', ['loss epoch 3 0.125']],
    ['Epoch 3 loss: Array(-1.5e-3, dtype=float32)', ['loss epoch 3 -0.0015']],
    ['Epoch 3 loss: torch.tensor(1.)', ['loss epoch 3 1']],
    ['step 5 loss: tensor([0.125, 0.25])', []],
    ['step 5 loss: array([[0.125], [0.25]])', []],
    ['step 5 loss: tensor(shape=(2, 3))', []],
    ['step 5 loss: torch.float32', []],
    ['step 5 loss: integral(3)', []],
  ])('of the type of a library: %s', (line, points) => {
    expect(pointsOf([line]).points).toEqual(points)
  })

  it('of the type of a library may be not a number', () => {
    const [loss] = factsOf("step 5 loss: tensor(nan, device='cuda:0')\n").series
    expect(loss).toMatchObject({ metric: 'loss', series: { notNumbers: { count: 1, first: 5 } } })
  })

  it.each(['loss function: cross entropy', 'loss scale reduced at 10:22:13', 'Epoch 3 begins', 'profile=0x1f loss'])(
    'that says no value is nothing: %s',
    (line) => {
      expect(pointsOf([line]).points).toEqual([])
    },
  )
})
