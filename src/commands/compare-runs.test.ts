import { describe, expect, it } from 'vitest'
import published from '../../docs/schema/run-comparison.json' with { type: 'json' }
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import type { FakeEnvOptions } from '../../test/unit/fake-env.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { ago, condition, now, runningTrainJob, runningV1, trainJob, v1Pod, v2Pod } from '../../test/unit/objects.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { resources } from '../kube/resources.ts'

const digest = `sha256:${'a'.repeat(64)}`

/** The log of a pod made so many seconds ago, whose first step comes a minute later. */
function log(age: number, { time = 2, steps = 30 } = {}): string {
  const lines = Array.from({ length: steps }, (_, step) => {
    const at = ago(age - 60 - step * time).replace('Z', '.000000001Z')
    return `${at} step ${step}: loss=${(10 - step / 10).toFixed(2)} step_time=${time}`
  })
  return `${ago(age - 20).replace('Z', '.5Z')} seed=42\n${lines.join('\n')}\n`
}

/** A pod whose image was pulled. */
function pulled(pod: Pod): Pod {
  const statuses = pod.status?.containerStatuses?.map((status) => ({
    ...status,
    imageID: `reg.example.com/train@${digest}`,
  }))
  return { ...pod, status: { ...pod.status, containerStatuses: statuses } } as Pod
}

const second = pulled(v2Pod('bert-v2', 1, { age: 600 }))
const first = pulled(v2Pod('bert-v2', 0, { age: 600 }))
const objects: readonly KubeObject[] = [
  runningV1('bert', { roles: { Master: 1, Worker: 1 } }),
  pulled(v1Pod('bert', 'master', 0, { age: 900, restarts: 1 })),
  pulled(v1Pod('bert', 'worker', 0, { age: 900 })),
  runningTrainJob('bert-v2'),
  first,
  second,
]
const logs = {
  'bert-master-0/pytorch': log(900),
  'bert-worker-0/pytorch': log(900),
  [`${first.metadata.name}/pytorch`]: log(600, { steps: 20 }),
  [`${second.metadata.name}/pytorch`]: log(600, { steps: 20 }),
}

async function compare(words: readonly string[], cluster: FakeClusterOptions = {}, env: FakeEnvOptions = {}) {
  const fake = new FakeCluster({ objects, logs, namespace: 'nlp', ...cluster })
  const outcome = await runVerb(['compare', ...words], { cluster: fake, now: () => now, ...env })
  return { ...outcome, log: fake.log }
}

describe('compare of a pair', () => {
  it('reads the first ranks of both sides and says what it found', async () => {
    const { code, out, err } = await compare(['job', 'bert'])
    expect({ code, err }).toEqual({ code: 0, err: [] })
    expect(out.join('\n')).toMatchInlineSnapshot(`
      "nlp/bert   v1 steps 0..29, v2 steps 0..19 (20 shared)
      image digest ✓  world size 2 ✓  processes 1 ✓  data path ?  seed 42 ✓

      VERDICT  match      loss within 1 % on 20 shared steps; step time the same

      METRIC                 V1     V2     DIFF   TOLERANCE
      loss @19              8.1    8.1      0 %         1 %   match
      step time             2 s    2 s      0 %         5 %   match
      time to first step   60 s   60 s      0 %           -
      restarts                1      0   -100 %           -

      loss by step      ⠒ v1   ⠶ v2
         10 ┤⠛⠳⠶⢦⣤⣄⣀⣀
            ┤     ⠈⠉⠉⠛⠳⠶⢦⣤⣄⣀⣀
            ┤             ⠈⠉⠉⠛⠛⠶⠶⣤⣤⣄⣀⡀
      9.186 ┤                      ⠈⠉⠛⠛⠶⠶⣤⣤⣄⣀⡀
            ┤                              ⠈⠉⠙⠛⠳⠶⠶⣤⣤⣀⣀
            ┤                                       ⠉⠙⠛⠳⠶⠶⣤⣤⣀⣀
      8.371 ┤                                               ⠉⠉⠛⠛⠳⠶⢦⣤⣄⣀
        8.1 ┤                                                       ⠈⠉⠛⠛⠳⠶⢦⣤⣄⣀

      note: pytorchjob/bert: of 2 pods the log of bert-master-0 was read, which tells enough
      note: trainjob/bert-v2: of 2 pods the log of bert-v2-node-0-0-x7k2p was read, which tells enough

      Next: kubectl migrate status job bert -n nlp"
    `)
  })

  it('does not tell the size of a run of which pods are gone, nor take it for another', async () => {
    const left = objects.filter(({ metadata }) => metadata.name !== 'bert-worker-0')
    const { code, out } = await compare(['job', 'bert', '--charts', '0'], { objects: left })
    expect([code, out[1]]).toEqual([0, 'image digest ✓  world size ?  processes 1 ✓  data path ?  seed 42 ✓'])
  })

  it('is inconclusive where the twin has failed meanwhile', async () => {
    const failed = trainJob('bert-v2', { conditions: [condition('Failed', { reason: 'BackoffLimitExceeded' })] })
    const after = objects.map((object) => (object.kind === 'TrainJob' ? failed : object))
    const { code, out } = await compare(['job', 'bert', '--charts', '0'], { objects: after })
    expect([code, out[3]]).toEqual([1, 'VERDICT  inconclusive      v2 has failed (BackoffLimitExceeded)'])
  })

  it('is inconclusive where the sides ran in other sizes', async () => {
    const smaller = objects.filter((object) => object !== second)
    const { code, out } = await compare(['job', 'bert', '--charts', '0'], { objects: smaller })
    expect(code).toBe(1)
    expect(out.slice(1, 4)).toEqual([
      'image digest ✓  world size (2 / 1) ✗  processes 1 ✓  data path ?  seed 42 ✓',
      '',
      'VERDICT  inconclusive      not the same world size: 2 and 1',
    ])
  })

  it('asks for the logs of the first ranks only', async () => {
    const { log: asked } = await compare(['job', 'bert'])
    expect(asked.filter((line) => line.includes('pods/log'))).toEqual([
      'get pods/log nlp bert-master-0/pytorch',
      `get pods/log nlp ${first.metadata.name}/pytorch`,
    ])
  })

  it('has GPU utilisation of a Prometheus', async () => {
    const answer = (url: URL) => {
      const query = url.searchParams.get('query') ?? ''
      const value = query.includes('UTIL') ? (query.includes('bert-v2') ? '92' : '93') : undefined
      const result = value === undefined ? [] : [{ metric: {}, value: [1, value] }]
      return { json: { status: 'success', data: { result } } }
    }
    const { code, out } = await compare(['job', 'bert', '--prometheus', 'http://prometheus:9090'], {}, { answer })
    expect([code, out.find((line) => line.startsWith('GPU util'))]).toEqual([
      0,
      'GPU util             93 %   92 %   -1.1 %         5 %   match',
    ])
  })

  it('says so when the Prometheus cannot be asked, and answers all the same', async () => {
    const { code, out } = await compare(['job', 'bert', '--prometheus', 'http://prometheus:9090'])
    expect([code, out.filter((line) => line.includes('Prometheus'))]).toEqual([
      0,
      [
        'note: Prometheus http://prometheus:9090, asked for pytorchjob/bert: cannot be reached (ECONNREFUSED)',
        'note: Prometheus http://prometheus:9090, asked for trainjob/bert-v2: cannot be reached (ECONNREFUSED)',
      ],
    ])
  })

  it('gives no time to the first step where a node’s clock is behind, and says so', async () => {
    const { code, out } = await compare(['job', 'bert', '--charts', '0'], {
      logs: { ...logs, 'bert-master-0/pytorch': log(1200) },
    })
    expect([code, out.filter((line) => line.includes('first step'))]).toEqual([
      0,
      [
        'time to first step     -   60 s        -           -   no data of v1',
        "note: pytorchjob/bert: time to first step is not told, as the clock of bert-master-0's node is behind: its first step is 240 s before the pod",
      ],
    ])
  })

  it('says that metrics.k8s.io is absent or forbidden, and answers all the same', async () => {
    const about = async (cluster: FakeClusterOptions) => {
      const { code, out } = await compare(['job', 'bert', '--charts', '0'], cluster)
      return [code, out.filter((line) => line.includes('metrics.k8s.io'))]
    }
    expect(await about({ absent: [resources.podMetrics] })).toEqual([
      0,
      ['note: this cluster does not serve pods.metrics.k8s.io: these are not shown'],
    ])
    expect(await about({ forbid: ({ resource }) => resource === 'pods.metrics.k8s.io' })).toEqual([
      0,
      ['note: you may not read pods.metrics.k8s.io in namespace nlp: these are not shown'],
    ])
  })

  it('has what metrics.k8s.io says of now', async () => {
    const usage = (name: string, labels: Record<string, string>, cpu: string): KubeObject => ({
      ...{ apiVersion: 'metrics.k8s.io/v1beta1', kind: 'PodMetrics', metadata: { name, namespace: 'nlp', labels } },
      containers: [{ name: 'node', usage: { cpu, memory: '2Gi' } }],
    })
    const measured = [
      usage('bert-master-0', { 'training.kubeflow.org/job-name': 'bert' }, '1500m'),
      usage(first.metadata.name ?? '', { 'jobset.sigs.k8s.io/jobset-name': 'bert-v2' }, '1'),
    ]
    const { code, out } = await compare(['job', 'bert'], { objects: [...objects, ...measured] })
    expect([code, out.filter((line) => /^(CPU|memory)/.test(line))]).toEqual([
      0,
      [
        'CPU                  1.5 cores    1 cores   -33.3 %           -',
        'memory                2048 MiB   2048 MiB       0 %           -',
      ],
    ])
  })

  it('takes what the TrainJob says of itself for what logs do not tell', async () => {
    const metric = (name: string, value: string) => ({ name, value })
    const trainerStatus = {
      progressPercentage: 91,
      estimatedRemainingSeconds: 120,
      lastUpdatedTime: ago(5),
      metrics: [metric('step', '19'), metric('loss', '4.8'), metric('eval_loss', '8.1'), metric('f1', '0.5')],
    }
    const told = objects.map((object) =>
      object.kind === 'TrainJob' ? { ...object, status: { ...(object['status'] as object), trainerStatus } } : object,
    )
    const evaluated = { ...logs, 'bert-master-0/pytorch': `${log(900)}${ago(700)} step 19: eval_loss=8.1\n` }
    const given = { objects: told, logs: evaluated }
    const { code, out } = await compare(['job', 'bert', '--charts', '0'], given)
    expect([code, out.filter((line) => /^(loss|eval|f1|note: trainjob.*itself)/.test(line))]).toMatchInlineSnapshot(`
      [
        0,
        [
          "loss @19              8.1    8.1      0 %         1 %   match",
          "eval loss @19         8.1    8.1      0 %         1 %   match  v2 by trainerStatus",
          "f1                      -    0.5        -           -   no data of v1; v2 by trainerStatus",
          "note: trainjob/bert-v2 says of itself: 91 % done, 120 s left, as of 2026-03-01T11:59:55Z",
        ],
      ]
    `)
    const { out: json } = await compare(['job', 'bert', '-o', 'json'], given)
    expect(faultsOf(published, JSON.parse(json.join('\n')))).toEqual([])
  })

  it('is inconclusive where logs may not be read, and names the gap', async () => {
    const { code, out } = await compare(['job', 'bert'], {
      forbid: ({ resource, name }) => resource === 'pods/log' && (name ?? '').includes('v2'),
    })
    expect([code, out[3], out.filter((line) => line.includes('its log is missing')).length]).toEqual([
      1,
      'VERDICT  inconclusive      loss: no data of v2; step time: no data of v2',
      2,
    ])
  })

  it('is inconclusive where the pods are gone', async () => {
    const { code, out } = await compare(['job', 'bert'], { objects: objects.filter(({ kind }) => kind !== 'Pod') })
    expect([code, out.filter((line) => line.startsWith('note'))]).toEqual([
      1,
      [
        'note: pytorchjob/bert: no pod of it is left, and no log with them',
        'note: trainjob/bert-v2: no pod of it is left, and no log with them',
      ],
    ])
  })

  it('is no answer without a TrainJob', async () => {
    const { code, out, err } = await compare(['job', 'bert'], {
      objects: objects.filter(({ kind }) => kind !== 'TrainJob'),
    })
    expect({ code, out, err }).toEqual({
      code: 2,
      out: [],
      err: [
        'error: bert has no TrainJob yet',
        '       there is nothing to compare it with',
        '       kubectl migrate compare bert -n nlp --v2 RUN      RUN: KIND/NAME, or a file or folder of saved logs',
      ],
    })
  })
})

describe('compare of two jobs', () => {
  it('of other names, of both kinds or of one', async () => {
    const { code, out } = await compare(['--v1', 'pytorchjob/bert', '--v2', 'trainjob/bert-v2', '--charts', '0'])
    expect([code, out[0]]).toEqual([
      0,
      'pytorchjob/bert against trainjob/bert-v2   v1 steps 0..29, v2 steps 0..19 (20 shared)',
    ])
    expect((await compare(['--v1', 'trainjob/bert-v2', '--v2', 'trainjob/bert-v2'])).code).toBe(0)
  })

  it('a job with a saved log', async () => {
    const files = { 'old.log': log(600, { time: 3 }) }
    const { code, out } = await compare(['--v1', 'old.log', '--v2', 'trainjob/bert-v2'], {}, { files })
    expect([code, out[3]]).toEqual([1, 'VERDICT  differs      step time by -33.3 %; tolerance 5 %'])
  })

  it.each<[string, readonly string[], readonly string[]]>([
    [
      'that nobody has',
      ['--v1', 'pytorchjob/bart', '--v2', 'trainjob/bert-v2'],
      [
        'error: no PyTorchJob called bart in namespace nlp',
        '       near to it: bert',
        '       kubectl migrate compare pytorchjob/bert -n nlp',
      ],
    ],
    [
      'of a kind that there is not',
      ['--v1', 'pod/bert', '--v2', 'trainjob/bert-v2'],
      ['error: there is no file or folder pod/bert', '       a job is written as KIND/NAME, for example trainjob/bert'],
    ],
    [
      'with an address that is none',
      ['job', 'bert', '--prometheus', 'prometheus:9090'],
      ['error: --prometheus is an address such as http://localhost:9090, not prometheus:9090'],
    ],
  ])('%s is no answer', async (_name, words, err) => {
    const { code, out, err: said } = await compare(words)
    expect({ code, out, err: said }).toEqual({ code: 2, out: [], err })
  })
})
