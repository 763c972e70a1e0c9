import { describe, expect, it } from 'vitest'
import { factsOf } from '../../../test/unit/run-logs.ts'
import { compareRuns } from './compare.ts'
import type { CompareOptions, Run } from './run.ts'

const options: CompareOptions = { minSteps: 10, tolerances: new Map(), only: [] }

interface Made {
  readonly steps?: readonly [from: number, to: number]
  readonly loss?: (step: number) => number
  readonly time?: number
  readonly more?: string
}

function run({ steps = [0, 100], loss = (step) => 10 - step / 10, time, more = '' }: Made, numbers: object = {}): Run {
  const lines = Array.from({ length: steps[1] - steps[0] }, (_, at) => {
    const step = steps[0] + at
    return `step=${step} loss=${loss(step)}${time === undefined ? '' : ` step_time=${time}`}${more}`
  })
  const logs = [{ name: 'log', facts: factsOf(lines.join('\n')) }]
  return { name: 'run', logs, numbers: new Map(Object.entries(numbers)), setting: {} }
}

const answer = (v1: Run, v2: Run, more: Partial<CompareOptions> = {}) =>
  compareRuns(v1, v2, { ...options, ...more }).overall

describe('two runs', () => {
  it.each<[string, Run, Run, object]>([
    [
      'match with a result and a speed that do',
      run({ time: 1 }),
      run({ time: 0.99 }),
      { verdict: 'match', reasons: ['loss within 1 % on 100 shared steps', 'step time 1 % faster'] },
    ],
    [
      'differ with the loss',
      run({ time: 1 }),
      run({ time: 1, loss: () => 5 }),
      { verdict: 'differs', reasons: ['loss by -48.5 % of its range, most in steps 0 to 4; tolerance 1 %'] },
    ],
    [
      'differ with the speed',
      run({ time: 1 }),
      run({ time: 1.5 }),
      { verdict: 'differs', reasons: ['step time by +50 %; tolerance 5 %'] },
    ],
    [
      'without a speed are inconclusive',
      run({}),
      run({}),
      { verdict: 'inconclusive', reasons: ['no time per step was found'] },
    ],
    [
      'without a log that says anything are inconclusive',
      run({ steps: [0, 0] }),
      run({ steps: [0, 0] }),
      {
        verdict: 'inconclusive',
        reasons: ['no loss, accuracy or other result was found', 'no time per step was found'],
      },
    ],
    [
      'of which one says nothing are inconclusive',
      run({ time: 1 }),
      run({ steps: [0, 0] }),
      { verdict: 'inconclusive', reasons: ['loss: no data of v2', 'step time: no data of v2'] },
    ],
    [
      'of which v2 went on from a checkpoint are inconclusive, although they are as fast',
      run({ time: 1 }),
      run({ time: 1, steps: [100, 200] }),
      { verdict: 'inconclusive', reasons: ['loss: no common steps'] },
    ],
    [
      'of which one tells a metric that the other does not are inconclusive',
      run({ time: 1, more: ' lr=0.1' }),
      run({ time: 1 }),
      { verdict: 'inconclusive', reasons: ['learning rate: no data of v2'] },
    ],
    [
      'match although utilisation is known of one only',
      run({ time: 1 }, { 'GPU util': 93 }),
      run({ time: 1 }),
      { verdict: 'match' },
    ],
    [
      'differ with utilisation, where both are known',
      run({ time: 1 }, { 'GPU util': 93 }),
      run({ time: 1 }, { 'GPU util': 46.5 }),
      { verdict: 'differs', reasons: ['GPU util by -50 %; tolerance 5 %'] },
    ],
    [
      'match although one restarted',
      run({ time: 1 }, { restarts: 0 }),
      run({ time: 1 }, { restarts: 2 }),
      { verdict: 'match' },
    ],
  ])('%s', (_name, v1, v2, expected) => {
    expect(answer(v1, v2)).toMatchObject(expected)
  })

  it('match with an accuracy that is told once an epoch, and not by it alone', () => {
    const epochs = (count: number, accuracy: number) =>
      Array.from({ length: count }, (_, epoch) => `\naccuracy=${accuracy + epoch / 10}`).join('')
    const told = (accuracy: number) => {
      const made = run({ time: 1 })
      const lines = Array.from({ length: 100 }, (_, step) => `step=${step} loss=${10 - step / 10} step_time=1`)
      return { ...made, logs: [{ name: 'log', facts: factsOf(`${lines.join('\n')}${epochs(3, accuracy)}`) }] }
    }
    expect(answer(told(0.5), told(0.5)).verdict).toBe('match')
    expect(answer(told(0.5), told(0.6)).verdict).toBe('differs')
    const alone = () => ({ ...run({}), logs: [{ name: 'log', facts: factsOf(epochs(3, 0.5)) }] })
    expect(answer(alone(), alone())).toEqual({
      verdict: 'inconclusive',
      reasons: ['no result has 10 shared steps', 'no time per step was found'],
    })
  })

  it.each<[what: string, v1: Run['setting'], v2: Run['setting'], reasons: readonly string[]]>([
    ['size', { worldSize: '8' }, { worldSize: '4' }, ['not the same world size: 8 and 4']],
    ['number of processes', { processes: '8' }, { processes: '4' }, ['not the same processes: 8 and 4']],
    ['image', { image: 'sha256:a' }, { image: 'sha256:b' }, ['not the same image digest']],
  ])('of another %s do not match, unless one asks for a metric', (_what, first, second, reasons) => {
    const [v1, v2] = [
      { ...run({ time: 1 }), setting: first },
      { ...run({ time: 1 }), setting: second },
    ]
    expect(answer(v1, v2)).toEqual({ verdict: 'inconclusive', reasons })
    expect(answer(v1, { ...v2, setting: {} }).verdict).toBe('match')
    expect(answer(v1, v2, { only: ['loss'] }).verdict).toBe('match')
    expect(answer(v1, { ...run({ time: 2 }), setting: second }).verdict).toBe('differs')
  })

  it('of which one failed do not match, however alike they were', () => {
    const failed = { ...run({ time: 1 }), failed: 'BackoffLimitExceeded' }
    const reasons = ['v2 has failed (BackoffLimitExceeded)']
    expect(answer(run({ time: 1 }), failed)).toEqual({ verdict: 'inconclusive', reasons })
    expect(answer(failed, run({ time: 2 })).verdict).toBe('differs')
  })

  it('of another seed or other data match all the same', () => {
    const [v1, v2] = [
      { ...run({ time: 1 }), setting: { seed: '1', dataPath: 'a' } },
      { ...run({ time: 1 }), setting: { seed: '2', dataPath: 'b' } },
    ]
    expect(answer(v1, v2).verdict).toBe('match')
  })

  it('share every step of a twin that has some hundred of them, when v1 has gone on for very long', () => {
    const v1 = run({ time: 1, steps: [0, 90_000] })
    const { rows } = compareRuns(v1, run({ time: 1, steps: [0, 300] }), options)
    expect(rows.find(({ metric }) => metric === 'loss')).toMatchObject({ verdict: 'match', shared: 300 })
  })

  it('are judged by the metrics asked for only', () => {
    expect(answer(run({}), run({}), { only: ['loss'] })).toEqual({
      verdict: 'match',
      reasons: ['loss within 1 % on 100 shared steps'],
    })
    expect(answer(run({}), run({}), { only: ['loss', 'tokens/s'] })).toEqual({
      verdict: 'inconclusive',
      reasons: ['tokens/s: no data'],
    })
  })

  it('are judged by the tolerances given: of a metric, or of all times', () => {
    const [v1, v2] = [run({ time: 1 }, { restarts: 1 }), run({ time: 1.5 }, { restarts: 3 })]
    expect(answer(v1, v2, { tolerances: new Map([['time', 0.6]]) }).verdict).toBe('match')
    expect(answer(v1, v2, { tolerances: new Map([['step time', 0.6]]) }).verdict).toBe('match')
    const strict = new Map([
      ['time', 0.6],
      ['restarts', 0],
    ])
    expect(answer(v1, v2, { tolerances: strict })).toEqual({
      verdict: 'differs',
      reasons: ['restarts by +200 %; tolerance 0 %'],
    })
  })
})
