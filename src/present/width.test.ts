import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { cut, pad, printable, width, wrap } from './width.ts'

describe('text in columns', () => {
  it.each([
    ['bert', 4],
    ['模型', 4],
    ['e\u0301', 1],
    ['\u001b[31mred\u001b[39m', 3],
    ['', 0],
    ['─│└✓ café …', 11],
    ['✓\ufe0f', 1],
    ['©\ufe0f', 2],
    ['👩‍🔬', 2],
  ])('%j takes %i', (text, columns) => {
    expect(width(text)).toBe(columns)
  })

  it('is counted without the library exactly where the library says the same', () => {
    const characters = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code))
    expect(characters.filter((character) => width(character) !== stringWidth(character))).toEqual([])
  })

  it('is padded by what it takes', () => {
    expect([pad('模', 4), pad('bert', 2)]).toEqual(['模  ', 'bert'])
  })

  it.each([
    ['bert-large', 10, 'bert-large'],
    ['bert-large', 6, 'bert-…'],
    ['模型模型', 5, '模型…'],
    ['模型模型', 4, '模…'],
    ['bert', 0, ''],
  ])('%j cut to %i: %j', (text, columns, expected) => {
    expect(cut(text, columns)).toBe(expected)
  })

  it('is wrapped at blanks, and inside words that are too long', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three'])
    expect(wrap('seed ?  world size ?', 7)).toEqual(['seed ?', 'world', 'size ?'])
    expect(wrap('Delete them now?  [y/N] ', 20)).toEqual(['Delete them now?', '[y/N] '])
    expect(wrap('registry.example.com/a image', 10)).toEqual(['registry.e', 'xample.com', '/a image'])
  })

  it('of others is safe', () => {
    expect(printable('a\u001b[2J\nb')).toBe('a\\e[2J\\nb')
  })
})
