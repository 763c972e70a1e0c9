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
    ['Test set: Average loss: 0.25, Accuracy: 91%', ['loss order 1 0.25', 'accuracy order 1 0.91']],
    ['INFO:train:global step 12 loss = 1e-3 images/sec: 1000.5', ['loss step 12 0.001', 'samples/s step 12 1000.5']],
  ])('%s', (line, points) => {
    expect(pointsOf([line])).toEqual({ format: ['plain'], points })
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
