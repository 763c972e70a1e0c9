import { describe, expect, it } from 'vitest'
import type { LogLine } from '../logs/line.ts'
import { type LogLook, LogPrinter } from './log-line.ts'

const line = (text: string, more: Partial<LogLine> = {}): LogLine => ({
  side: 'v1',
  role: 'worker',
  rank: 1,
  pod: 'bert-worker-0',
  container: 'pytorch',
  time: '2026-01-01T00:00:00.000000001Z',
  text,
  ...more,
})
const pipe: LogLook = { isTTY: false, color: false, unicode: true, columns: 80, timestamps: false, containers: false }
const terminal: LogLook = { ...pipe, isTTY: true, color: true }

function print(look: LogLook, ...lines: LogLine[]): string[] {
  const printer = new LogPrinter(look)
  for (const one of lines) printer.expect(one)
  return lines.map((one) => printer.line(one))
}

describe('LogPrinter', () => {
  const lines = [
    line('a', { role: 'master', rank: 0 }),
    line('b', { rank: 12 }),
    line('c', { side: 'v2', role: 'node', rank: undefined }),
  ]

  it('labels lines by side, rank and role, in columns', () => {
    expect(print(pipe, ...lines)).toEqual(['v1  0 master | a', 'v1 12 worker | b', 'v2  - node   | c'])
  })

  it('names containers and times where they are asked for', () => {
    expect(print({ ...pipe, timestamps: true, containers: true }, ...lines)[0]).toBe(
      'v1  0 master pytorch | 2026-01-01T00:00:00.000000001Z a',
    )
    expect(print({ ...pipe, timestamps: true }, line('a', { time: '' }))).toEqual(['v1 1 worker | a'])
  })

  it('leaves roles out on a narrow terminal, not in a pipe', () => {
    expect(print({ ...terminal, color: false, columns: 40 }, ...lines)).toEqual(['v1  0 │ a', 'v1 12 │ b', 'v2  - │ c'])
    expect(print({ ...pipe, columns: 40 }, ...lines)[0]).toBe('v1  0 master | a')
  })

  it('paints sides and ranks, the same rank alike on both sides', () => {
    expect(print(terminal, line('a'), line('b', { side: 'v2' }))).toEqual([
      '\u001b[33mv1\u001b[39m \u001b[35m1 worker\u001b[39m │ a',
      '\u001b[36mv2\u001b[39m \u001b[35m1 worker\u001b[39m │ b',
    ])
    expect(print({ ...terminal, unicode: false, color: false }, line('a'))).toEqual(['v1 1 worker | a'])
  })

  it.each<[string, string, string, string]>([
    ['blanks and tabs', ' a\tb ', ' a\tb ', ' a\tb '],
    ['other alphabets', 'Größe 損失', 'Größe 損失', 'Größe 損失'],
    ['a progress bar', '10%\r50%\r100%\r', '100%', '10%\\r50%\\r100%'],
    ['colours', '\u001b[31mred\u001b[0m', '\u001b[31mred\u001b[0m\u001b[0m', 'red'],
    ['what moves the cursor', '\u001b[2Jx\u0007', '\\e[2Jx\\u{0007}', '\\e[2Jx\\u{0007}'],
    ['an address that hides another', '\u001b]8;;http://x\u001b\\', '\\e]8;;http://x\\e\\', '\\e]8;;http://x\\e\\'],
  ])('shows %s safely', (_, text, onTerminal, inPipe) => {
    expect(print({ ...terminal, columns: 40 }, line(text))[0]?.split('│ ')[1]).toBe(onTerminal)
    expect(print(pipe, line(text))[0]).toBe(`v1 1 worker | ${inPipe}`)
  })
})
