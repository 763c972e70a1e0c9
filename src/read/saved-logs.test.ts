import { describe, expect, it } from 'vitest'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import type { LogLine, LogSource } from '../logs/line.ts'
import { LogSaver, readSavedIndex, readSavedLogs } from './saved-logs.ts'

const head = {
  saved: '2026-01-01T00:00:00.000Z',
  namespace: 'nlp',
  name: 'bert',
  v1: 'PyTorchJob/bert',
  v2: 'TrainJob/bert-v2',
  previous: false,
}
const source = (side: 'v1' | 'v2', rank: number | undefined, pod: string): LogSource => ({
  side,
  role: side === 'v1' ? 'master' : 'node',
  rank,
  namespace: 'nlp',
  pod,
  uid: `uid of ${pod}`,
  container: 'main',
})
const line = (from: LogSource, second: number, text: string, more: Partial<LogLine> = {}): LogLine => {
  const { side, role, rank, pod, container } = from
  return { side, role, rank, pod, container, time: `2026-01-01T00:00:0${second}.000000001Z`, text, ...more }
}

async function all(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const read: LogLine[] = []
  for await (const one of lines) read.push(one)
  return read
}

describe('saved logs', () => {
  it('are a file for each container and one that names them, and are read as they were', async () => {
    const { env, files } = fakeEnv()
    const [one, other] = [source('v1', 0, 'bert-master-0'), source('v2', 0, 'bert-v2-node-0-0-x')]
    const lines = [
      line(one, 1, 'a'),
      line(other, 2, ' b '),
      line(one, 3, 'long, '),
      line(one, 3, 'very', { continued: true }),
      line(other, 4, ''),
    ]
    const saver = await LogSaver.create(env.files, 'out/', false, head)
    expect(JSON.parse(files.get('out/logs.json') ?? '')).toMatchObject({ complete: false, logs: [] })
    for (const each of lines) await saver.write(each)
    expect([saver.lines, saver.files]).toEqual([4, 2])
    await saver.close(true, [])
    expect([...files.keys()].sort()).toEqual([
      'out/logs.json',
      'out/v1/rank-0_bert-master-0_main.log',
      'out/v2/rank-0_bert-v2-node-0-0-x_main.log',
    ])
    expect(files.get('out/v1/rank-0_bert-master-0_main.log')).toBe(
      '2026-01-01T00:00:01.000000001Z a\n2026-01-01T00:00:03.000000001Z long, very\n',
    )
    expect(await readSavedIndex(env.files, 'out')).toEqual({
      apiVersion: 'kubectl-migrate.dev/v1alpha1',
      kind: 'SavedLogs',
      ...head,
      complete: true,
      logs: [
        {
          side: 'v1',
          role: 'master',
          rank: 0,
          pod: 'bert-master-0',
          container: 'main',
          file: 'v1/rank-0_bert-master-0_main.log',
          lines: 2,
        },
        {
          side: 'v2',
          role: 'node',
          rank: 0,
          pod: 'bert-v2-node-0-0-x',
          container: 'main',
          file: 'v2/rank-0_bert-v2-node-0-0-x_main.log',
          lines: 2,
        },
      ],
      gaps: [],
    })
    const joined = [lines[0], lines[1], line(one, 3, 'long, very'), lines[4]]
    expect(await all(readSavedLogs(env.files, 'out'))).toEqual(joined)
    expect(await all(readSavedLogs(env.files, 'out', ({ side }) => side === 'v2'))).toEqual([lines[1], lines[4]])
  })

  it('stay in their folder whatever the names are', async () => {
    const { env, files } = fakeEnv()
    const saver = await LogSaver.create(env.files, 'out', false, head)
    const hostile = { ...source('v1', undefined, '../../etc/passwd'), role: '..', container: 'a/b\u001b[2J' }
    const long = source('v1', 3, 'p'.repeat(253))
    for (const each of [hostile, long, { ...long, container: 'other' }]) await saver.write(line(each, 1, 'x'))
    await saver.close(true, [])
    expect([...files.keys()].sort()).toEqual([
      'out/logs.json',
      'out/v1/____.._etc_passwd_a_b__2J.log',
      `out/v1/rank-3_${'p'.repeat(193)}.log`,
      `out/v1/rank-3_${'p'.repeat(193)}_2.log`,
    ])
    expect(await all(readSavedLogs(env.files, 'out'))).toHaveLength(3)
  })

  it('do not go over what is there unless told', async () => {
    const { env } = fakeEnv({ files: { 'out/notes.txt': 'mine', file: '' } })
    await expect(LogSaver.create(env.files, 'out', false, head)).rejects.toThrow('out is not empty')
    await expect(LogSaver.create(env.files, 'file', true, head)).rejects.toThrow('file is a file')
    const saver = await LogSaver.create(env.files, 'out', true, head)
    await saver.close(true, [])
    expect((await readSavedIndex(env.files, 'out')).complete).toBe(true)
  })

  it.each([
    ['nothing', {}],
    ['no JSON', { 'out/logs.json': '{' }],
    ['another document', { 'out/logs.json': '{"kind":"Other"}' }],
    [
      'a file outside',
      {
        'out/logs.json': JSON.stringify({
          kind: 'SavedLogs',
          logs: [{ side: 'v1', role: 'a', pod: 'p', container: 'c', file: 'v1/../../secret', lines: 1 }],
        }),
      },
    ],
  ])('are not read from a folder with %s', async (_, files) => {
    const { env } = fakeEnv({ files: files as Record<string, string> })
    await expect(readSavedIndex(env.files, 'out')).rejects.toThrow('out holds no saved logs')
  })
})
