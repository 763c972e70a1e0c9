import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { runningTrainJob, runningV1 } from '../../test/unit/objects.ts'
import type { KubeObject } from '../kube/object.ts'
import { readJobs } from '../read/jobs.ts'
import { changesOf, keyOf } from './list-changes.ts'
import { pairView } from './pair-view.ts'

async function rowsOf(objects: readonly KubeObject[]) {
  const { pairs } = await readJobs(new FakeCluster({ objects }), { namespace: 'nlp' })
  return new Map(pairs.map((pair) => pairView(pair)).map((pair) => [keyOf(pair), pair]))
}

/** A row for short; `+` is in front of a side that is still there where the row is gone. */
async function told(before: readonly KubeObject[], now: readonly KubeObject[]) {
  return changesOf(await rowsOf(before), await rowsOf(now)).map(({ v1, v2, deleted, remains }) => {
    const sides = [v1 && `${remains === 'v1' ? '+' : ''}${v1.name} ${v1.state}`, v2 && `${v2.name} ${v2.state}`]
    return `${deleted ? 'gone: ' : ''}${sides.map((side) => side ?? '-').join(' | ')}`
  })
}

const v1 = runningV1('gpt')
const suspended = runningV1('gpt', { suspend: true })
const [own, twin] = [runningTrainJob('gpt'), runningTrainJob('gpt-v2')]

describe('rows that a watch tells anew', () => {
  it.each<[what: string, before: readonly KubeObject[], now: readonly KubeObject[], rows: readonly string[]]>([
    ['nothing changes', [v1, own], [v1, own], []],
    ['a partner comes', [v1], [v1, twin], ['gpt Running | gpt-v2 Running']],
    ['the only partner goes', [v1, twin], [v1], ['gpt Running | -']],
    ['v1 goes and its partner stays', [v1, twin], [twin], ['- | gpt-v2 Running']],
    ['both go', [v1, twin], [], ['gone: gpt Running | gpt-v2 Running']],
    ['one of two partners goes', [v1, own, twin], [v1, own], ['gone: +gpt Running | gpt-v2 Running']],
    ['the other of two partners goes', [v1, own, twin], [v1, twin], ['gone: +gpt Running | gpt Running']],
    [
      'one of two partners goes, and v1 changes at once',
      [v1, own, twin],
      [suspended, own],
      ['gpt Suspending | gpt Running', 'gone: +gpt Suspending | gpt-v2 Running'],
    ],
    ['two partners go', [v1, own, twin], [v1], ['gpt Running | -']],
    ['v1 of two partners goes', [v1, own, twin], [own, twin], ['- | gpt Running', '- | gpt-v2 Running']],
    [
      'v1 and one of two partners go',
      [v1, own, twin],
      [twin],
      ['- | gpt-v2 Running', 'gone: gpt Running | gpt Running'],
    ],
  ])('%s', async (_, before, now, rows) => {
    expect(await told(before, now)).toEqual(rows)
  })
})
