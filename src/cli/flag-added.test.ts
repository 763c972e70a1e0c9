import { describe, expect, it } from 'vitest'
import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import type { Command } from './command.ts'
import { withFlagsAdded } from './flag-added.ts'
import { parseWords } from './parse.ts'

const shared = { describe: '', group: 'Safety' } as const
const flags = {
  yes: { ...shared, type: 'boolean', short: 'y' },
  accept: { ...shared, type: 'strings' },
  nodes: { ...shared, type: 'number' },
  timeout: { ...shared, type: 'string', default: '15m' },
} as const
const command = { name: 'cutover', flags } as unknown as Command

/** What is told to be typed after these words. */
function told(words: string, hint: string, exit: number = exitCode.no): string | undefined {
  const { positionals, flags: given } = parseWords(words.split(' '), flags)
  const invocation = { positionals, flags: given, connection: { namespace: 'nlp' }, allNamespaces: false, verbosity: 0 }
  const problem = new Problem({ code: 'gang', what: 'it is a gang', next: [hint], exit: exit as 1 | 2 })
  return withFlagsAdded(problem, command, invocation).data.next?.[0]
}

describe('a flag that is to be added', () => {
  it.each([
    ['is told behind the command', 'job bert', '--accept gang', '$0 cutover job bert -n nlp --accept gang'],
    ['is followed by what it is for', 'bert', '--nodes N   (a trial)', '$0 cutover bert -n nlp --nodes N   (a trial)'],
    [
      'comes beside others',
      'bert -y --accept one',
      '--accept gang',
      '$0 cutover bert -n nlp --accept one --accept gang',
    ],
    ['takes the place of its value', 'bert --timeout 1h', '--timeout 9m', '$0 cutover bert -n nlp --timeout 9m'],
    ['has a value in quotes', 'bert', "--accept 'a b'", "$0 cutover bert -n nlp --accept 'a b'"],
  ])('%s', (_, words, hint, line) => {
    expect(told(words, hint)).toBe(line)
  })

  it.each(['--name NEW', '--accept gang keeps them apart', '$0 list', 'ask its owner'])('is none: %s', (hint) => {
    expect(told('bert', hint)).toBe(hint)
  })

  it('stays alone where one of several values of it is wrong', () => {
    expect(told('bert --accept x --accept y', '--accept gang', exitCode.usage)).toBe('--accept gang')
  })
})
