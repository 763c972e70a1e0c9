import { describe, expect, it } from 'vitest'
import { pointsOf } from '../../../../test/unit/run-logs.ts'

describe("Katib's name=value", () => {
  it('lie in their order where no step is said; the metric may have any name', () => {
    const lines = [
      '2026-08-01T10:00:00Z INFO Validation-accuracy=0.5 f1_loss_ratio=2',
      'Validation-accuracy=0.75 f1_loss_ratio=3',
    ]
    expect(pointsOf(lines)).toEqual({
      format: ['katib'],
      points: [
        'eval accuracy order 1 0.5',
        'eval accuracy order 2 0.75',
        'f1_loss_ratio order 1 2',
        'f1_loss_ratio order 2 3',
      ],
    })
  })

  it('that set something measure nothing', () => {
    expect(pointsOf(['seed=42', 'max_steps=1000', 'num-epochs=3 step_size=3']).points).toEqual([])
  })

  it('have a step where one is said', () => {
    expect(pointsOf(['step=10 loss=0.5']).points).toEqual(['loss step 10 0.5'])
  })
})
