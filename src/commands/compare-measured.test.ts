import { describe, expect, it } from 'vitest'
import published from '../../docs/schema/run-comparison.json' with { type: 'json' }
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import type { FakeEnvOptions } from '../../test/unit/fake-env.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { ago, now, runningTrainJob, runningV1, v1Pod, v2Pod } from '../../test/unit/objects.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'

/** A step every two seconds, the first a minute after the pod was made. */
function log(age: number): string {
  const at = (step: number) => ago(age - 60 - step * 2).replace('Z', '.000000001Z')
  return Array.from({ length: 30 }, (_, step) => `${at(step)} step ${step}: loss=${10 - step / 10} step_time=2\n`).join(
    '',
  )
}

function onGpus(pod: Pod): Pod {
  const containers = pod.spec.containers.map((one) => ({ ...one, resources: { limits: { 'nvidia.com/gpu': 8 } } }))
  return { ...pod, spec: { ...pod.spec, containers } }
}

const [v1, v2] = [v1Pod('bert', 'master', 0, { age: 900 }), v2Pod('bert-v2', 0, { age: 600 })]
const logs = { 'bert-master-0/pytorch': log(900), [`${v2.metadata.name}/pytorch`]: log(600) }

async function compare(words: readonly string[], { pods = [onGpus(v1), onGpus(v2)], ...env }: Given = {}) {
  const objects: KubeObject[] = [runningV1('bert', { roles: { Master: 1 } }), runningTrainJob('bert-v2'), ...pods]
  const cluster = new FakeCluster({ objects, logs, namespace: 'nlp' })
  return await runVerb(['compare', 'job', 'bert', '--charts', '0', ...words], { cluster, now: () => now, ...env })
}

interface Given extends FakeEnvOptions {
  readonly pods?: readonly Pod[]
}

const url = ['--prometheus', 'http://prometheus:9090']

/** A Prometheus that knows the utilisation of these sides. */
function prometheus(known: Readonly<Record<string, string>>): Pick<FakeEnvOptions, 'answer'> {
  return {
    answer: ({ searchParams }) => {
      const query = searchParams.get('query') ?? ''
      const value = query.includes('UTIL') ? known[query.includes('bert-v2') ? 'v2' : 'v1'] : undefined
      return {
        json: { status: 'success', data: { result: value === undefined ? [] : [{ metric: {}, value: [1, value] }] } },
      }
    },
  }
}

describe('utilisation of the GPUs of a pair', () => {
  it('that nobody measured has a row which says why and what to type, and holds up no verdict', async () => {
    const { code, out, err } = await compare([])
    expect({ code, err }).toEqual({ code: 0, err: [] })
    expect(out.join('\n')).toMatchInlineSnapshot(`
      "nlp/bert   v1 steps 0..29, v2 steps 0..29 (30 shared)
      image digest ?  world size 1 ✓  processes 1 ✓  data path ?  seed ?

      VERDICT  match      loss within 1 % on 30 shared steps; step time the same

      METRIC                 V1     V2   DIFF   TOLERANCE
      loss @29              7.1    7.1    0 %         1 %   match
      step time             2 s    2 s    0 %         5 %   match
      time to first step   60 s   60 s    0 %           -
      restarts                0      0    0 %           -
      GPU util                -      -      -         5 %   inconclusive  no data of v1 and v2; no Prometheus was asked: --prometheus URL

      Next: kubectl migrate status job bert -n nlp"
    `)
  })

  it('is told so on a line of its own on a terminal of 80 columns', async () => {
    const { out } = await compare([], { tty: true, columns: 80 })
    expect(out.filter((line) => line.length > 80)).toEqual([])
    expect(out.join('\n')).toMatchInlineSnapshot(`
      "nlp/bert   v1 steps 0..29, v2 steps 0..29 (30 shared)
      image digest ?  world size 1 ✓  processes 1 ✓  data path ?  seed ?

      VERDICT  match      loss within 1 % on 30 shared steps; step time the same

      METRIC                 V1     V2   DIFF   TOLERANCE
      loss @29              7.1    7.1    0 %         1 %   match
      step time             2 s    2 s    0 %         5 %   match
      time to first step   60 s   60 s    0 %           -
      restarts                0      0    0 %           -
      GPU util                -      -      -         5 %   inconclusive
          no data of v1 and v2; no Prometheus was asked: --prometheus URL

      Next: kubectl migrate status job bert -n nlp"
    `)
  })

  it('is told so on a terminal of 40 columns, without Unicode', async () => {
    const { out } = await compare([], { tty: true, columns: 40, unicode: false })
    // what is to be copied stays whole
    expect(out.filter((line) => line.length > 40)).toEqual(['Next: kubectl migrate status job bert -n nlp'])
    expect(out.join('\n')).toMatchInlineSnapshot(`
      "nlp/bert
      v1 steps 0..29, v2 steps 0..29 (30
      shared)
      image digest ?  world size 1 ok
      processes 1 ok  data path ?  seed ?

      VERDICT  match
        loss within 1 % on 30 shared steps
        step time the same

      loss @29  match
        7.1 -> 7.1
        0 % (tolerance 1 %)
      step time  match
        2 s -> 2 s
        0 % (tolerance 5 %)
      time to first step
        60 s -> 60 s
        0 %
      restarts
        0 -> 0
        0 %
      GPU util  inconclusive
        - -> -
          no data of v1 and v2; no Prometheus
          was asked: --prometheus URL

      Next: kubectl migrate status job bert -n nlp"
    `)
  })

  it.each<[string, Given, string]>([
    [
      'that both have',
      prometheus({ v1: '93', v2: '92' }),
      'GPU util             93 %   92 %   -1.1 %         5 %   match',
    ],
    [
      'that one has',
      prometheus({ v1: '93' }),
      'GPU util             93 %      -      -         5 %   inconclusive  no data of v2; Prometheus has no DCGM_FI_DEV_GPU_UTIL of its pods',
    ],
    [
      'that none has',
      prometheus({}),
      'GPU util                -      -      -         5 %   inconclusive  no data of v1 and v2; Prometheus has no DCGM_FI_DEV_GPU_UTIL of its pods',
    ],
    [
      'that is not there',
      {},
      'GPU util                -      -      -         5 %   inconclusive  no data of v1 and v2; Prometheus: cannot be reached (ECONNREFUSED)',
    ],
  ])('of a Prometheus %s', async (_name, env, row) => {
    const { code, out } = await compare(url, env)
    expect([code, out.find((line) => line.startsWith('GPU util'))]).toEqual([0, row])
  })

  it('is no row of pods without GPUs', async () => {
    const { out } = await compare([], { pods: [v1, v2] })
    expect(out.filter((line) => line.includes('GPU'))).toEqual([])
  })

  it('has its reason in JSON, as the schema says, and in Markdown', async () => {
    const { out } = await compare(['-o', 'json'])
    const data = JSON.parse(out.join('\n'))
    expect(faultsOf(published, data)).toEqual([])
    expect(data.metrics).toContainEqual({
      ...{ name: 'GPU util', kind: 'utilisation', unit: '%', source: 'measured', tolerance: 0.05, shared: 0 },
      verdict: 'inconclusive',
      why: 'no data of v1 and v2; no Prometheus was asked: --prometheus URL',
    })
    const { out: markdown } = await compare(['-o', 'markdown'])
    expect(markdown.filter((line) => line.includes('GPU util'))).toEqual([
      '| GPU util | - | - | - | 5 % | inconclusive: no data of v1 and v2; no Prometheus was asked: --prometheus URL |',
    ])
  })

  it('decides where it alone is asked for', async () => {
    const { code, out } = await compare(['--only', 'GPU util'])
    expect([code, out.find((line) => line.startsWith('VERDICT'))]).toEqual([
      1,
      'VERDICT  inconclusive      GPU util: no data of v1 and v2; no Prometheus was asked: --prometheus URL',
    ])
  })
})
