import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { runningTrainJob, runningV1, v1Pod, v2Pod } from '../../test/unit/objects.ts'
import { runVerb } from '../../test/unit/run-verb.ts'

const line = (second: number, text: string) => `2026-01-01T00:00:0${second}.000000000Z ${text}\n`

/** What `logs bert` and more words asks the API server for of logs, and shows. */
async function logs(...words: readonly string[]) {
  const worker = v1Pod('bert', 'worker', 0)
  worker.spec.containers.push({ name: 'proxy', image: 'proxy:1' })
  const [status] = worker.status?.containerStatuses ?? []
  if (status) worker.status?.containerStatuses?.push({ ...status, name: 'proxy' })
  const cluster = new FakeCluster({
    namespace: 'nlp',
    objects: [runningV1('bert', { roles: { Worker: 1 } }), worker, runningTrainJob('bert'), v2Pod('bert', 0)],
    logs: {
      'bert-worker-0/pytorch': async function* ({ previous }) {
        yield previous ? line(1, 'before the restart') : line(3, 'after it')
      },
      'bert-worker-0/proxy': line(2, 'proxied'),
      'bert-node-0-0-x7k2p/pytorch': line(4, 'v2'),
    },
  })
  const { code, out, err } = await runVerb(['logs', 'bert', ...words], { cluster })
  return { code, out, err, asked: cluster.log.filter((each) => each.startsWith('get pods/log')) }
}

const of = (container: string, ...query: readonly string[]) =>
  ['get pods/log nlp', `bert-worker-0/${container}`, ...query].join(' ')

describe('what of the logs is asked for', () => {
  it.each<[words: readonly string[], asked: string, shown: string]>([
    [['--tail', '20'], of('pytorch', 'tailLines=20'), 'after it'],
    [['--tail', '-1'], of('pytorch'), 'after it'],
    [['--since', '15m'], of('pytorch', 'sinceSeconds=900'), 'after it'],
    [['--since', '1500ms'], of('pytorch', 'sinceSeconds=2'), 'after it'],
    [['--since-time', '2026-01-01T00:00:03Z'], of('pytorch', 'sinceTime=2026-01-01T00:00:03Z'), 'after it'],
    [['--previous'], of('pytorch', 'previous=true'), 'before the restart'],
    [['-p', '--tail', '5'], of('pytorch', 'previous=true', 'tailLines=5'), 'before the restart'],
    [['-c', 'proxy'], of('proxy'), 'proxied'],
  ])('%j', async (words, asked, shown) => {
    expect(await logs('--side', 'v1', ...words)).toEqual({
      code: 0,
      err: [],
      out: [expect.stringMatching(`${shown}$`)],
      asked: [asked],
    })
  })

  it('is each container that is named, and none twice', async () => {
    const { asked } = await logs('-c', 'proxy', '-c', 'pytorch', '--side', 'v1', '--tail', '1')
    expect(asked.sort()).toEqual([of('proxy', 'tailLines=1'), of('pytorch', 'tailLines=1')])
  })

  it('is of both sides what --previous means', async () => {
    const { asked } = await logs('--previous')
    expect(asked.sort()).toEqual([
      'get pods/log nlp bert-node-0-0-x7k2p/pytorch previous=true',
      of('pytorch', 'previous=true'),
    ])
  })
})
