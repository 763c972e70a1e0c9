import { access, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { runVerb } from '../../test/unit/run-verb.ts'
import { lockFolder } from '../sandbox/folder-lock.ts'

describe('sandbox', () => {
  it.each([
    [['now'], 'now'],
    [['--port', '0'], '--port 0 is no port'],
    [['--port', '70000'], '--port 70000 is no port'],
    [['--speed', 'fast'], '--speed fast is no factor'],
  ])('refuses %j', async (words, said) => {
    const { code, err } = await runVerb(['sandbox', ...words])
    expect([code, err[0]]).toEqual([2, expect.stringContaining(said)])
  })

  it('says that a port is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { code, err } = await runVerb(['sandbox', '--port', String(port), '--exec', 'true'])
    expect([code, err[0]]).toEqual([
      2,
      expect.stringContaining(`port ${port} cannot be had: something else listens there`),
    ])
    other.close()
  })

  it('answers as a shell does where a signal ended the command', async () => {
    const { code } = await runVerb(['sandbox', '--exec', 'kill -INT $$'], { variables: process.env })
    expect(code).toBe(130)
  })

  it('passes SIGTERM on to the command', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'kubectl-migrate-test-'))
    const ready = path.join(folder, 'ready')
    let terminate: (() => void) | undefined
    const onTerminate = (act: () => void) => {
      terminate = act
      return () => {
        terminate = undefined
      }
    }
    const script = `trap 'exit 7' TERM; touch ${ready}; while :; do sleep 0.05; done`
    const ended = runVerb(['sandbox', '--exec', script], { variables: process.env, onTerminate })
    await vi.waitFor(() => access(ready), { timeout: 30_000 })
    terminate?.()
    expect((await ended).code).toBe(7)
    expect(terminate).toBeUndefined()
    await rm(folder, { recursive: true })
  })

  it('refuses a folder that another has', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'kubectl-migrate-test-'))
    const release = await lockFolder(folder, {
      self: { user: 'jane', host: 'laptop', pid: 99, place: 'boot-1 pid:1', started: '1' },
      isAlive: () => true,
    })
    const { code, err } = await runVerb(['sandbox', '--dir', folder, '--exec', 'true'], { isAlive: () => true })
    expect({ code, err }).toEqual({
      code: 2,
      err: [
        `error: ${folder} is used by another sandbox (process 99)`,
        '       kubectl migrate sandbox   (forgets when it stops)',
        '       kubectl migrate sandbox --dir ANOTHER_FOLDER',
        `       rm ${folder}/sandbox.lock   (where none runs any more)`,
      ],
    })
    await release()
    await rm(folder, { recursive: true })
  })

  it('answers with the exit code of the command it ran', async () => {
    expect(await runVerb(['sandbox', '--exec', 'test -r "$KUBECONFIG" && exit 7'], { variables: process.env })).toEqual(
      { code: 7, out: [], err: [] },
    )
  })
})
