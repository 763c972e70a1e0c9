import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { factsOf, pointsOf } from '../../../test/unit/run-logs.ts'

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

  it.each([
    ['torchrun', '[default0]:', '[default1]:'],
    ['torchrun with global ranks', '[trainer0|8]:', '[trainer1|9]: '],
    ['PyTorch', '[rank3]:', '[rank12]: '],
    ['mpirun', '[1,0]<stdout>:', '[1,1]<stderr>: '],
    ['Open MPI 5', '[prterun-bert-1@1,0]<stdout>: ', '[prterun-bert-1@1,1]<stdout>: '],
    ['Lightning', '[rank: 0] ', '[rank: 1] '],
  ])('that several ranks write is the word of the lowest one that tells a metric: %s', (_name, first, second) => {
    const at = '2026-08-01T10:00:00.5Z '
    const { points } = pointsOf([
      `${at}${second}step=1 loss=3`,
      `${at}${first}step=1 loss=1`,
      `${at}${first}step=2 loss=1.5`,
      `${at}${second}step=2 loss=3`,
      `${at}${second}step=2 acc=0.5`,
    ])
    expect(points).toEqual(['loss step 1 1', 'loss step 2 1.5', 'accuracy step 2 0.5'])
  })

  it('counts the restarts of a rank, not that one is behind another', () => {
    const ranks = ['[1,0]<stdout>:step=100 loss=1', '[1,1]<stdout>:step=90 loss=1', '[1,0]<stdout>:step=101 loss=1']
    expect(factsOf(ranks.join('\n')).restarts).toBe(0)
    expect(factsOf([...ranks, '[1,0]<stdout>:step=50 loss=1'].join('\n')).restarts).toBe(1)
  })

  it('takes no other word in brackets for a rank', () => {
    expect(pointsOf(['[iter100]: loss=1', '[iter200]: loss=0.5']).points).toEqual([
      'loss order 1 1',
      'loss order 2 0.5',
    ])
  })

  it('keeps 64 metrics of one that names them anew on each line, and counts the others', () => {
    const lines = Array.from({ length: 1000 }, (_, at) => `{"metricName": "loss-${at}-of", "metricValue": 1}`)
    const { series, dropped } = factsOf(lines.join('\n'))
    expect([series.length, dropped]).toEqual([64, 936])
  })
})
