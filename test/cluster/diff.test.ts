import { describe, expect, it } from 'vitest'
import { cluster } from './harness.ts'
import { v1Job } from './jobs.ts'

describe('diff on a real cluster', () => {
  it('asks the operators, removes what it made, and tells which policies would not know v2’s pods', async () => {
    const { namespace, create, migrate, get, waitFor } = cluster()
    const place = await namespace()
    const policy = (name: string, matchLabels: object) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name },
      spec: { podSelector: { matchLabels } },
    })
    await create(
      place,
      v1Job('bert', { roles: { Master: 1, Worker: 1 } }),
      policy('by-job', { 'training.kubeflow.org/job-name': 'bert' }),
      policy('all', {}),
    )
    const left = async () => {
      const { items } = await get<{ items: object[] }>(['trainjobs,jobsets,trainingruntimes'], { namespace: place })
      return items.length
    }
    const told = (stdout: string) =>
      stdout
        .split('\n')
        .filter((line) => /^(preview|lost|keep|\d+ selects?) /.test(line) || line.startsWith('preview:'))

    const asked = await migrate(['diff', 'job', 'bert', '--preview'], { namespace: place })
    expect(told(asked.stdout)).toEqual([
      'preview: the operators render the JobSet and 1 Job of a suspended TrainJob as the model says',
      'lost     policy-labels  NetworkPolicy by-job selects v1 2/2 pods, v2 0/2',
      '1 selects both sides alike (--all)',
      'keep them: --pod-labels v1; where v2 does not need them: --accept policy-labels',
    ])
    expect(asked.code).toBe(1)
    await waitFor('everything of the preview is gone', async () => (await left()) === 0)

    const kept = await migrate(['diff', 'job', 'bert', '--preview', '--pod-labels', 'v1'], { namespace: place })
    expect([kept.code, told(kept.stdout)[1]]).toEqual([0, '2 select both sides alike (--all)'])

    const interrupted = await migrate(['diff', 'job', 'bert', '--preview'], {
      namespace: place,
      onStart: (child) => void child.stderr?.once('data', () => child.kill('SIGINT')),
    })
    expect([interrupted.code, interrupted.stdout]).toEqual([130, ''])
    await waitFor('everything of the preview is gone', async () => (await left()) === 0)

    const refused = await migrate(['cutover', 'job', 'bert', '--yes'], { namespace: place })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('is not cut over: NetworkPolicy by-job selects v1 2/2 pods, v2 0/2')
  })
})
