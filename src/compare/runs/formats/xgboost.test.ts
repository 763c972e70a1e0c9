import { describe, expect, it } from 'vitest'
import { pointsOf } from '../../../../test/unit/run-logs.ts'

describe('evaluation lines of boosting', () => {
  it.each([
    ['[12]\ttrain-rmse:0.125\teval-rmse:0.25', ['train-rmse step 12 0.125', 'eval-rmse step 12 0.25']],
    ['2026-08-01 10:33:22,123 INFO [3]\ttrain-rmse:0.5+0.1', ['train-rmse step 3 0.5']],
    ['INFO:xgboost:[3]\ttrain-rmse:0.5', ['train-rmse step 3 0.5']],
    ['[10:33:22] [3]\tvalidation_0-logloss:0.5', ['validation_0-logloss step 3 0.5']],
    ["[10]\tvalid_0's l2: 0.2\tvalid_0's auc: 0.9", ["valid_0's l2 step 10 0.2", "valid_0's auc step 10 0.9"]],
  ])('%s', (line, points) => {
    expect(pointsOf([line])).toEqual({ format: ['xgboost'], points })
  })

  it('with a comma in a number tell nothing of it', () => {
    expect(pointsOf(['[4]\ttrain-rmse:12,5\teval-rmse:0.25']).points).toEqual(['eval-rmse step 4 0.25'])
  })
})
