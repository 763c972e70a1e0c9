import { describe, expect, it } from 'vitest'
import type { Output } from '../env.ts'
import { liveScreen } from './live.ts'

/** A terminal whose size can change, and what was written to it since it was last asked. */
function terminal(columns: number, rows: number) {
  let text = ''
  const size = { columns, rows }
  const output: Output = {
    write: (more) => {
      text += more
    },
    isTTY: true,
    get columns() {
      return size.columns
    },
    get rows() {
      return size.rows
    },
    color: false,
    unicode: true,
  }
  const written = () => {
    const fresh = text
    text = ''
    return fresh
  }
  return { output, size, written }
}

const clear = '\u001b[2J\u001b[H'

describe('a live screen', () => {
  it('draws over itself, and writes nothing where nothing changed', async () => {
    const { output, written } = terminal(80, 24)
    const screen = await liveScreen(output)
    screen.draw(['bert   Running'])
    expect(written()).toContain('bert   Running\n')
    screen.draw(['bert   Running'])
    expect(written()).toBe('')
    screen.draw(['bert   Failed'])
    expect(written()).toMatch(/Failed/)
    screen.close()
  })

  it.each([
    ['width', { columns: 40, rows: 24 }],
    ['height', { columns: 80, rows: 12 }],
  ])('starts on a clean screen after a change of %s: the terminal has wrapped what was there', async (_, changed) => {
    const { output, size, written } = terminal(80, 24)
    const screen = await liveScreen(output)
    screen.draw(['bert   Running'])
    expect(written()).not.toContain(clear)
    Object.assign(size, changed)
    screen.draw(['bert   Running'])
    expect(written()).toMatch(/\u001b\[2J\u001b\[H.*bert {3}Running\n/s)
    screen.draw(['bert   Running'])
    expect(written()).toBe('')
    screen.close()
  })

  it('counts the lines it has no room for', async () => {
    const { output, written } = terminal(80, 5)
    const screen = await liveScreen(output)
    screen.draw(['1', '2', '3', '4', '5', '6'])
    expect(written()).toContain('1\n2\n3\n… 3 more lines\n')
    screen.close()
  })
})
