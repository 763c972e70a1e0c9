import { describe, expect, it } from 'vitest'
import { pointsOf } from '../../../../test/unit/run-logs.ts'

describe('progress bars', () => {
  it('of Lightning count the steps of an epoch, and epochs from 0', () => {
    expect(
      pointsOf([
        'Epoch 0:  45%|████▌     | 450/1000 [00:12<00:15, 36.0it/s, v_num=0, train_loss_step=0.5]\rEpoch 1:   5%|▌         | 50/1000 [00:02<00:25, 40.0it/s, v_num=0, train_loss_step=0.25]',
      ]),
    ).toEqual({
      format: ['bar'],
      points: ['loss step 450 0.5', 'loss step 1050 0.25', 'step time step 450 0.0277778', 'step time step 1050 0.025'],
    })
  })

  it('of tqdm without an epoch count the steps of the run; slow ones say seconds a step', () => {
    expect(pointsOf([' 10%|█         | 100/1000 [02:30<22:30,  1.50s/it]']).points).toEqual(['step time step 100 1.5'])
  })

  it('of NeMo say the loss and the time themselves', () => {
    const line =
      'Epoch 0: :   3%|▎         | 30/1000 [00:30<16:10, 1.00it/s, v_num=k3, reduced_train_loss=9.100, train_step_timing in s=0.990]'
    expect(pointsOf([line]).points).toEqual(['loss step 30 9.1', 'step time step 30 0.99'])
  })

  it.each([
    'Downloading data: 45%|████▌     | 450/1000 [00:12<00:15, 36.0it/s]',
    'Validation DataLoader 0:  45%|████▌     | 450/1000 [00:12<00:15, 36.0it/s]',
    'Generating train split: 45%|████▌     | 450/1000 [00:12<00:15, 36.0it/s]',
    'Map: 45%|████▌     | 450/1000 [00:12<00:15, 36.0it/s]',
  ])('that train nothing are left: %s', (line) => {
    expect(pointsOf([line]).points).toEqual([])
  })

  it('of data before the training say nothing of how long it is', () => {
    const lines = [
      'Step 1, train dataset to ChatML: 100%|█| 60000/60000 [00:10<00:00, 5000.0 examples/s]',
      'Step 2, rows to train: 100%|█| 60000/60000 [00:10<00:00, 5000.0row/s]',
      ' 10%|█ | 100/1000 [00:10<01:30, 10.0it/s]',
    ]
    expect(pointsOf(lines).points).toEqual(['step time step 100 0.1'])
  })

  it('of Rich say the epoch and the step in it', () => {
    const line = 'Epoch 1/9 ━━━━━━━━━━━━━━ 45/100 0:00:05 • 0:00:06 20.00it/s v_num: 0.000 train_loss: 0.500'
    expect(pointsOf([line])).toEqual({ format: ['bar'], points: ['step time step 145 0.05', 'loss step 145 0.5'] })
  })

  it('shorter than the longest one are of evaluations, when they say no metric', () => {
    const lines = [' 10%|█ | 100/1000 [00:10<01:30, 10.0it/s]', ' 50%|█ | 5/10 [00:10<01:30, 99.0it/s]']
    expect(pointsOf(lines).points).toEqual(['step time step 100 0.1'])
  })
})
