import { exitCode } from '../exit-code.ts'
import { wrapWords } from '../present/wrap-words.ts'
import type { Command, FlagSpec, FlagSpecs } from './command.ts'
import { allNamespacesFlag, commonFlags, connectionFlags } from './connection-flags.ts'
import { leftWidth, paragraph, type Row, twoColumns } from './layout.ts'
import type { Verb, VerbGroup } from './table.ts'

/** What every exit code means, in the words of the help. */
export const exitMeanings: readonly { readonly code: number; readonly means: string }[] = [
  { code: exitCode.ok, means: 'done; both sides are the same' },
  { code: exitCode.no, means: 'the answer is no: differs, not ready, refused by a guard' },
  { code: exitCode.usage, means: 'wrong usage, or input that cannot be read' },
  { code: exitCode.cluster, means: 'the cluster said no or cannot be reached' },
  { code: exitCode.conflict, means: 'somebody else holds the lock, or the object changed meanwhile' },
  { code: exitCode.rolledBack, means: 'failed and rolled back: v1 runs again' },
  { code: exitCode.stranded, means: 'failed and NOT rolled back: the message says what stands' },
  { code: exitCode.timeout, means: 'ran out of time, nothing was written' },
  { code: exitCode.interrupted, means: 'interrupted: the message says how to go on' },
]

const verbTitles: Readonly<Record<VerbGroup, string>> = {
  Look: 'Look (writes nothing)',
  Convert: 'Convert',
  Move: 'Move',
  Other: 'Other',
}

const groupTitles = ['Selection', 'Conversion', 'Safety', 'Timing', 'Output', 'Connection'] as const

/** The screen of the program itself: every verb that exists, the exit codes, where to begin. */
export function programHelp(name: string, verbs: readonly Verb[], columns: number): string[] {
  const lines = [
    ...paragraph(
      `${name} moves Kubeflow training jobs from Training Operator v1 to Trainer v2, side by side.`,
      columns,
    ),
    '',
    ...usageLine(name, 'VERB [flags]', columns),
  ]
  const left = leftWidth(verbs.map((verb): Row => [verb.name, '']))
  for (const group of ['Look', 'Convert', 'Move', 'Other'] as const) {
    const rows = verbs.filter((verb) => verb.group === group).map((verb): Row => [verb.name, verb.summary])
    if (rows.length > 0) lines.push('', verbTitles[group], ...twoColumns(rows, columns, left))
  }
  const codes = exitMeanings.map(({ code, means }): Row => [String(code), means])
  lines.push('', 'Exit codes', ...twoColumns(codes, columns))
  lines.push('', ...paragraph(`${name} VERB --help has examples of each verb and its flags.`, columns))
  return lines
}

/** The screen of one verb. */
export function verbHelp(name: string, command: Command, columns: number): string[] {
  const lines = [
    ...paragraph(`${capitalised(command.summary)}.`, columns),
    '',
    ...usageLine(
      `${name} ${command.name}`,
      [command.usage, '[flags]'].filter((part) => part !== '').join(' '),
      columns,
    ),
    '',
    'Examples',
  ]
  for (const example of command.examples) {
    lines.push(...paragraph(`# ${example.does}`, columns, '  '))
    lines.push(...commandLine(example.type.replaceAll('$0', name), columns), '')
  }
  const groups = flagGroups(command)
  const left = leftWidth(groups.flatMap(({ rows }) => rows))
  for (const { title, rows } of groups) lines.push(title, ...twoColumns(rows, columns, left), '')
  lines.pop()
  if (command.connects) {
    lines.push(...paragraph(`and all other connection flags of kubectl: ${name} options`, columns, '  '))
  }
  return lines
}

/** The flags of a verb by what they are for. */
function flagGroups(command: Command): { readonly title: FlagSpec['group']; readonly rows: readonly Row[] }[] {
  const { namespace, context, kubeconfig } = connectionFlags
  const flags: FlagSpecs = {
    ...(command.manyNamespaces ? allNamespacesFlag : {}),
    ...command.flags,
    ...commonFlags,
    ...(command.connects ? { namespace, context, kubeconfig } : {}),
  }
  return groupTitles
    .map((title) => ({
      title,
      rows: Object.entries(flags)
        .filter(([, spec]) => spec.group === title)
        .map(flagRow),
    }))
    .filter(({ rows }) => rows.length > 0)
}

/** All connection flags, as `kubectl options` lists kubectl's. */
export function optionsHelp(columns: number): string[] {
  return [
    ...paragraph('Every verb that talks to a cluster takes these flags; they mean what they mean to kubectl.', columns),
    '',
    ...twoColumns(Object.entries(connectionFlags).map(flagRow), columns),
  ]
}

/** One flag as the help and the reference show it: `-n, --namespace NAMESPACE` and what it does. */
export function flagRow([name, spec]: readonly [string, FlagSpec]): Row {
  const long = spec.short === name ? '' : `--${name}`
  const short = spec.short === undefined ? '    ' : `-${spec.short}${long === '' ? '' : ', '}`
  return [`${short}${long}${valueSuffix(spec)}`, `${spec.describe}${remarks(spec)}`]
}

function valueSuffix(spec: FlagSpec): string {
  if (spec.type === 'boolean') return ''
  const value = spec.value ?? spec.choices?.join('|') ?? 'VALUE'
  return spec.bare === undefined ? ` ${value}` : `[=${value}]`
}

function remarks(spec: FlagSpec): string {
  const choices = spec.value !== undefined && spec.choices !== undefined ? `: ${spec.choices.join(', ')}` : ''
  const given =
    spec.default === undefined || spec.default === false || spec.default === '' ? '' : ` (default ${spec.default})`
  return `${choices}${given}`
}

function usageLine(start: string, rest: string, columns: number): string[] {
  const line = `Usage: ${start} ${rest}`
  return line.length <= columns ? [line] : [`Usage: ${start}`, ...paragraph(rest, columns, '         ')]
}

/** A command that is too long goes on after a backslash between two of its words, never inside quotes, so that it can be copied. */
function commandLine(command: string, columns: number): string[] {
  if (command.length + 2 <= columns) return [`  ${command}`]
  const words = command.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? []
  const lines = wrapWords(words, columns - 6)
  return lines.map((line, index) => `${index === 0 ? '  ' : '    '}${line}${index < lines.length - 1 ? ' \\' : ''}`)
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
