import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { configMapShelf } from './config-maps.ts'

const volume = (name: string) => ({ name, configMap: { name } })
const job = (...names: string[]) => pytorchManifest({ worker: { pod: { volumes: names.map(volume) } } })
const map = (name: string, data?: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'nlp' },
  ...(data ? { data } : {}),
})

describe('the ConfigMaps of live jobs', () => {
  it('are read by name, each once, and no others', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [map('code', { a: 'x' }), map('bare'), map('other')] })
    const shelf = configMapShelf(cluster)
    expect(await shelf.of(job('code', 'bare', 'gone'))).toEqual(
      new Map<string, unknown>([
        ['code', { data: { a: 'x' } }],
        ['bare', { data: {} }],
        ['gone', { missing: 'absent' }],
      ]),
    )
    expect(await shelf.of(job('code'))).toEqual(new Map([['code', { data: { a: 'x' } }]]))
    expect(cluster.requests).toBe(3)
  })

  it('that may not be read are a gap', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', forbid: ({ resource }) => resource === 'configmaps' })
    expect(await configMapShelf(cluster).of(job('code'))).toEqual(new Map([['code', { missing: 'forbidden' }]]))
  })

  it('cost nothing where a job has none', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    expect(await configMapShelf(cluster).of(job())).toEqual(new Map())
    expect(cluster.requests).toBe(0)
  })
})
