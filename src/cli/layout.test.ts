import { describe, expect, it } from 'vitest'
import { leftWidth, paragraph, twoColumns, wrap } from './layout.ts'

describe('layout', () => {
  it('wraps at words and leaves a long word whole', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('a kubectl-migrate b', 5)).toEqual(['a', 'kubectl-migrate', 'b'])
    expect(wrap('', 5)).toEqual([''])
  })

  it('indents every line of a paragraph', () => {
    expect(paragraph('one two three', 9, '  ')).toEqual(['  one two', '  three'])
  })

  const rows = [
    ['-n, --namespace NAMESPACE', 'namespace to work in; of the context when absent'],
    ['-A', 'all namespaces'],
  ] as const

  it('sets what it means beside the word', () => {
    expect(twoColumns(rows, 80)).toEqual([
      '  -n, --namespace NAMESPACE   namespace to work in; of the context when absent',
      '  -A                          all namespaces',
    ])
  })

  it('wraps the right column', () => {
    expect(twoColumns(rows, 60)).toEqual([
      '  -n, --namespace NAMESPACE   namespace to work in; of the',
      '                              context when absent',
      '  -A                          all namespaces',
    ])
  })

  it('sets the meaning below its word on a narrow terminal', () => {
    expect(twoColumns(rows, 40)).toEqual([
      '  -n, --namespace NAMESPACE',
      '      namespace to work in; of the',
      '      context when absent',
      '  -A',
      '      all namespaces',
    ])
  })

  it('does not let one long word push all meanings to the right', () => {
    const rows = [
      ['-o', 'json'],
      ['--certificate-authority FILE', 'who signed'],
    ] as const
    expect(leftWidth(rows, 20)).toBe(2)
    expect(twoColumns(rows, 80, 2)).toEqual(['  -o   json', '  --certificate-authority FILE', '       who signed'])
  })
})
