import { describe, expect, it } from 'vitest'
import { pointsOf } from '../../../../test/unit/run-logs.ts'

describe('a pattern of the user', () => {
  const pattern = /^ZUG (?<step>\d+) wert (?<loss>[\d.]+)(?: f1 (?<f1>[\d.]+))?/

  it('reads lines that nothing else would look at, and comes before every other format', () => {
    expect(pointsOf(['ZUG 10 wert 0.5 f1 0.25', 'ZUG 20 wert 0.4', 'step=30 loss=0.3'], [pattern])).toEqual({
      format: ['pattern', 'katib'],
      points: ['loss step 10 0.5', 'loss step 20 0.4', 'loss step 30 0.3', 'f1 step 10 0.25'],
    })
  })
})
