import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { factsOf } from '../../../test/unit/run-logs.ts'

const summary = (text: string, block: number) => {
  const { series, formats, restarts, settings, firstTime, firstStepTime } = factsOf(text, { block })
  const points = series.map(({ metric, by, series: { axis, notNumbers, ...one } }) => ({
    metric,
    by,
    axis,
    notNumbers,
    one,
  }))
  return { points, formats, restarts, settings, firstTime, firstStepTime }
}

describe('the log of a run', () => {
  it('says the same in blocks of any size, whatever stands in it', () => {
    const piece = fc.constantFrom(
      ...[
        'Epoch 1/3',
        'epoch: 2,',
        'step 3',
        'loss=0.5',
        "{'loss': ",
        '0.25',
        "'epoch': 1.5}",
        '{"step": 1, "loss": nan}',
      ],
      ...[
        'NaN',
        '100/100 [===] - 2s 20ms/step - loss: 1',
        ' 10%|# | 1/9 [00:01<00:09, 1.0it/s]',
        'iteration 5/ 9 | lm loss: 1 |',
      ],
      ...[
        '[3]\ttrain-rmse:0.5',
        'lr=[0.1, ',
        'seed: 7',
        '2026-08-01T10:00:00.5Z ',
        '[pod/a/b] ',
        '\u001b[1m',
        '\b',
        '\0',
      ],
      ...['\n', '\n', '\r', ' ', '-', '=', ':', '1e999', 'world_size=8', '{"metricName": "a", "metricValue": "1"}'],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (pieces, block) => {
        const text = pieces.join('')
        expect(summary(text, block)).toEqual(summary(text, text.length + 1))
      }),
      { numRuns: 500 },
    )
  })

  it('keeps 64 metrics of one that names them anew on each line, and counts the others', () => {
    const lines = Array.from({ length: 1000 }, (_, at) => `{"metricName": "loss-${at}-of", "metricValue": 1}`)
    const { series, dropped } = factsOf(lines.join('\n'))
    expect([series.length, dropped]).toEqual([64, 936])
  })
})
