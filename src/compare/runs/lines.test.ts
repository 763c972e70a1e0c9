import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { factsOf } from '../../../test/unit/run-logs.ts'
import { LineReader } from './lines.ts'

function linesOf(blocks: readonly string[], every = false) {
  const lines: string[] = []
  const reader = new LineReader((line, starts) => lines.push(`${starts ? '' : '~'}${line}`), every)
  for (const block of blocks) reader.push(block)
  reader.end()
  return { lines, read: reader.read }
}

describe('lines', () => {
  it('that may say something are given, others not; those after a carriage return are marked', () => {
    const text = 'hello\nloss 1\rloss 2\nnothing\nEPOCH 3'
    expect(linesOf([text]).lines).toEqual(['loss 1', '~loss 2', 'EPOCH 3'])
    expect(linesOf([text], true).lines).toEqual(['hello', 'loss 1', '~loss 2', 'nothing', 'EPOCH 3'])
  })

  it('are the same in blocks of any size', () => {
    const piece = fc.constantFrom('loss 1', 'abc', '\n', '\r', '\r\n', 'step=2', ' ')
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (pieces, size, every) => {
          const text = pieces.join('')
          const blocks = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
          expect(linesOf(blocks, every).lines).toEqual(linesOf([text], every).lines)
        },
      ),
    )
  })

  it('of 10 MB are cut at 64 KiB, also without an end, and the next one is whole', () => {
    const block = 'x'.repeat(1 << 18)
    const blocks = ['loss=1 step=1 ', ...Array(40).fill(block), '\nstep=2 loss=3\n']
    const { lines, read } = linesOf(blocks)
    expect(lines.map((line) => line.length)).toEqual([65536, 13])
    expect(lines[0]?.startsWith('loss=1 step=1 xx')).toBe(true)
    expect([read.longLines, read.bytes]).toEqual([1, 40 * (1 << 18) + 29])
  })

  it('of bars painted over for 10 MB are lines each', () => {
    const bars = Array.from({ length: 100_000 }, (_, at) => `  1%|#   | ${at}/100000 [00:10<01:30, 10.0it/s, loss=0.5]`)
    const facts = factsOf(bars.join('\r'))
    expect([facts.formats.get('bar'), facts.lines.longLines]).toEqual([100_000, 0])
  })

  it('of a binary file are read to their end, and the zeros counted', () => {
    const bytes = Array.from({ length: 100_000 }, (_, at) => String.fromCharCode((at * 7919) % 256)).join('')
    const facts = factsOf(bytes)
    expect([facts.lines.nulBytes > 100, facts.series.length]).toEqual([true, 0])
  })
})
