import { describe, expect, it } from 'vitest'
import published from '../../docs/schema/run-comparison.json' with { type: 'json' }
import { faultsOf } from '../../test/unit/json-schema.ts'
import { runVerb } from '../../test/unit/run-verb.ts'

interface Made {
  readonly steps?: readonly [from: number, to: number]
  readonly time?: number
  readonly loss?: (step: number) => number
}

/** A log with times, as `kubectl logs --timestamps` gives it. */
function log({ steps: [from, to] = [0, 200], time = 1.25, loss = (step) => 2 + 8 * 0.98 ** step }: Made = {}): string {
  const at = (seconds: number) => new Date(Date.UTC(2026, 7, 1) + seconds * 1000).toISOString().replace('Z', '000000Z')
  const lines = Array.from(
    { length: to - from },
    (_, step) => `${at(30 + step * time)} step ${from + step}: loss=${loss(from + step).toFixed(4)} step_time=${time}`,
  )
  return `${[`${at(0)} seed: 42`, ...lines].join('\n')}\n`
}

const files = {
  'v1.log': log(),
  'v2.log': log({ steps: [0, 150], time: 1.2 }),
  'slow.log': log({ steps: [0, 150], time: 1.5 }),
  'drifts.log': log({ loss: (step) => 2 + 8 * 0.98 ** step + (step >= 190 ? 1 : 0) }),
  'nan.log': log({ loss: (step) => (step < 100 ? 3 : Number.NaN) }),
  'resumed.log': log({ steps: [200, 400] }),
  'empty.log': '',
  'noise.log': 'hello\nworld\n',
}

const compare = (v1: string, v2: string, words: readonly string[] = [], more: object = {}) =>
  runVerb(['compare', '--v1', v1, '--v2', v2, ...words], { files, ...more })

describe('compare of saved logs', () => {
  it('says that they match, with each metric and the curves', async () => {
    const { code, out, err } = await compare('v1.log', 'v2.log')
    expect({ code, err }).toEqual({ code: 0, err: [] })
    expect(out.join('\n')).toMatchInlineSnapshot(`
      "v1.log against v2.log   v1 steps 0..199, v2 steps 0..149 (150 shared)
      image digest ?  world size ?  processes ?  data path ?  seed 42 ✓

      VERDICT  match      loss within 1 % on 150 shared steps; step time 4 % faster

      METRIC                   V1      V2   DIFF   TOLERANCE
      loss @149             2.394   2.394    0 %         1 %   match
      step time            1.25 s   1.2 s   -4 %         5 %   match
      time to first step     30 s    30 s    0 %           -
      restarts                  0       0    0 %           -

      loss by step      ⠒ v1   ⠶ v2
         10 ┤⠳⢦⡀
            ┤ ⠈⠙⠳⢦⡄
            ┤     ⠙⠳⠶⣄⡀
       6.74 ┤        ⠈⠙⠳⢶⣤⣀
            ┤             ⠉⠛⠶⠶⣤⣀⣀
            ┤                  ⠉⠉⠛⠳⠶⢦⣤⣀⣀⣀
      3.481 ┤                         ⠉⠉⠙⠛⠛⠶⠶⠶⣤⣤⣤⣀⣀⣀⣀
      2.394 ┤                                    ⠉⠉⠉⠉⠛⠛⠛⠛⠳⠶⠶⠶⠶⠶⢦⣤⣤⣤⣤⣤⣤⣤⣤⣀⣀⣀⣀⣀⣀"
    `)
  })

  it('is drawn without Unicode where the locale has none', async () => {
    const { out } = await compare('v1.log', 'drifts.log', [], { unicode: false })
    expect(out.join('\n')).toMatchInlineSnapshot(`
      "v1.log against drifts.log   v1 steps 0..199, v2 steps 0..199 (200 shared)
      image digest ?  world size ?  processes ?  data path ?  seed 42 ok

      VERDICT  differs      loss by +12.7 % of its range, most in steps 190 to 199; tolerance 1 %

      METRIC                   V1       V2      DIFF   TOLERANCE
      loss @199             2.144    3.144   +12.7 %         1 %   differs  most in steps 190 to 199
      step time            1.25 s   1.25 s       0 %         5 %   match
      time to first step     30 s     30 s       0 %           -
      restarts                  0        0       0 %           -

      loss by step      1 v1   2 v2
         10 |**
            | ****
            |    ****
      6.633 |       *****
            |           ******
            |                ********
      3.266 |                        ****************                     2222
      2.144 |                                       ***********************111"
    `)
  })

  it('fits a terminal of 40 columns', async () => {
    const { out } = await compare('v1.log', 'slow.log', [], { columns: 40, tty: true })
    expect(out.filter((line) => line.length > 40)).toEqual([])
    expect(out.join('\n')).toMatchInlineSnapshot(`
      "v1.log against slow.log
      v1 steps 0..199, v2 steps 0..149 (150
      shared)
      image digest ?  world size ?  processes
      ?  data path ?  seed 42 ✓

      VERDICT  differs
        step time by +20 %; tolerance 5 %

      loss @149  match
        2.394 → 2.394
        0 % (tolerance 1 %)
      step time  differs
        1.25 s → 1.5 s
        +20 % (tolerance 5 %)
      time to first step
        30 s → 30 s
        0 %
      restarts
        0 → 0
        0 %

      loss by step      ⠒ v1   ⠶ v2
         10 ┤⢷⡀
            ┤ ⠹⣦
            ┤  ⠈⠳⣄
       6.74 ┤    ⠈⠷⣤⡀
            ┤      ⠈⠻⢶⣄⡀
            ┤         ⠉⠛⠶⣤⣀
      3.481 ┤            ⠈⠉⠛⠷⢶⣤⣄⣀⡀
      2.394 ┤                  ⠉⠉⠛⠛⠳⠶⠶⢶⣤⣤⣤⣤⣀⣀⣀"
    `)
  })

  it('has reasons on lines of their own on a terminal of 80 columns', async () => {
    const { out } = await compare('v1.log', 'nan.log', [], { columns: 80, tty: true })
    expect(out.filter((line) => line.length > 80)).toEqual([])
    expect(out.join('\n')).toMatchInlineSnapshot(`
      "v1.log against nan.log   v1 steps 0..199, v2 steps 0..99 (100 shared)
      image digest ?  world size ?  processes ?  data path ?  seed 42 ✓

      VERDICT  differs      loss: v2 is NaN from step 100, 100 times

      METRIC                   V1       V2   DIFF   TOLERANCE
      loss @99              3.083        3      -         1 %   differs
          v2 is NaN from step 100, 100 times
      step time            1.25 s   1.25 s    0 %         5 %   match
      time to first step     30 s     30 s    0 %           -
      restarts                  0        0    0 %           -

      loss by step      ⠒ v1   ⠶ v2
      10 ┤⠉⠒⠤⣀⡀
         ┤    ⠉⠑⠢⠤⣀⡀
         ┤         ⠉⠙⠒⠤⢄⣀
       7 ┤               ⠉⠉⠒⠢⠤⣄⣀
         ┤                     ⠈⠉⠉⠒⠒⠤⠤⣄⣀⡀
         ┤                              ⠈⠉⠉⠒⠒⠢⠤⠤⣄⣀⣀⡀
       4 ┤                                         ⠉⠉⠉⠑⠒⠒⠒⠤⠤⠤⠤⣄⣀⣀⣀⣀
       3 ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣉⣉⣉⣉⣉⣒⣒⣒⣒⣒⣢⣤⣤⣤⣤⣤⣤⣤⣀"
    `)
  })

  it('draws over 100 columns on a terminal of 200', async () => {
    const { out } = await compare('v1.log', 'drifts.log', [], { columns: 200, tty: true })
    expect(out.join('\n')).toMatchInlineSnapshot(`
      "v1.log against drifts.log   v1 steps 0..199, v2 steps 0..199 (200 shared)
      image digest ?  world size ?  processes ?  data path ?  seed 42 ✓

      VERDICT  differs      loss by +12.7 % of its range, most in steps 190 to 199; tolerance 1 %

      METRIC                   V1       V2      DIFF   TOLERANCE
      loss @199             2.144    3.144   +12.7 %         1 %   differs  most in steps 190 to 199
      step time            1.25 s   1.25 s       0 %         5 %   match
      time to first step     30 s     30 s       0 %           -
      restarts                  0        0       0 %           -

      loss by step      ⠒ v1   ⠶ v2
         10 ┤⠳⢦⣄
            ┤  ⠈⠻⢦⣄⡀
            ┤     ⠈⠙⠳⢦⣤⡀
      6.633 ┤          ⠙⠳⠶⣤⣄⣀
            ┤              ⠈⠉⠛⠶⠶⣤⣄⣀⡀
            ┤                    ⠈⠉⠙⠛⠶⠶⢦⣤⣤⣀⣀⡀
      3.266 ┤                             ⠉⠉⠙⠛⠛⠛⠶⠶⠶⣤⣤⣤⣤⣄⣀⣀⣀⣀⡀                                        ⢀⣀⣀⣀⣀
      2.144 ┤                                          ⠈⠉⠉⠉⠉⠙⠛⠛⠛⠛⠛⠛⠶⠶⠶⠶⠶⠶⠶⠶⠶⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣏⣉⣉⣉⣉"
    `)
  })

  it('paints the verdict, and each curve in its colour', async () => {
    const { out } = await compare('v1.log', 'drifts.log', [], { color: true, unicode: false })
    expect(out.join('\n').replaceAll('\u001b', '^')).toMatchInlineSnapshot(`
      "v1.log against drifts.log   v1 steps 0..199, v2 steps 0..199 (200 shared)
      ^[2mimage digest ?^[22m  ^[2mworld size ?^[22m  ^[2mprocesses ?^[22m  ^[2mdata path ?^[22m  seed 42 ok

      VERDICT  ^[31mdiffers^[39m      loss by +12.7 % of its range, most in steps 190 to 199; tolerance 1 %

      METRIC                   V1       V2      DIFF   TOLERANCE
      loss @199             2.144    3.144   +12.7 %         1 %   ^[31mdiffers  most in steps 190 to 199^[39m
      step time            1.25 s   1.25 s       0 %         5 %   ^[32mmatch^[39m
      time to first step     30 s     30 s       0 %           -
      restarts                  0        0       0 %           -

      loss by step      ^[36m1 v1^[39m   ^[33m2 v2^[39m
         10 |**
            | ****
            |    ****
      6.633 |       *****
            |           ******
            |                ********
      3.266 |                        ****************                     ^[33m2222^[39m
      2.144 |                                       ***********************^[36m111^[39m"
    `)
  })

  it.each<[string, string, string, string]>([
    ['differ where one turns NaN', 'v1.log', 'nan.log', 'differs      loss: v2 is NaN from step 100, 100 times'],
    ['are inconclusive where they share no step', 'v1.log', 'resumed.log', 'inconclusive      loss: no common steps'],
    [
      'are inconclusive where one says nothing',
      'v1.log',
      'noise.log',
      'inconclusive      loss: no data of v2; step time: no data of v2',
    ],
    [
      'are inconclusive where both say nothing, also when they are the same',
      'empty.log',
      'empty.log',
      'inconclusive      no loss, accuracy or other result was found; no time per step was found',
    ],
  ])('%s', async (_name, v1, v2, verdict) => {
    const { code, out, err } = await compare(v1, v2)
    expect({ code, verdict: out[3], err }).toEqual({ code: 1, verdict: `VERDICT  ${verdict}`, err: [] })
  })

  it('is data that the published schema describes', async () => {
    for (const [v1, v2] of [
      ['v1.log', 'v2.log'],
      ['v1.log', 'nan.log'],
      ['v1.log', 'noise.log'],
      ['empty.log', 'empty.log'],
    ] as const) {
      const { out, err } = await compare(v1, v2, ['-o', 'json'])
      const data = JSON.parse(out.join('\n'))
      expect({ faults: faultsOf(published, data), err }).toEqual({ faults: [], err: [] })
    }
  })

  it('is a table in Markdown', async () => {
    const { code, out } = await compare('v1.log', 'slow.log', ['-o', 'markdown'])
    expect(code).toBe(1)
    expect(out.join('\n')).toMatchInlineSnapshot(`
      "## v1.log against slow.log: differs

      - step time by +20 %; tolerance 5 %

      | Metric | v1 | v2 | Difference | Tolerance | Verdict |
      | --- | --- | --- | --- | --- | --- |
      | loss @149 | 2.394 | 2.394 | 0 % | 1 % | match |
      | step time | 1.25 s | 1.5 s | +20 % | 5 % | differs |
      | time to first step | 30 s | 30 s | 0 % | - | shown |
      | restarts | 0 | 0 | 0 % | - | shown |

      | Fair? | v1 | v2 |  |
      | --- | --- | --- | --- |
      | image digest |  |  | unknown |
      | world size |  |  | unknown |
      | processes |  |  | unknown |
      | data path |  |  | unknown |
      | seed | 42 | 42 | same |"
    `)
  })

  it('is a page that asks nothing of the network, with all text escaped', async () => {
    const name = '<script>alert(1)</script>.log'
    const { code, out } = await compare(name, 'v2.log', ['-o', 'html'], { files: { ...files, [name]: log() } })
    const page = out.join('\n')
    expect(code).toBe(0)
    expect(page).not.toMatch(/<script|https?:|url\(|@import| src=/)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;.log against v2.log')
    expect(page.match(/<polyline/g)).toHaveLength(2)
    expect(page).toContain("default-src 'none'")
  })
})

describe('compare of logs that say what could do harm', () => {
  const name = '</td><img src=x>\\u001b[31m|`rm`\\u202e'
  const hostile = Array.from({ length: 20 }, (_, at) => `{"metricName": "${name}", "metricValue": ${at}}`).join('\n')
  const harmful = { files: { 'a.log': hostile, 'b.log': hostile } }

  it.each(['text', 'json', 'markdown', 'html'])('shows it as text in %s', async (format) => {
    const { out } = await compare('a.log', 'b.log', ['-o', format], harmful)
    const text = out.join('\n')
    expect(text).toContain('img src=x')
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
    if (format === 'html' || format === 'markdown') expect(text).not.toContain('<img')
    if (format === 'markdown') expect(text).not.toMatch(/[^\\]`/)
  })
})

describe('compare of long runs', () => {
  it('compares a share of the steps, and says so', async () => {
    const long = log({ steps: [0, 30_000], loss: (step) => 10 - step / 1e4 })
    const { code, out } = await compare('a.log', 'b.log', ['--charts', '0'], {
      files: { 'a.log': long, 'b.log': long },
    })
    expect([code, out.at(-1)]).toEqual([
      0,
      'note: loss, step time: of so many steps a share is compared, the same of both runs',
    ])
    expect(Number(/\((\d+) shared\)/.exec(out[0] ?? '')?.[1])).toBeGreaterThan(1000)
  })
})

describe('compare of folders', () => {
  it('takes the first log that tells something, the leading pod first', async () => {
    const more = {
      'a/bert-worker-0.log': log({ loss: () => 7 }),
      'a/bert-master-0.log': log(),
      'b/x/bert-v2-node-0-1.log': log({ loss: () => 7 }),
      'b/x/bert-v2-node-0-0.log': log(),
    }
    const { code, out } = await compare('a', 'b/', [], { files: more })
    expect([code, out[3]]).toEqual([0, 'VERDICT  match      loss within 1 % on 200 shared steps; step time the same'])
  })

  it('that `logs --save` wrote reads the side it is for', async () => {
    const saved = (side: string, rank: number) => ({
      ...{ side, rank, role: 'node', pod: `p-${rank}`, container: 'node' },
      ...{ file: `${side}/rank-${rank}_p_node.log`, lines: 1 },
    })
    const index = { apiVersion: 'kubectl-migrate.dev/v1alpha1', kind: 'SavedLogs', namespace: 'nlp', name: 'bert' }
    const all = [saved('v1', 0), saved('v2', 1), saved('v2', 0)]
    const more = {
      'kept/logs.json': JSON.stringify({ ...index, saved: '', complete: true, previous: false, logs: all, gaps: [] }),
      'kept/v1/rank-0_p_node.log': log(),
      'kept/v2/rank-0_p_node.log': log({ time: 1.5 }),
      'kept/v2/rank-1_p_node.log': log({ loss: () => 7 }),
    }
    const { code, out } = await compare('kept', 'kept', [], { files: more })
    expect([code, out[3], out.at(-1)]).toEqual([
      1,
      'VERDICT  differs      step time by +20 %; tolerance 5 %',
      'note: kept: of 2 logs v2/rank-0_p_node.log was read, which tells enough',
    ])
  })
})

describe('compare refuses', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [
      'to guess the runs',
      ['compare', '--v1', 'v1.log'],
      [
        'error: which two runs? Name a job, or give --v1 and --v2',
        '       kubectl migrate compare job NAME',
        '       kubectl migrate compare --v1 v1.log --v2 trainjob/NAME',
      ],
    ],
    [
      'a path that nothing has',
      ['compare', '--v1', 'v1.log', '--v2', 'none.log'],
      ['error: there is no file or folder none.log', '       a job is written as KIND/NAME, for example trainjob/bert'],
    ],
    [
      'a pattern without a named group',
      ['compare', '--v1', 'v1.log', '--v2', 'v2.log', '--pattern', 'a(b)'],
      [
        'error: --pattern has no named group: a(b)',
        "       for example --pattern 'it (?<step>\\d+) cost (?<loss>\\S+)'",
      ],
    ],
    [
      'a pattern that is none',
      ['compare', '--v1', 'v1.log', '--v2', 'v2.log', '--pattern', '(?<loss>'],
      ['error: --pattern is no regular expression: Invalid regular expression: /(?<loss>/: Unterminated group'],
    ],
    [
      'a tolerance without a number',
      ['compare', '--v1', 'v1.log', '--v2', 'v2.log', '--tolerance', 'loss'],
      ['error: --tolerance is NAME=5% or NAME=0.05, not loss'],
    ],
    [
      'a minimum of no steps',
      ['compare', '--v1', 'v1.log', '--v2', 'v2.log', '--min-steps', '0'],
      ['error: --min-steps is a whole number from 1, not 0'],
    ],
  ])('%s', async (_name, words, err) => {
    expect(await runVerb(words, { files })).toEqual({ code: 2, out: [], err })
  })
})

describe('compare with', () => {
  it('tolerances of its own judges by them, and names those that are of no metric', async () => {
    const words = ['--tolerance', 'time=25%', '--tolerance', 'train_loss=0.5', '--tolerance', 'speed=1%']
    const { code, err } = await compare('v1.log', 'slow.log', words)
    expect({ code, err }).toEqual({
      code: 0,
      err: [
        'note: --tolerance speed: no metric is called so here; there are loss, step time, time to first step, restarts',
      ],
    })
  })

  it('--only judges these metrics, and a missing one is no match', async () => {
    expect((await compare('v1.log', 'slow.log', ['--only', 'loss'])).code).toBe(0)
    expect((await compare('v1.log', 'v2.log', ['--only', 'loss', '--only', 'tokens/s'])).code).toBe(1)
  })

  it('--min-steps wants more shared steps', async () => {
    const { code, out } = await compare('v1.log', 'v2.log', ['--min-steps', '151'])
    expect([code, out[3]]).toEqual([1, 'VERDICT  inconclusive      loss: 150 shared, 151 needed'])
  })

  it('--pattern reads lines of a format of your own', async () => {
    const own = (factor: number) =>
      Array.from({ length: 50 }, (_, at) => `Zug ${at} Wert ${(at * factor).toFixed(2)} Takt 0.5`).join('\n')
    const words = ['--pattern', 'Zug (?<step>\\d+) Wert (?<loss>\\S+) Takt (?<step_time>\\S+)']
    const { code, out } = await compare('a.log', 'b.log', words, { files: { 'a.log': own(1), 'b.log': own(1) } })
    expect([code, out[3]]).toEqual([0, 'VERDICT  match      loss within 1 % on 50 shared steps; step time the same'])
  })
})
