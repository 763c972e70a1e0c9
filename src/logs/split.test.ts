import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DatedText, LineSplitter } from './split.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function split(chunks: readonly Uint8Array[], longest?: number): DatedText[] {
  const splitter = new LineSplitter(longest)
  const lines = chunks.flatMap((chunk) => splitter.push(chunk))
  const rest = splitter.rest()
  return rest ? [...lines, rest] : lines
}

/** One array cut at the places given. */
function cutAt(whole: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [0, ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length]
  return cuts.slice(1).map((end, at) => whole.subarray(cuts[at], end))
}

describe('LineSplitter', () => {
  it.each([
    ['a time and a text', '2026-01-01T00:00:00.123456789Z hello', '2026-01-01T00:00:00.123456789Z', 'hello'],
    ['a time in another zone', '2026-01-01T00:00:00+02:00 hello', '2026-01-01T00:00:00+02:00', 'hello'],
    ['an empty text', '2026-01-01T00:00:00Z ', '2026-01-01T00:00:00Z', ''],
    ['a text that begins with blanks', '2026-01-01T00:00:00Z   x', '2026-01-01T00:00:00Z', '  x'],
    ['a text alone', 'unable to retrieve container logs', undefined, 'unable to retrieve container logs'],
    ['a time with nothing after it', '2026-01-01T00:00:00Z', undefined, '2026-01-01T00:00:00Z'],
    ['a byte order mark, kept', '\ufeffx', undefined, '\ufeffx'],
    ['carriage returns, kept', '2026-01-01T00:00:00Z 1%\r2%\r', '2026-01-01T00:00:00Z', '1%\r2%\r'],
  ])('reads %s', (_, line, time, text) => {
    expect(split([bytes(`${line}\n`)])).toEqual([{ time, text }])
  })

  it('makes the same lines of the same bytes, wherever they are cut', () => {
    const line = fc.tuple(fc.boolean(), fc.string({ unit: 'grapheme' })).map(([dated, text]) => ({
      time: dated ? '2026-01-01T00:00:00.000000001Z' : undefined,
      text: `x${text.replaceAll('\n', '')}`,
    }))
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), (lines, places) => {
        const whole = bytes(lines.map(({ time, text }) => `${time ? `${time} ` : ''}${text}\n`).join(''))
        expect(split(cutAt(whole, places))).toEqual(lines)
      }),
    )
  })

  it('makes text of any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat()), (whole, places) => {
        expect(split(cutAt(whole, places))).toEqual(split([whole]))
      }),
    )
  })

  it('gives a line that is too long in pieces, none of which is lost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.array(fc.nat()), (length, places) => {
        const text = 'abcdefghij'.repeat(10).slice(0, length)
        const pieces = split(cutAt(bytes(`${text}\nnext\n`), places), 10)
        const own = pieces.slice(0, -1)
        expect(pieces.at(-1)).toEqual({ time: undefined, text: 'next' })
        expect(own.map((piece) => piece.text).join('')).toBe(text)
        expect(own.map(({ continued }) => continued)).toEqual([undefined, ...own.slice(1).map(() => true)])
      }),
    )
  })

  it('tells what has come of a line that has no end', () => {
    const splitter = new LineSplitter()
    expect(splitter.push(bytes('2026-01-01T00:00:00Z hel'))).toEqual([])
    expect(splitter.rest()).toEqual({ time: '2026-01-01T00:00:00Z', text: 'hel' })
    expect(splitter.rest()).toBeUndefined()
  })
})
