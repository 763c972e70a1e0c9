import { describe, expect, it } from 'vitest'
import { width } from './width.ts'
import { wrapWords } from './wrap-words.ts'

describe('words on lines', () => {
  it.each<[what: string, words: string[], columns: number, lines: string[]]>([
    ['as many as fit', ['one', 'two', 'three'], 7, ['one two', 'three']],
    ['one that is longer stays whole', ['a', 'kubectl get pods', 'b'], 6, ['a', 'kubectl get pods', 'b']],
    ['none', [], 5, ['']],
  ])('%s', (_, words, columns, lines) => {
    expect(wrapWords(words, columns)).toEqual(lines)
  })

  it('are as wide as they are told to be', () => {
    expect(wrapWords(['模型', '训练'], 5)).toEqual(['模型 训练'])
    expect(wrapWords(['模型', '训练'], 5, width)).toEqual(['模型', '训练'])
  })
})
