import { describe, expect, it } from 'vitest'
import { factsOf, pointsOf } from '../../../test/unit/run-logs.ts'

const steps = (lines: readonly string[]) => pointsOf(lines).points.map((point) => point.split(' ').slice(1).join(' '))

describe('the count of steps', () => {
  it('goes on over epochs that begin again at 1', () => {
    const lines = ['epoch 1 step 1 loss=4', 'epoch 1 step 2 loss=3', 'epoch 2 step 1 loss=2', 'epoch 2 step 2 loss=1']
    expect(steps(lines)).toEqual(['step 1 4', 'step 2 3', 'step 3 2', 'step 4 1'])
  })

  it('goes on over epochs that begin again at 0', () => {
    const lines = ['epoch 0 step 0 loss=4', 'epoch 0 step 1 loss=3', 'epoch 1 step 0 loss=2', 'epoch 1 step 1 loss=1']
    expect(steps(lines)).toEqual(['step 0 4', 'step 1 3', 'step 2 2', 'step 3 1'])
  })

  it('is left as it is when it does not begin again', () => {
    expect(steps(['epoch 1 step 10 loss=4', 'epoch 2 step 20 loss=3'])).toEqual(['step 10 4', 'step 20 3'])
  })

  it('that goes back is a restart; what came again has its later value', () => {
    const run = (from: number, to: number, loss: number) =>
      Array.from({ length: to - from }, (_, at) => `step=${from + at} loss=${loss}`)
    const facts = factsOf([...run(0, 100, 4), ...run(50, 120, 3)].join('\n'))
    const series = facts.series[0]?.series
    expect([facts.restarts, series?.size, series?.at(49), series?.at(50), series?.at(119)]).toEqual([1, 120, 4, 3, 3])
  })

  it('of two formats a step behind one another is no restart', () => {
    const lines = Array.from({ length: 50 }, (_, at) => [
      `step=${at + 1} loss=1`,
      ` iteration ${at}/ 50 | lm loss: 1 |`,
    ])
    expect(factsOf(lines.flat().join('\n')).restarts).toBe(0)
  })
})
