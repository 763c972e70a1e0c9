import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { ago, heldV1, now, runningTrainJob, runningV1, v1Pod } from '../../test/unit/objects.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import type { KubeObject } from '../kube/object.ts'
import { jobStatusSchema } from '../present/status-schema.ts'

const record = { 'kubectl-migrate.dev/source': 'PyTorchJob/re', 'kubectl-migrate.dev/source-uid': 'the-first-one' }
const moved = runningTrainJob('re', { age: 600, annotations: record })
const labels = { 'argocd.argoproj.io/instance': 'nlp' }
const one = { Worker: 1 }
const suspended = heldV1('re', { age: 60, labels, roles: one })

function status(objects: readonly KubeObject[], ...words: string[]) {
  const cluster = new FakeCluster({ objects, namespace: 'nlp' })
  return runVerb(['status', 're', ...words], { cluster, now: () => now, tty: true, columns: 100, color: true })
}

const alarm =
  '\u001b[31mREVIVED   a PyTorchJob of this name was made 60s ago by Argo CD application nlp, after the move\u001b[39m'

describe('a v1 job that was made anew after its move', () => {
  it.each<[what: string, v1: KubeObject, words: string]>([
    ['suspended', suspended, 'the v1 job is another one than was moved'],
    [
      'running beside the TrainJob',
      runningV1('re', { age: 60, labels, roles: one }),
      'v1 and the TrainJob run at once',
    ],
  ])('is told as such by status NAME, with who made it, and exit 1: %s', async (_, v1, words) => {
    const { code, out } = await status([v1, ...(v1 === suspended ? [] : [v1Pod('re', 'worker', 0)]), moved])
    expect([code, out.slice(0, 2)]).toEqual([1, [expect.stringContaining(words), alarm]])
    expect(out.at(-1)).toBe('      kubectl migrate list -n nlp                 the other jobs')
    expect(out.at(-2)).toBe('Next: kubectl migrate status -n nlp --by source   who makes v1 jobs')
  })

  it('is so in list as well, and in JSON', async () => {
    const { out } = await status([suspended, moved], '-o', 'json')
    const document = JSON.parse(out.join('\n'))
    expect(faultsOf(jobStatusSchema, document)).toEqual([])
    expect([document.phase, document.revived]).toEqual([
      'Revived',
      { created: ago(60), creator: 'Argo CD application nlp' },
    ])
    const cluster = new FakeCluster({ objects: [suspended, moved], namespace: 'nlp' })
    const list = await runVerb(['list', '-o', 'json'], { cluster, now: () => now })
    expect(JSON.parse(list.out.join('\n')).items[0].phase).toBe('Revived')
  })

  it('is none where rollback made it again in place of the one that was moved, or where the TrainJob is gone', async () => {
    const restored = {
      ...suspended,
      metadata: {
        ...suspended.metadata,
        annotations: { 'kubectl-migrate.dev/restored': JSON.stringify({ uid: 'the-first-one', migration: 'm' }) },
      },
    }
    const back = await status([restored, moved])
    expect([back.code, back.out[0]]).toEqual([0, expect.stringContaining('(paired by its record)')])
    const alone = await status([suspended])
    expect([alone.code, alone.out[0]]).toEqual([0, expect.stringContaining('no TrainJob yet')])
  })
})
