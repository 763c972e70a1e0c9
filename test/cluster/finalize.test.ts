import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Pod } from '../../src/kube/pod.ts'
import { cluster } from './harness.ts'
import { isReady, v1Job } from './jobs.ts'

async function ready(namespace: string): Promise<string> {
  const { items } = await cluster().get<{ items: Pod[] }>(['pods'], { namespace })
  const count = (label: string) => items.filter((pod) => label in (pod.metadata.labels ?? {}) && isReady(pod)).length
  return `v1 ${count('training.kubeflow.org/job-name')}, v2 ${count('jobset.sigs.k8s.io/jobset-name')}`
}

async function names(namespace: string, resource: string): Promise<string[]> {
  const { items } = await cluster().get<{ items: KubeObject[] }>([resource], { namespace })
  return items.map(({ kind, metadata }) => `${kind}/${metadata.name}`)
}

describe('finalize', () => {
  it('deletes v1; rollback makes it again, so that it trains and v2 is gone; cleanup takes what is left', async () => {
    const { namespace: make, create, waitFor, migrate, get } = cluster()
    const namespace = await make()
    await create(namespace, v1Job('bert'))
    await waitFor('v1 runs', async () => (await ready(namespace)) === 'v1 3, v2 0')
    const run = (...words: string[]) => migrate(words, { namespace })
    expect((await run('cutover', 'job', 'bert', '--yes', '--observe', '1s')).code).toBe(0)
    const before = await get<KubeObject>(['pytorchjob/bert'], { namespace })

    const unproven = await run('finalize', 'bert', '--yes')
    expect(unproven.stderr).toContain('is not finalized: nothing says yet that v2 trains as v1 did')
    expect(unproven.code).toBe(1)

    const asked = await run('finalize', 'bert', '--even-if-unproven', '--dry-run=server')
    expect(asked.stdout).toContain(`delete pytorchjobs.kubeflow.org ${namespace}/bert   (the server would accept it)`)

    const done = await run('finalize', 'bert', '--yes', '--even-if-unproven')
    expect([done.stderr, done.code]).toEqual([expect.stringContaining('Next:'), 0])
    expect(done.stdout).toMatch(
      /is finalized: v1 deleted \(not proven: --even-if-unproven\); its manifest is in Secret/,
    )
    expect([await names(namespace, 'pytorchjobs'), await ready(namespace)]).toEqual([[], 'v1 0, v2 3'])
    expect((await run('finalize', 'bert', '--yes')).stdout).toContain('is finalized already')

    const back = await run('rollback', 'bert', '--yes')
    expect([back.stdout, back.code]).toEqual([
      expect.stringMatching(/made again from Secret .*, TrainJob removed, v1 resumed, 3 of 3 pods running/),
      0,
    ])
    expect([await names(namespace, 'trainjobs'), await ready(namespace)]).toEqual([[], 'v1 3, v2 0'])
    const after = await get<KubeObject>(['pytorchjob/bert'], { namespace })
    expect(after.metadata.uid).not.toBe(before.metadata.uid)
    const templates = ({ spec }: KubeObject) => (spec as Record<string, unknown>)['pytorchReplicaSpecs']
    expect(templates(after)).toEqual(templates(before))

    const cleaned = await run('cleanup', '--yes', '--older-than', '0')
    expect([cleaned.code, cleaned.stdout.replace(/\w{8}-1\n/, 'UID-1\n').replace(/\w{10}\n$/, 'HASH\n')]).toEqual([
      0,
      `deleted ConfigMap and Secret ${namespace}/migration-pytorchjob-bert-UID-1\ndeleted TrainingRuntime ${namespace}/v1-pytorch-HASH\n`,
    ])
    await waitFor('the runtime is gone', async () => (await names(namespace, 'trainingruntimes')).length === 0)
    const left = (await names(namespace, 'configmaps,secrets,leases')).filter((name) => /migration-/.test(name))
    expect(left).toEqual([])
  })
})
