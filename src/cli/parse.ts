import { type ParseArgsConfig, parseArgs } from 'node:util'
import { exitCode } from '../exit-code.ts'
import { closest } from '../kube/closest.ts'
import { Problem } from '../problem.ts'
import type { FlagSpec, FlagSpecs, FlagValues } from './command.ts'

type FlagValue = string | number | boolean | readonly string[] | undefined

export interface ParsedWords<F extends FlagSpecs> {
  readonly positionals: readonly string[]
  /** a value for every flag of the specs: its default where it was not given */
  readonly flags: FlagValues<F>
  /** names of the flags that were given */
  readonly given: ReadonlySet<string>
}

/**
 * The words after a verb, read as pflag reads them for kubectl (github.com/spf13/pflag v1.0, flag.go, parseArgs):
 * flags and names in any order; `--flag value`, `--flag=value`, `-n value`, `-nvalue`, `-n=value`, `-wA`;
 * a flag that wants a value takes the next word whatever it is, a boolean never does; of a repeated flag the last counts;
 * all words after `--` are names. Throws Problem (exit 2) for a flag or value that is not in `specs`;
 * `verb` is whose flags they are, absent for the program itself.
 */
export function parseWords<F extends FlagSpecs>(words: readonly string[], specs: F, verb?: string): ParsedWords<F> {
  const positionals: string[] = []
  const flags: Record<string, FlagValue> = Object.create(null)
  const given = new Set<string>()
  for (const [name, spec] of Object.entries(specs)) flags[name] = startValue(spec)

  let expected: string | undefined
  for (const token of tokensOf(words, specs)) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') {
      if (expected !== undefined && specs[expected]?.choices?.includes(token.value)) {
        throw needsEqualsSign(expected, token.value, verb)
      }
      expected = undefined
      positionals.push(token.value)
      continue
    }
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined
    if (spec === undefined) throw unknownFlag(token.rawName, words[token.index] ?? token.rawName, specs, verb)
    if (token.value === undefined && wantsValue(spec)) throw missingValue(token.rawName, spec, verb)
    const value = readValue(token.rawName, spec, token.value, verb)
    const before = flags[token.name]
    flags[token.name] = spec.type === 'strings' && Array.isArray(before) ? [...before, String(value)] : value
    given.add(token.name)
    expected = spec.bare !== undefined && token.value === undefined ? token.name : undefined
  }
  // each value was made by the spec of its name
  return { positionals, flags: flags as FlagValues<F>, given }
}

/** Where the verb is among the words: flags may stand before it. Undefined when there is none. */
export function findVerb(words: readonly string[], specs: FlagSpecs): number | undefined {
  const tokens = tokensOf(words, specs)
  const position = tokens.find((token) => token.kind === 'positional')?.index
  const stray = tokens.find(
    (token) => token.kind === 'option' && !Object.hasOwn(specs, token.name) && token.index < (position ?? words.length),
  )
  if (stray?.kind === 'option' && (position === undefined || stray.value === undefined)) {
    throw new Problem({
      code: 'unknown-flag',
      what: `unknown flag ${stray.rawName} before the verb`,
      why: 'The flags of a verb come after it.',
      next: ['$0 --help'],
      exit: exitCode.usage,
    })
  }
  return position
}

/** The words as Node's parser sees them, flags of the specs and others; it refuses nothing. */
export function tokensOf(words: readonly string[], specs: FlagSpecs) {
  const args = words.map((word) => spellOut(word, specs))
  return parseArgs({ args, options: optionsOf(specs), strict: false, allowPositionals: true, tokens: true }).tokens
}

function optionsOf(specs: FlagSpecs): NonNullable<ParseArgsConfig['options']> {
  const options: NonNullable<ParseArgsConfig['options']> = {}
  for (const [name, spec] of Object.entries(specs)) {
    const type = wantsValue(spec) ? 'string' : 'boolean'
    options[name] = spec.short === undefined ? { type } : { type, short: spec.short }
  }
  return options
}

/** Whether the flag takes the next word when it has no `=`. */
export function wantsValue(spec: FlagSpec): boolean {
  return spec.type !== 'boolean' && spec.bare === undefined
}

/** `-A=true` as `--all-namespaces=true`: parseArgs would read it as a group of one-letter flags. */
function spellOut(word: string, specs: FlagSpecs): string {
  const match = /^-([^-])=(.*)$/s.exec(word)
  if (match === null) return word
  const long = Object.entries(specs).find(([, spec]) => spec.short === match[1])?.[0]
  return long === undefined ? word : `--${long}=${match[2]}`
}

function startValue(spec: FlagSpec): FlagValue {
  if (spec.default !== undefined) return spec.default
  if (spec.type === 'boolean') return false
  return spec.type === 'strings' ? [] : undefined
}

/** The value of one flag as its spec wants it. */
function readValue(rawName: string, spec: FlagSpec, text: string | undefined, verb: string | undefined): FlagValue {
  const value = text ?? spec.bare
  if (spec.type === 'boolean') {
    if (value === undefined) return true
    // strconv.ParseBool, which pflag uses
    if (/^(1|t|T|TRUE|true|True)$/.test(value)) return true
    if (/^(0|f|F|FALSE|false|False)$/.test(value)) return false
    throw wrongValue(rawName, value, 'true or false', verb)
  }
  if (value === undefined) return undefined
  if (spec.type === 'number') {
    if (!/^[+-]?\d+(\.\d+)?$/.test(value)) throw wrongValue(rawName, value, 'a number', verb)
    return Number(value)
  }
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    if (spec.choices.includes('json') && kubectlTemplate.test(value)) throw noTemplates(rawName, value, verb)
    throw wrongValue(rawName, value, spec.choices.join(', '), verb, closest(value, spec.choices, 1)[0])
  }
  if (spec.known !== undefined && !spec.known.words.includes(value)) throw unknownWord(rawName, value, spec.known)
  return value
}

/** Ways in which kubectl prints single values (kubectl v1.36.3, `kubectl get --help`). */
const kubectlTemplate = /^(jsonpath(-as-json|-file)?|go-template(-file)?|custom-columns(-file)?|template(file)?)(=|$)/

function noTemplates(rawName: string, value: string, verb: string | undefined): Problem {
  const [form] = value.split('=')
  return new Problem({
    code: 'wrong-flag-value',
    what: `${rawName} takes none of kubectl’s templates, ${form} neither: jq takes single values out of ${rawName} json`,
    next: [`$0${verb === undefined ? '' : ` ${verb}`} ${rawName} json | jq .`, usage(verb)],
    exit: exitCode.usage,
  })
}

function usage(verb: string | undefined): string {
  return verb === undefined ? '$0 --help' : `$0 ${verb} --help`
}

function unknownFlag(rawName: string, word: string, specs: FlagSpecs, verb: string | undefined): Problem {
  const meant = rawName.startsWith('--') ? closest(rawName.slice(2), Object.keys(specs), 1)[0] : undefined
  const within = rawName !== word && !word.startsWith('--') ? ` in ${word}` : ''
  return new Problem({
    code: 'unknown-flag',
    what: `unknown flag ${rawName}${within}`,
    why: meant === undefined ? undefined : `Did you mean --${meant}?`,
    next: [usage(verb)],
    exit: exitCode.usage,
  })
}

function missingValue(rawName: string, spec: FlagSpec, verb: string | undefined): Problem {
  return new Problem({
    code: 'flag-without-value',
    what: `${rawName} needs a value: ${rawName} ${spec.choices?.join('|') ?? spec.value ?? 'VALUE'}`,
    next: [usage(verb)],
    exit: exitCode.usage,
  })
}

function wrongValue(rawName: string, value: string, wanted: string, verb: string | undefined, meant?: string): Problem {
  return new Problem({
    code: 'wrong-flag-value',
    what: `${rawName} cannot be ${JSON.stringify(value)}: it takes ${wanted}`,
    why: meant === undefined ? undefined : `Did you mean ${meant}?`,
    next: [usage(verb)],
    exit: exitCode.usage,
  })
}

function unknownWord(rawName: string, value: string, known: NonNullable<FlagSpec['known']>): Problem {
  const near = closest(value, known.words)
  return new Problem({
    code: 'wrong-flag-value',
    what: `${rawName} ${value}: there is no ${known.what} ${value}`,
    why: near.length > 0 ? `near to it: ${near.join(', ')}` : undefined,
    next: [known.list],
    exit: exitCode.usage,
  })
}

function needsEqualsSign(flag: string, value: string, verb: string | undefined): Problem {
  return new Problem({
    code: 'value-without-equals-sign',
    what: `--${flag} takes its value with an equals sign: --${flag}=${value}`,
    next: [usage(verb)],
    exit: exitCode.usage,
  })
}
