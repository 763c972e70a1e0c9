import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { runVerb } from '../../test/unit/run-verb.ts'

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

  it('answers with the exit code of the command it ran', async () => {
    expect(await runVerb(['sandbox', '--exec', 'test -r "$KUBECONFIG" && exit 7'], { variables: process.env })).toEqual(
      { code: 7, out: [], err: [] },
    )
  })
})
