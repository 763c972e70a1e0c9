import { describe, expect, it } from 'vitest'
import type { JsonAnswer } from '../cluster/http-json.ts'
import { readPrometheus } from './prometheus.ts'

const run = { namespace: 'nlp', pods: ['bert-0', 'bert.x-1'], from: 1_000_000, to: 4_600_000 }
const vector = (value: unknown): JsonAnswer => ({
  json: { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1, value] }] } },
})

async function read(answer: (query: string) => JsonAnswer, server = 'http://prometheus:9090/base/') {
  const asked: URL[] = []
  const measured = await readPrometheus(new URL(server), run, async (url) => {
    asked.push(url)
    return answer(url.searchParams.get('query') ?? '')
  })
  return { numbers: [...measured.numbers], problems: measured.problems, asked }
}

describe('Prometheus', () => {
  it('is asked for means over the time of the run, with the labels as they are and renamed', async () => {
    const { numbers, problems, asked } = await read((query) => vector(query.includes('UTIL') ? '93.5' : '1024'))
    expect({ numbers, problems }).toEqual({
      numbers: [
        ['GPU util', 93.5],
        ['GPU memory', 1024],
        ['memory', 1024],
      ],
      problems: [],
    })
    expect([asked[0]?.origin, asked[0]?.pathname, asked[0]?.searchParams.get('time')]).toEqual([
      'http://prometheus:9090',
      '/base/api/v1/query',
      '4600',
    ])
    expect(asked[0]?.searchParams.get('query')).toBe(
      'avg(avg_over_time(DCGM_FI_DEV_GPU_UTIL{namespace="nlp",pod=~"bert-0|bert\\\\.x-1"}[3600s])) or ' +
        'avg(avg_over_time(DCGM_FI_DEV_GPU_UTIL{exported_namespace="nlp",exported_pod=~"bert-0|bert\\\\.x-1"}[3600s]))',
    )
  })

  it.each<[string, JsonAnswer, readonly string[]]>([
    ['that has no such metric gives none', { json: { status: 'success', data: { result: [] } } }, []],
    ['that gives NaN gives none', vector('NaN'), []],
    ['that hangs is given up', { failed: 'no answer within 10 s' }, ['no answer within 10 s']],
    ['that refuses a query says why', { json: { status: 'error', error: 'parse error' } }, ['it says: parse error']],
    ['that is something else is known as such', { json: ['hello'] }, ['its answer is not that of a Prometheus']],
    ['that has numbers for text is something else', vector(93), ['its answer is not that of a Prometheus']],
  ])('%s', async (_name, answer, problems) => {
    const found = await read(() => answer)
    expect({ numbers: found.numbers, problems: found.problems }).toEqual({ numbers: [], problems })
  })

  it('that does not answer is asked once', async () => {
    expect((await read(() => ({ failed: 'no' }))).asked).toHaveLength(1)
  })
})
