import { describe, expect, it } from 'vitest'
import { closest } from './closest.ts'

const verbs = ['list', 'status', 'convert', 'diff', 'cutover', 'version', 'completion']

describe('closest', () => {
  it.each([
    ['stauts', ['status']],
    ['STATUS', ['status']],
    ['ls', ['list']],
    ['conv', ['convert']],
    ['cutver', ['cutover']],
    ['dif', ['diff']],
    ['migrate', []],
    ['', []],
    ['x', []],
  ])('%j means %j', (typed, meant) => {
    expect(closest(typed, verbs)).toEqual(meant)
  })

  it('gives at most the number asked for, each once', () => {
    expect(closest('job', ['job-1', 'job-2', 'job-3', 'job-1'], 2)).toEqual(['job-1', 'job-2'])
  })
})
