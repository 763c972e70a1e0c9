import { expect, it } from 'vitest'
import { endedAtOnce } from './ended-at-once.ts'

it.each<[typed: string, positionals: string[], namespace: string | undefined, hints: string[]]>([
  ['cutover', ['bert'], undefined, ['status bert   (what stands)', 'rollback bert   (back to v1)']],
  [
    'cutover',
    ['job', 'bert'],
    'nlp',
    ['status job bert -n nlp   (what stands)', 'rollback job bert -n nlp   (back to v1)'],
  ],
  ['cutover', ['a', 'b'], 'nlp', ['list -n nlp   (what stands)']],
  ['cutover', ['myjob', 'b'], undefined, ['list   (what stands)']],
  ['cutover', [], undefined, ['list   (what stands)']],
  ['rollback', ['tfjob/net'], undefined, ['status tfjob/net   (what stands)']],
])('%s %j, ended by a second Ctrl-C, tells what to type', (verb, positionals, namespace, hints) => {
  const invocation = { positionals, connection: { namespace }, flags: {}, allNamespaces: false, verbosity: 0 }
  expect(endedAtOnce('kubectl migrate', verb, invocation)).toEqual([
    'error: ended at once: what stands may be half of it',
    ...hints.map((hint) => `       kubectl migrate ${hint}`),
    '       The same command again goes on from there.',
  ])
})
