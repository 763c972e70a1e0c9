import { describe, expect, it } from 'vitest'
import { runHook } from './hook.ts'

const killer = { platform: process.platform, kill: process.kill.bind(process) }

async function run(command: string, signal = new AbortController().signal) {
  const lines: string[] = []
  const code = await runHook(command, { input: '{"event":"done"}\n', signal, line: (text) => lines.push(text) }, killer)
  return { code, lines }
}

describe.skipIf(process.platform === 'win32')('a hook (its commands are for sh: skipped on Windows)', () => {
  it('gets its input, is a line of a shell, and is heard on both streams', async () => {
    const { code, lines } = await run('cat; echo "$((1 + 1))" >&2; exit 3')
    expect([code, lines.sort()]).toEqual([3, ['2', '{"event":"done"}']])
  })

  it('need not read its input', async () => {
    expect(await run('exit 0')).toEqual({ code: 0, lines: [] })
  })

  it('is ended by a signal with what it has started', async () => {
    const stop = new AbortController()
    const lines: string[] = []
    const line = (text: string): void => {
      lines.push(text)
      stop.abort()
    }
    const code = await runHook('echo begins; sleep 600 | cat', { input: '', signal: stop.signal, line }, killer)
    expect([code, lines]).toEqual([undefined, ['begins']])
  })

  it('is not begun after one', async () => {
    expect(await run('echo no', AbortSignal.abort())).toEqual({ code: undefined, lines: [] })
  })

  it('that is not there is told by the shell', async () => {
    const { code, lines } = await run('/no/such/hook')
    expect([code, lines.join()]).toEqual([127, expect.stringContaining('/no/such/hook')])
  })
})
