import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import published from '../../docs/schema/run-comparison.json' with { type: 'json' }
import { faultsOf } from '../unit/json-schema.ts'
import { cluster } from './harness.ts'
import { trainJob, v1Job } from './jobs.ts'
import { type LogKubelet, startLogKubelet, type Written } from './log-kubelet.ts'

let kubelet: LogKubelet
beforeAll(async () => {
  kubelet = await startLogKubelet(cluster().kubeconfig)
})
afterAll(() => kubelet.stop())

/** What a training prints: a step every `time` seconds, as Hugging Face, Megatron and plain loops would be too long for. */
function training(time: number, loss: (step: number) => number): Written[] {
  const start = Date.now() + 60_000
  return Array.from({ length: 60 }, (_, step) => ({
    time: new Date(start + step * time * 1000).toISOString().replace('Z', '000000Z'),
    text: `step ${step}: loss=${loss(step).toFixed(3)}`,
  }))
}

/** A pair whose pods run and whose logs are written. */
async function pair(time: number): Promise<string> {
  const { namespace, create, get, waitFor } = cluster()
  const place = await namespace()
  const { podSpec } = kubelet
  const loss = (step: number) => 10 - step / 10
  kubelet.log(place, 'bert-master-0', 'pytorch').write('seed: 7', ...training(2, loss))
  kubelet.log(place, 'bert-v2-node-0-0', 'node').write('seed: 7', ...training(time, loss))
  await create(place, v1Job('bert', { roles: { Master: 1 }, podSpec }), trainJob('bert-v2', { nodes: 1, podSpec }))
  await waitFor('both pods run', async () => {
    const { items } = await get<{ items: { status: { phase: string } }[] }>(['pods'], { namespace: place })
    return items.filter(({ status }) => status.phase === 'Running').length === 2
  })
  return place
}

describe('compare on a real API server', () => {
  it('reads the logs of both sides and finds that they match', async () => {
    const place = await pair(2.02)
    const { code, stdout, stderr } = await cluster().migrate(['compare', 'job', 'bert', '-o', 'json'], {
      namespace: place,
    })
    const data = JSON.parse(stdout)
    expect({ code, stderr, faults: faultsOf(published, data) }).toEqual({ code: 0, stderr: '', faults: [] })
    expect(data).toMatchObject({
      name: `${place}/bert`,
      verdict: 'match',
      reasons: ['loss within 1 % on 60 shared steps', 'step time 1 % slower'],
      v1: { name: 'pytorchjob/bert', logs: [{ name: 'bert-master-0', formats: { plain: 60 } }] },
      v2: { name: 'trainjob/bert-v2' },
    })
    expect(data.checks).toContainEqual({ name: 'seed', result: 'same', v1: '7', v2: '7' })
    expect(data.notes).toContain('this cluster does not serve pods.metrics.k8s.io: these are not shown')
  })

  it('finds that v2 is slower, of two jobs named one by one', async () => {
    const place = await pair(3)
    const words = ['compare', '--v1', 'pytorchjob/bert', '--v2', 'trainjob/bert-v2', '--charts', '0']
    const { code, stdout } = await cluster().migrate(words, { namespace: place })
    expect([code, stdout.split('\n')[3]]).toEqual([1, 'VERDICT  differs      step time by +50 %; tolerance 5 %'])
  })

  it('has no answer for a pod whose log its node does not give', async () => {
    const place = await pair(2)
    kubelet.intercept((asked, response) => {
      if (!asked.startsWith(`${place}/bert-v2-`)) return true
      response.writeHead(500).end('the disk is broken')
      return false
    })
    const { code, stdout } = await cluster().migrate(['compare', 'bert', '--charts', '0'], { namespace: place })
    kubelet.intercept(() => true)
    expect([code, stdout.split('\n')[3]]).toEqual([
      1,
      'VERDICT  inconclusive      loss: no data of v2; step time: no data of v2',
    ])
    expect(stdout).toMatch(/note: bert-v2-node-0-0-\w+: its log is missing \(unreadable/)
  })
})
