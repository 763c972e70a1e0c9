import { describe, expect, it } from 'vitest'
import { v1Pod, v2Pod } from '../../test/unit/model-pods.ts'
import { quotaRows } from './quota.ts'

const spec = (cpu: string) => ({
  spec: { containers: [{ name: 'c', resources: { requests: { cpu }, limits: { cpu: '4', 'nvidia.com/gpu': 1 } } }] },
})
const hard = {
  cpu: '10',
  'limits.cpu': '40',
  'requests.nvidia.com/gpu': '8',
  pods: '20',
  'requests.memory': '1Gi',
  'count/secrets': '5',
}

describe('what a quota charges', () => {
  it('is requests for a bare name, limits by their own, pods by number, and nothing of what no pod takes', () => {
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q' },
      spec: { hard },
      status: { used: { cpu: '3' } },
    }
    const rows = quotaRows(
      [quota],
      [v1Pod('worker', 0, spec('1')), v1Pod('worker', 1, spec('1'))],
      [v2Pod(0, spec('500m'))],
    )
    expect(rows.map(({ resource, hard: most, used, v1, v2 }) => [resource, most, used, v1, v2])).toEqual([
      ['cpu', '10', '3', '2', '500m'],
      ['limits.cpu', '40', 'unknown', '8', '4'],
      ['requests.nvidia.com/gpu', '8', 'unknown', '2', '1'],
      ['pods', '20', 'unknown', '2', '1'],
    ])
  })

  it('may not be for these pods where it has scopes', () => {
    const metadata = { name: 'q' }
    const scoped = (more: object) =>
      quotaRows([{ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: '1' }, ...more } }], [], [])
    expect([scoped({ scopes: ['BestEffort'] })[0]?.scoped, scoped({})[0]?.scoped]).toEqual([true, false])
    expect(quotaRows([{ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: 'nonsense' }], [], [])).toEqual([])
  })
})
