import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { runVerb } from '../../test/unit/run-verb.ts'
import { Timeline } from '../sandbox/clock.ts'
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

  it('says that a port is taken, before it makes the past of a team', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const past = vi.spyOn(Timeline.prototype, 'moveTo')
    const { code, err } = await runVerb(['sandbox', '--port', String(port), '--exec', 'true'])
    // nothing of the team's past was made for it
    expect(past).not.toHaveBeenCalled()
    past.mockRestore()
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

  it('does not run a command after it was interrupted', async () => {
    const options = { variables: process.env, signal: AbortSignal.abort() }
    expect((await runVerb(['sandbox', '--exec', 'exit 7'], options)).code).toBe(130)
  })

  describe('passes a signal on', () => {
    /** What is written to a file as it ends: the shell's own, and that of a command it waits for. */
    const inShell = (done: string) =>
      `trap 'echo shell >> ${done}; exit 7' TERM INT; touch ${done}; while :; do sleep 0.05; done`
    const inChild = (done: string) =>
      `trap 'exit 7' TERM INT; sh -c "trap 'echo child >> ${done}; exit 0' TERM INT; touch ${done}; while :; do sleep 0.05; done"; exit 8`

    it.each<[what: string, signal: 'SIGTERM' | 'SIGINT', script: (done: string) => string, says: string, tty: boolean]>(
      [
        ['SIGTERM, to the shell', 'SIGTERM', inShell, 'shell', false],
        ['SIGTERM, to what the shell waits for', 'SIGTERM', inChild, 'child', false],
        ['Ctrl-C where no terminal does, to what the shell waits for', 'SIGINT', inChild, 'child', false],
        ['SIGTERM at a terminal, to the shell', 'SIGTERM', inShell, 'shell', true],
        ['SIGTERM at a terminal, to what the shell waits for', 'SIGTERM', inChild, 'child', true],
      ],
    )('%s', async (_, signal, script, says, tty) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'kubectl-migrate-test-'))
      const done = path.join(folder, 'done')
      const interruption = new AbortController()
      let terminate: (() => void) | undefined
      const onTerminate = (act: () => void) => {
        terminate = act
        return () => {
          terminate = undefined
        }
      }
      const options = { variables: process.env, onTerminate, signal: interruption.signal, tty }
      const ended = runVerb(['sandbox', '--exec', script(done)], options)
      await vi.waitFor(() => access(done), { timeout: 30_000 })
      // as main.ts does it: SIGTERM is an interruption too
      interruption.abort()
      if (signal === 'SIGTERM') terminate?.()
      expect([(await ended).code, (await readFile(done, 'utf8')).trim()]).toEqual([7, says])
      expect(terminate).toBeUndefined()
      await rm(folder, { recursive: true })
    })
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
