import { describe, expect, it } from 'vitest'
import type { FlagSpecs } from './command.ts'
import { parseWords } from './parse.ts'
import { flagsAgain } from './typed-again.ts'

const shared = { describe: '', group: 'Safety' } as const
const specs = {
  yes: { ...shared, type: 'boolean', short: 'y' },
  'dry-run': { ...shared, type: 'string', bare: 'client', default: 'none' },
  selector: { ...shared, type: 'string', short: 'l' },
  accept: { ...shared, type: 'strings' },
  timeout: { ...shared, type: 'string', default: '15m' },
  workers: { ...shared, type: 'number' },
  observe: { ...shared, type: 'boolean', default: true },
  output: { ...shared, type: 'string', bare: 'text' },
} as const satisfies FlagSpecs

describe('the flags of a command that is typed again', () => {
  it.each([
    ['', ''],
    ['--yes --dry-run=server', ''],
    ['-l team=nlp', '-l team=nlp'],
    ['--accept one --accept two', '--accept one --accept two'],
    ['--timeout 15m', ''],
    ['--timeout 0', '--timeout 0'],
    ['--workers 0', '--workers 0'],
    ['--observe=false', '--observe=false'],
    ['--output=json', '--output=json'],
  ])('%j are %j', (typed, again) => {
    const { flags } = parseWords(typed === '' ? [] : typed.split(' '), specs)
    expect(flagsAgain(specs, flags).join(' ')).toBe(again)
  })

  it('are quoted for a shell', () => {
    expect(flagsAgain(specs, { selector: 'team in (nlp)' })).toEqual(['-l', "'team in (nlp)'"])
  })
})
