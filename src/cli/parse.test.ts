import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problem } from '../problem.ts'
import type { FlagSpecs } from './command.ts'
import { findVerb, parseWords } from './parse.ts'

const specs = {
  namespace: { type: 'string', short: 'n', value: 'NAMESPACE', describe: '', group: 'Connection' },
  'as-group': { type: 'strings', describe: '', group: 'Connection' },
  'all-namespaces': { type: 'boolean', short: 'A', describe: '', group: 'Selection' },
  watch: { type: 'boolean', short: 'w', describe: '', group: 'Output' },
  output: { type: 'string', short: 'o', choices: ['json', 'yaml'], default: 'yaml', describe: '', group: 'Output' },
  'dry-run': {
    type: 'string',
    choices: ['none', 'client', 'server'],
    default: 'none',
    bare: 'client',
    describe: '',
    group: 'Safety',
  },
  timeout: { type: 'number', describe: '', group: 'Timing' },
  v: { type: 'number', short: 'v', value: 'LEVEL', describe: '', group: 'Connection' },
} as const satisfies FlagSpecs

/** What was given, without the defaults. */
function read(words: readonly string[]) {
  const { positionals, flags, given } = parseWords(words, specs, 'status')
  return { positionals, flags: Object.fromEntries(Object.entries(flags).filter(([name]) => given.has(name))) }
}

describe('parseWords reads words as pflag does', () => {
  it.each<[string, string[], string[], Record<string, unknown>]>([
    ['nothing', [], [], {}],
    ['a long flag and its value', ['--namespace', 'nlp'], [], { namespace: 'nlp' }],
    ['a long flag with =', ['--namespace=nlp'], [], { namespace: 'nlp' }],
    ['a value with = in it', ['--namespace=a=b'], [], { namespace: 'a=b' }],
    ['an empty value', ['--namespace='], [], { namespace: '' }],
    ['a short flag and its value', ['-n', 'nlp'], [], { namespace: 'nlp' }],
    ['a short flag with its value attached', ['-nnlp'], [], { namespace: 'nlp' }],
    ['a short flag with =', ['-n=nlp'], [], { namespace: 'nlp' }],
    ['short booleans together', ['-wA'], [], { watch: true, 'all-namespaces': true }],
    ['short booleans and a value together', ['-wojson'], [], { watch: true, output: 'json' }],
    ['a short boolean with =', ['-A=false'], [], { 'all-namespaces': false }],
    ['a boolean set to false', ['--watch=false'], [], { watch: false }],
    ['a boolean never takes the next word', ['--watch', 'false'], ['false'], { watch: true }],
    ['a value that looks like a flag', ['--namespace', '-A'], [], { namespace: '-A' }],
    ['a value that is --', ['-n', '--', 'bert'], ['bert'], { namespace: '--' }],
    ['of a repeated flag the last', ['-n', 'a', '--namespace=b'], [], { namespace: 'b' }],
    ['of a list all', ['--as-group', 'a', '--as-group=b,c'], [], { 'as-group': ['a', 'b,c'] }],
    [
      'names before, between and after',
      ['job', '-w', 'bert', '-n', 'x', 'y'],
      ['job', 'bert', 'y'],
      { watch: true, namespace: 'x' },
    ],
    ['all is a name after --', ['-w', '--', '-n', '--watch'], ['-n', '--watch'], { watch: true }],
    ['a single dash is a name', ['-'], ['-'], {}],
    ['an empty word is a name', [''], [''], {}],
    ['a bare flag', ['--dry-run'], [], { 'dry-run': 'client' }],
    ['a bare flag with its value', ['--dry-run=server', 'bert'], ['bert'], { 'dry-run': 'server' }],
    ['a bare flag before a name', ['--dry-run', 'bert'], ['bert'], { 'dry-run': 'client' }],
    ['a number', ['--timeout', '1.5'], [], { timeout: 1.5 }],
    ['-v as kubectl has it', ['-v=6'], [], { v: 6 }],
    ['--v as kubectl has it', ['--v', '6'], [], { v: 6 }],
  ])('%s', (_, words, positionals, flags) => {
    expect(read(words)).toEqual({ positionals, flags })
  })

  it('fills in what was not given', () => {
    expect({ ...parseWords([], specs).flags }).toEqual({
      namespace: undefined,
      'as-group': [],
      'all-namespaces': false,
      watch: false,
      output: 'yaml',
      'dry-run': 'none',
      timeout: undefined,
      v: undefined,
    })
  })

  it.each<[string[], string, string | undefined]>([
    [['--namspace', 'x'], 'unknown flag --namspace', 'Did you mean --namespace?'],
    [['--qqq=1'], 'unknown flag --qqq', undefined],
    [['--no-watch'], 'unknown flag --no-watch', undefined],
    [['--__proto__=1'], 'unknown flag --__proto__', undefined],
    [['--constructor'], 'unknown flag --constructor', undefined],
    [['-x'], 'unknown flag -x', undefined],
    [['-wx'], 'unknown flag -x in -wx', undefined],
    [['-x=1'], 'unknown flag -x in -x=1', undefined],
    [['--namespace'], '--namespace needs a value: --namespace NAMESPACE', undefined],
    [['-wn'], '-n needs a value: -n NAMESPACE', undefined],
    [['-o'], '-o needs a value: -o json|yaml', undefined],
    [['-o', 'jsno'], '-o cannot be "jsno": it takes json, yaml', 'Did you mean json?'],
    [['-o', ''], '-o cannot be "": it takes json, yaml', undefined],
    [['--dry-run=sever'], '--dry-run cannot be "sever": it takes none, client, server', 'Did you mean server?'],
    [['--dry-run', 'server'], '--dry-run takes its value with an equals sign: --dry-run=server', undefined],
    [['--watch=maybe'], '--watch cannot be "maybe": it takes true or false', undefined],
    [['--timeout', '5m'], '--timeout cannot be "5m": it takes a number', undefined],
    [['-v'], '-v needs a value: -v LEVEL', undefined],
  ])('%j is refused: %s', (words, what, why) => {
    expect(problemOf(() => read(words))).toEqual({
      code: expect.any(String),
      what,
      why,
      next: ['$0 status --help'],
      exit: 2,
    })
  })

  it.each(['jsonpath={.items[*].name}', 'jsonpath', 'custom-columns=NAME:.name', 'go-template-file=a.tmpl'])(
    '-o %s is refused with what to type instead',
    (value) => {
      expect(problemOf(() => read(['-o', value]))).toEqual({
        code: 'wrong-flag-value',
        what: `-o takes none of kubectl’s templates, ${value.split('=')[0]} neither: jq takes single values out of -o json`,
        next: ['$0 status -o json | jq .', '$0 status --help'],
        exit: 2,
      })
    },
  )

  it('gives an answer or a Problem for whatever is typed', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom(...Object.keys(specs).map((name) => `--${name}`), '-n', '-A', '-w', '--', '-', '='),
    )
    fc.assert(
      fc.property(fc.array(word), (words) => {
        try {
          const { positionals } = parseWords(words, specs)
          expect(words).toEqual(expect.arrayContaining([...positionals]))
        } catch (error) {
          expect(error).toBeInstanceOf(Problem)
        }
      }),
    )
  })
})

describe('findVerb', () => {
  it.each<[string[], number | undefined]>([
    [[], undefined],
    [['-A'], undefined],
    [['list'], 0],
    [['-n', 'nlp', 'list', 'x'], 2],
    [['--namespace=nlp', 'list'], 1],
    [['--output=json', 'list'], 1],
    [['--field=x', 'list'], 1],
  ])('%j: %j', (words, position) => {
    expect(findVerb(words, specs)).toBe(position)
  })

  it.each([[['--qqq']], [['-x', 'list']], [['--qqq=1']]])('%j is refused', (words) => {
    expect(problemOf(() => findVerb(words, specs))).toMatchObject({
      why: 'The flags of a verb come after it.',
      exit: 2,
    })
  })
})

function problemOf(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error instanceof Problem ? error.data : error
  }
}
