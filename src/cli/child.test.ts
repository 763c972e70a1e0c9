import { describe, expect, it } from 'vitest'
import { runChild } from './child.ts'

const node = process.execPath
const never = new AbortController().signal

describe('a program that is run', () => {
  it('gives both streams and its exit code', async () => {
    const script = 'process.stdout.write("é"); process.stderr.write("words"); process.exitCode = 3'
    const ran = await runChild(node, ['-e', script], never)
    expect({ ...ran, stdout: new TextDecoder().decode(ran?.stdout) }).toEqual({ code: 3, stdout: 'é', stderr: 'words' })
  })

  it('is given its words as they are, through no shell', async () => {
    const ran = await runChild(node, ['-p', 'process.argv[1]', '$(touch /tmp/x); *'], never)
    expect(new TextDecoder().decode(ran?.stdout)).toBe('$(touch /tmp/x); *\n')
  })

  it('that is not on PATH is undefined', async () => {
    expect(await runChild('no-such-program-anywhere', [], never)).toBeUndefined()
  })

  it('ends with the signal', async () => {
    const interruption = new AbortController()
    const running = runChild(node, ['-e', 'setInterval(() => {}, 1000)'], interruption.signal)
    interruption.abort()
    await expect(running).rejects.toMatchObject({ failure: { kind: 'aborted' } })
    await expect(runChild(node, [], interruption.signal)).rejects.toMatchObject({ failure: { kind: 'aborted' } })
  })
})
