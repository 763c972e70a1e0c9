import { describe, expect, it } from 'vitest'
import { codes } from '../convert/codes.ts'
import { explainLines } from './explain.ts'

describe('a code in full', () => {
  it.each([40, 80, 200])('has no line that is longer than a terminal of %s columns', (columns) => {
    for (const [code, text] of Object.entries(codes)) {
      const words = explainLines(code, text, columns).filter((line) => line.slice(9).includes(' '))
      expect(words.filter((line) => line.length > columns)).toEqual([])
    }
  })

  it('has its class under it where both do not fit on a line', () => {
    const text = { class: 'lost', what: 'a field', why: 'v2 has none', remedy: 'remove it' } as const
    expect(explainLines('no-such', text, 40)).toEqual([
      'no-such',
      '         lost: v2 cannot do it: a job is',
      '         converted only when this is',
      '         accepted by name',
      '',
      'What     a field',
      'Why      v2 has none',
      'Do       remove it',
    ])
    expect(explainLines('no-such', text, 200)[0]).toBe(
      'no-such   lost: v2 cannot do it: a job is converted only when this is accepted by name',
    )
  })
})
