import { describe, expect, it } from 'vitest'
import { pointsOf } from '../../../../test/unit/run-logs.ts'

describe('the dicts of Hugging Face', () => {
  it('lie on the epoch, which has a fraction', () => {
    expect(
      pointsOf([
        "{'loss': 2.3174, 'grad_norm': 1.25, 'learning_rate': 4.5e-05, 'epoch': 0.1}",
        "{'loss': '1.9', 'grad_norm': '1.2', 'learning_rate': '4e-05', 'epoch': '0.2'}",
      ]),
    ).toEqual({
      format: ['huggingface'],
      points: [
        'loss epoch 0.1 2.3174',
        'loss epoch 0.2 1.9',
        'learning rate epoch 0.1 0.000045',
        'learning rate epoch 0.2 0.00004',
      ],
    })
  })

  it('of an evaluation are results, and its speed is not that of the training', () => {
    const line =
      "{'eval_loss': 0.41, 'eval_accuracy': 0.9, 'eval_runtime': 3.2, 'eval_samples_per_second': 312.5, 'epoch': 1.0}"
    expect(pointsOf([line]).points).toEqual(['eval loss epoch 1 0.41', 'eval accuracy epoch 1 0.9'])
  })

  it('at the end speak of the whole run: their mean loss is no point of the curve', () => {
    const line =
      "{'train_runtime': 120.5, 'train_samples_per_second': 99.1, 'train_steps_per_second': 3.1, 'train_loss': 0.7, 'epoch': 3.0}"
    expect(pointsOf([line]).points).toEqual(['run time epoch 3 120.5', 'run samples/s epoch 3 99.1'])
  })

  it('with names of JavaScript say nothing by them', () => {
    const line = "{'train_runtime': 1.5, 'constructor': 2, 'toString': 3, 'epoch': 1.0}"
    expect(pointsOf([line]).points).toEqual(['run time epoch 1 1.5'])
  })

  it('may have values of NumPy and of PyTorch, also at the end', () => {
    expect(
      pointsOf([
        "{'loss': np.float64(2.3174), 'learning_rate': tensor(4.5e-05, device='cuda:0'), 'epoch': 0.1}",
        "{'train_runtime': np.float64(1.5), 'train_loss': np.float64(0.7), 'epoch': np.float64(1.0)}",
      ]).points,
    ).toEqual(['loss epoch 0.1 2.3174', 'learning rate epoch 0.1 0.000045', 'run time epoch 1 1.5'])
  })

  it('may go on over lines, as pprint writes them', () => {
    const lines = (epoch: number, loss: number) => [
      `{'epoch': ${epoch},`,
      " 'grad_norm': 1.25,",
      ` 'learning_rate': 5e-05,`,
      ` 'loss': ${loss}}`,
    ]
    expect(pointsOf([...lines(0.1, 2.5), ...lines(0.2, 2.25), " 'loss': 9"])).toEqual({
      format: ['huggingface', 'plain'],
      points: ['loss epoch 0.1 2.5', 'loss epoch 0.2 2.25', 'loss order 1 9'],
    })
    expect(pointsOf(["{'accuracy': 0.5,", " 'global_step': 7,", " 'loss': 2.5,", " 'val_loss': 3}"]).points).toEqual([
      'accuracy order 1 0.5',
      'loss step 7 2.5',
      'eval loss step 7 3',
    ])
  })

  it('of something else are nothing', () => {
    expect(pointsOf(["loading {'model': 'bert-large', 'step_size': 3}"]).points).toEqual([])
  })
})
