import { describe, expect, it } from 'vitest'
import { pointsOf } from '../../../../test/unit/run-logs.ts'

describe('JSON lines', () => {
  it.each([
    ['{"step": 10, "loss": 0.5, "lr": 0.001, "msg": "x"}', ['loss step 10 0.5', 'learning rate step 10 0.001']],
    ['{"metrics": {"loss": 0.5}, "global_step": 7}', ['loss step 7 0.5']],
    [
      '{"val": {"loss": 0.6}, "train": {"loss": 0.5, "acc": 0.9}, "step": 1}',
      ['eval loss step 1 0.6', 'loss step 1 0.5', 'accuracy step 1 0.9'],
    ],
    ['{"loss": {"train": 0.5, "val": 0.7}, "step": 3}', ['loss step 3 0.5', 'eval loss step 3 0.7']],
    ['{"metricName": "accuracy", "metricValue": 0.9}', ['accuracy order 1 0.9']],
    ['{"metricName": "accuracy_ratio", "metricValue": "0.9"}', ['accuracy_ratio order 1 0.9']],
  ])('%s', (line, points) => {
    expect(pointsOf([line])).toEqual({ format: ['json'], points })
  })

  it('with NaN, which Python writes, are read, and the NaN is known', () => {
    expect(pointsOf(['{"step": 10, "loss": NaN, "lr": 0.1}']).points).toEqual(['learning rate step 10 0.1'])
  })

  it('with names of JavaScript say nothing by them', () => {
    const line = '{"step": 1, "constructor": 2, "__proto__": 3, "toString": 4, "loss": 5}'
    expect(pointsOf([line]).points).toEqual(['loss step 1 5'])
  })

  it('that are none are nothing', () => {
    expect(pointsOf(['{"loss": ']).points).toEqual([])
  })
})
