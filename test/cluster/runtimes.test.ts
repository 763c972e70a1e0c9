import { describe, expect, it } from 'vitest'
import { cluster } from './harness.ts'
import { v1Job } from './jobs.ts'

describe('runtimes of a real cluster', () => {
  it('are shown with their users, and one that convert wrote serves the job it was written for', async () => {
    const { namespace, create, migrate, kubectl, waitFor } = cluster()
    const place = await namespace()
    await create(place, v1Job('bert', { roles: { Master: 1, Worker: 1 } }))
    const before = await migrate(['runtimes', '--for', 'bert', '-o', 'name'], { namespace: place })
    expect(before).toMatchObject({ code: 1, stdout: '', stderr: '' })

    const { stdout: manifests } = await migrate(['convert', 'bert', '--name', 'bert-v2'], { namespace: place })
    await waitFor(
      'the TrainJob is made',
      async () => (await kubectl(['apply', '-n', place, '-f', '-'], { input: manifests })).code === 0,
    )
    const after = await migrate(['runtimes', '--for', 'bert', '-o', 'name'], { namespace: place })
    expect(after.code).toBe(0)
    expect(after.stdout).toMatch(/^trainingruntime\.trainer\.kubeflow\.org\/v1-pytorch-[0-9a-f]{10}\n$/)

    const { stdout } = await migrate(['runtimes', '-o', 'json'], { namespace: place })
    const { items } = JSON.parse(stdout) as { items: { name: string; users: string[]; framework: string }[] }
    expect(items[0]).toMatchObject({ users: [`${place}/bert-v2`], framework: 'plain' })
    expect(items.find(({ name }) => name === 'torch-distributed')).toMatchObject({ users: [], framework: 'torch' })
  })
})
