import { expect, it } from 'vitest'
import { remembered } from './remembered.ts'

it('makes what is short once, what is long each time, and all anew where there are too many', () => {
  const asked: string[] = []
  const upper = remembered((text) => {
    asked.push(text.slice(0, 3))
    return text.toUpperCase()
  }, 2)
  const long = 'x'.repeat(101)
  expect(['a', 'a', long, long, 'b', 'a', 'c', 'a'].map((text) => upper(text).slice(0, 3))).toEqual([
    ...['A', 'A', 'XXX', 'XXX', 'B', 'A', 'C', 'A'],
  ])
  expect(asked).toEqual(['a', 'xxx', 'xxx', 'b', 'c', 'a'])
})
