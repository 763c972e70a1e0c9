import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { FakeCluster } from './fake-cluster.ts'
import { fakeEnv } from './fake-env.ts'
import { condition, now, runningTrainJob, runningV1, torchRuntime, v1Job, v1Pod, v2Pod } from './objects.ts'
import { replayed } from './replayed.ts'

vi.setConfig({ testTimeout: 180_000 })

/** `UPDATE_GOLDEN=1 npm test -- test/unit/watched-screens.test.ts` writes them anew; the review is reading the difference. */
const update = process.env['UPDATE_GOLDEN'] === '1'
const folder = join(import.meta.dirname, '../golden/watches')

interface Watch {
  readonly words: readonly string[]
  /** what the moments' screens have that those before have not */
  readonly shown: readonly RegExp[]
}

const watches: Readonly<Record<string, Watch>> = {
  list: { words: ['list', '-A', '-w'], shown: [/bert/, /bert .*Running.* Running/, /bert .*Failed/] },
  'list-wide': {
    words: ['list', '-A', '-w', '-o', 'wide'],
    // rows are broken where the terminal ends
    shown: [/bert/, /BothRun/, /V1Finished/],
  },
  status: { words: ['status', '-A', '-w'], shown: [/Next/, /TrainJob +2 /, /PyTorchJob +1 +0 +0/] },
  'status-name': { words: ['status', 'job', 'bert', '-w'], shown: [/Next/, /bert-v2-node-0-1/, /Failed/] },
}

const fleet: readonly KubeObject[] = [
  runningV1('bert', { roles: { Master: 1, Worker: 1 } }),
  v1Pod('bert', 'master', 0),
  v1Pod('bert', 'worker', 0),
  v1Job(`resnet-${'x'.repeat(40)}`, { kind: 'TFJob', namespace: 'vision', roles: { Chief: 1, Worker: 4 } }),
  runningTrainJob('alone', { namespace: 'vision', nodes: 1, age: 30 }),
  torchRuntime(),
]

/** What happens while it is watched: the TrainJob of bert comes and runs, then v1 fails. */
const events: readonly (readonly KubeObject[])[] = [
  [v2Pod('bert-v2', 0), v2Pod('bert-v2', 1), runningTrainJob('bert-v2', { nodes: 2 })],
  [v1Job('bert', { roles: { Master: 1, Worker: 1 }, conditions: [condition('Failed')] })],
]

interface Look {
  readonly tty: boolean
  readonly columns: number
  readonly unicode: boolean
  readonly color: boolean
}

/** What was written until each event was shown, and at the end, after Ctrl-C; then stderr and the exit code. */
async function watched({ words, shown: [first = /^/, ...later] }: Watch, look: Look) {
  const cluster = new FakeCluster({ objects: fleet, namespace: 'nlp' })
  const abort = new AbortController()
  const { env, stdout, stderr } = fakeEnv({ cluster, now: () => now, signal: abort.signal, rows: 60, ...look })
  const running = runProgram(env, [...words])
  const texts: string[] = []
  const seen = async (expected: RegExp) => {
    const from = texts.at(-1)?.length ?? 0
    while (!expected.test(stripVTControlCharacters(stdout().slice(from)))) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    texts.push(stdout())
  }
  await seen(first)
  for (const [at, objects] of events.entries()) {
    for (const object of objects) cluster.put(object)
    await seen(later[at] ?? /^/)
  }
  abort.abort()
  const code = await running
  texts.push(stdout())
  return { texts, stderr: stderr(), code }
}

const terminals = [80, 200, 40].flatMap((columns) => [true, false].map((unicode) => ({ tty: true, columns, unicode })))
const moments = ['at first', 'when the TrainJob runs', 'when v1 has failed', 'after Ctrl-C']

/** Each moment's whole screen on a terminal; in a pipe what each moment appended. */
async function golden(watch: Watch, look: Look): Promise<string> {
  const { texts, stderr, code } = await watched(watch, look)
  const parts = texts.map((text, at) =>
    look.tty ? replayed(text, look.columns).join('\n') : text.slice(texts[at - 1]?.length ?? 0),
  )
  const where = look.tty
    ? `${look.columns} columns, ${look.unicode ? 'UTF-8' : 'ASCII'}`
    : `a pipe, ${look.unicode ? 'UTF-8' : 'ASCII'}`
  const shown = parts.map((part, at) => `=== ${where}: ${moments[at]}\n${part.trimEnd()}\n`)
  return [...shown, `stderr: ${stderr}`, `exit ${code}\n`].join('\n')
}

describe('watches', () => {
  it.each(Object.entries(watches))('%s: in place on terminals, appended in a pipe', async (name, watch) => {
    const parts: string[] = []
    for (const look of [...terminals, ...[true, false].map((unicode) => ({ tty: false, columns: 80, unicode }))]) {
      const plain = await golden(watch, { ...look, color: false })
      // colour says nothing that is not there without
      if (look.unicode) expect(stripVTControlCharacters(await golden(watch, { ...look, color: true }))).toBe(plain)
      parts.push(plain)
    }
    const text = parts.join('\n')
    const file = join(folder, `${name}.txt`)
    if (update) writeFileSync(file, text)
    expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : undefined)
  })

  it('are all of those in the folder', () => {
    expect(readdirSync(folder).sort()).toEqual(
      Object.keys(watches)
        .map((name) => `${name}.txt`)
        .sort(),
    )
  })
})
