import { describe, expect, it } from 'vitest'
import { toldRows } from './told-rows.ts'

const rows = [
  { cells: ['nlp/bert', 'PyTorchJob', 'held 9d'], words: 'the TrainJob is Complete' },
  { cells: ['vision/gpt', 'TFJob', 'held 12d'], words: 'refused (unproven): the TrainJob is not Complete' },
]

describe('rows with words', () => {
  it('has a line each in a pipe, in columns', () => {
    expect(toldRows(rows, undefined)).toEqual([
      '  nlp/bert     PyTorchJob   held 9d    the TrainJob is Complete',
      '  vision/gpt   TFJob        held 12d   refused (unproven): the TrainJob is not Complete',
    ])
  })

  it('keeps the words in their column on a terminal', () => {
    expect(toldRows(rows, 80)).toEqual([
      '  nlp/bert     PyTorchJob   held 9d    the TrainJob is Complete',
      '  vision/gpt   TFJob        held 12d   refused (unproven): the TrainJob is not',
      '                                       Complete',
    ])
  })

  it('has them below where there is no room beside', () => {
    expect(toldRows(rows, 40)).toEqual([
      '  nlp/bert     PyTorchJob   held 9d',
      '    the TrainJob is Complete',
      '  vision/gpt   TFJob        held 12d',
      '    refused (unproven): the TrainJob is',
      '    not Complete',
    ])
  })

  it('is safe, and nothing for nothing', () => {
    expect(toldRows([{ cells: ['a\u001b[2J'], words: 'b\u0007' }], undefined).join()).not.toMatch(/[\u001b\u0007]/)
    expect(toldRows([], 80)).toEqual([])
  })
})
