import { EVENT_ID, type ScalarEvent } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { readEvents, SyntaxFault } from './yaml-events.ts'
import { offsetOf, quoted, scalarText, scalarValue } from './yaml-node.ts'

/** The value of the last scalar of a text, or why it has none and where. */
function readLast(written: string): unknown {
  const events = readEvents(written)
  const scalars = events.list.filter((event): event is ScalarEvent => event.type === EVENT_ID.SCALAR)
  const event = scalars.at(-1)
  if (!event) throw new Error('no scalar')
  try {
    return scalarValue(events, event, scalarText(events, event), /[[{]/.test(written))
  } catch (error) {
    if (error instanceof SyntaxFault) return `${error.offset}: ${error.message}`
    throw error
  }
}

describe('the value of a scalar', () => {
  it.each<[written: string, value: unknown]>([
    ['a: 0755', 493],
    ['a: yes', true],
    ["a: 'yes'", 'yes'],
    ['a: !!str 1', '1'],
    ['a: !own 1', '1'],
    ['a: !!int 0x10', 16],
    ['a: !<tag:yaml.org,2002:int> 7', 7],
    ['a: !!float 1', 1],
    ['a: !!bool off', false],
    ['a: !!null ~', null],
    ['a: !!binary aGk=', 'hi'],
    ['a: !!bool 1', '10: "1" is no bool'],
    ['a: !!binary "*"', '12: !!binary holds no base64'],
    ['a: .inf', '3: .inf is no number that JSON has: put it in quotes if it is a string'],
    [
      'a: 9007199254740993',
      '3: the number 9007199254740993 is too large to be carried exactly: put it in quotes if it is a string',
    ],
    ['a: "\\ud800"', '4: half of a surrogate pair is no character'],
    ['[b, ?x]', '4: kubectl reads "?x" in another way than YAML 1.2: put it in quotes'],
  ])('%s: %j', (written, value) => {
    expect(readLast(written)).toEqual(value)
  })
})

it.each<[written: string, offset: number]>([
  ['  word', 2],
  ['"word"', 0],
  ['!!str word', 6],
  ['&name word', 6],
  ['&name', 1],
  ['- a', 0],
])('%s begins at %i', (written, offset) => {
  const node = readEvents(written).list.find(({ type }) => type === EVENT_ID.SCALAR || type === EVENT_ID.SEQUENCE)
  expect(node && offsetOf(node)).toBe(offset)
})

it('a text is shown in quotes, and cut where it is long', () => {
  expect(quoted('a"b')).toBe('"a\\"b"')
  expect(quoted('x'.repeat(61))).toBe(`"${'x'.repeat(57)}..."`)
})
