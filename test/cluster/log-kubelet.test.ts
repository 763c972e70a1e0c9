import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cluster } from './harness.ts'
import { trainJob, v1Job } from './jobs.ts'
import { type LogKubelet, startLogKubelet } from './log-kubelet.ts'

let kubelet: LogKubelet
beforeAll(async () => {
  kubelet = await startLogKubelet(cluster().kubeconfig)
})
afterAll(() => kubelet.stop())

describe('the kubelet that serves logs', () => {
  it('answers kubectl logs for the pods of both sides', async () => {
    const { namespace, create, kubectl, get, waitFor } = cluster()
    const place = await namespace()
    const { podSpec } = kubelet
    kubelet.log(place, 'bert-master-0', 'pytorch').write({ time: '2026-01-01T00:00:00.5Z', text: 'from v1' })
    kubelet.log(place, 'bert-v2-node-0-0', 'node').write('from v2')
    await create(place, v1Job('bert', { roles: { Master: 1 }, podSpec }), trainJob('bert-v2', { nodes: 1, podSpec }))
    const names = await waitFor('both pods run', async () => {
      const { items } = await get<{ items: { metadata: { name: string }; status: { phase: string } }[] }>(['pods'], {
        namespace: place,
      })
      return (
        items.filter(({ status }) => status.phase === 'Running').length === 2 &&
        items.map(({ metadata }) => metadata.name)
      )
    })
    const v2 = names.find((name) => name.startsWith('bert-v2-')) ?? ''
    const logs = async (...args: string[]) => (await kubectl(['logs', ...args], { namespace: place })).stdout
    expect(await logs('bert-master-0', '--timestamps')).toBe('2026-01-01T00:00:00.5Z from v1\n')
    expect(await logs(v2)).toBe('from v2\n')
    expect(kubelet.asked).toContain(`${place}/bert-master-0/pytorch timestamps=true`)
  })
})
