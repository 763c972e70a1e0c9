/** `npm run docs`: writes docs/reference.md, findings.md, endings.md and schema from the code and from what was observed; with --check it only says whether that is needed. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command, FlagSpec, FlagSpecs } from '../src/cli/command.ts'
import { allNamespacesFlag, commonFlags, connectionFlags } from '../src/cli/connection-flags.ts'
import { exitMeanings, flagRow } from '../src/cli/help.ts'
import { verbs } from '../src/cli/table.ts'
import { runComparisonSchema } from '../src/compare/runs/schema.ts'
import type { CodeText } from '../src/convert/code-text.ts'
import { codes } from '../src/convert/codes.ts'
import { decisionsSchema } from '../src/convert/decisions-schema.ts'
import { guardTexts } from '../src/migration/guards/texts.ts'
import { preflightSchema } from '../src/migration/preflight-schema.ts'
import { diffListSchema } from '../src/present/diff-schema.ts'
import { jobHistorySchema } from '../src/present/history-schema.ts'
import { jobListSchema, jobPairSchema } from '../src/present/list-schema.ts'
import { logLineSchema } from '../src/present/log-schema.ts'
import { moveEventSchema } from '../src/present/move-event.ts'
import { jobServingListSchema, runtimeListSchema, runtimeServingListSchema } from '../src/present/runtimes-schema.ts'
import { fleetStatusSchema, jobStatusSchema } from '../src/present/status-schema.ts'
import type { Observed } from '../test/cluster/endings/ending.ts'
import { endings } from './docs/endings.ts'
import { escapeCell, table } from './docs/markdown.ts'

const folder = path.resolve(fileURLToPath(import.meta.url), '../../docs')
const name = 'kubectl migrate'

/** The reference of all verbs, as Markdown. */
export async function reference(): Promise<string> {
  const commands = await Promise.all(verbs.map(async (verb) => ({ ...verb, ...(await verb.load()) })))
  const lines = [
    `# ${name}: all verbs and flags`,
    '',
    'Made from the commands by `npm run docs`; a test holds them equal.',
    '',
    ...table(
      ['Verb', '', 'What it does'],
      commands.map((verb) => [`[${verb.name}](#${verb.name})`, verb.group, escapeCell(verb.summary)]),
    ),
    '',
    '## Exit codes',
    '',
    ...table(
      ['Code', 'Meaning'],
      exitMeanings.map(({ code, means }) => [String(code), means]),
    ),
    ...commands.flatMap(({ command }) => ['', ...verbSection(command)]),
    '',
    '## Connection flags',
    '',
    'Every verb that talks to a cluster takes them; they mean what they mean to kubectl.',
    '',
    ...flagTable(connectionFlags),
  ]
  return `${lines.join('\n')}\n`
}

function verbSection(command: Command): string[] {
  const flags: FlagSpecs = { ...(command.manyNamespaces ? allNamespacesFlag : {}), ...command.flags, ...commonFlags }
  const examples = command.examples.flatMap(({ does, type }) => [`# ${does}`, type.replaceAll('$0', name)])
  const usage = [name, command.name, command.usage, '[flags]'].filter((part) => part !== '').join(' ')
  return [
    `## ${command.name}`,
    '',
    `${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`,
    '',
    ...['```', usage, '```', ''],
    ...['```sh', ...examples, '```', ''],
    ...flagTable(flags),
    ...(command.connects ? ['', 'And all [connection flags](#connection-flags).'] : []),
  ]
}

function flagTable(flags: FlagSpecs): string[] {
  const rows = Object.entries(flags).map((entry: [string, FlagSpec]) => {
    const [flag, meaning] = flagRow(entry)
    return [`\`${escapeCell(flag.trim())}\``, escapeCell(meaning)]
  })
  return table(['Flag', 'Meaning'], rows)
}

/** The list of all finding codes, as Markdown. */
export function findings(): string {
  const all: [string, CodeText][] = Object.entries(codes)
  const section = (kind: CodeText['class'], title: string): string[] => [
    `## ${title}`,
    '',
    ...all
      .filter(([, text]) => text.class === kind)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([code, text]) => [
        `### ${code}`,
        '',
        `${sentence(text.what)} ${sentence(text.why)}`,
        ...(text.remedy === undefined ? [] : ['', `What to do: ${sentence(text.remedy)}`]),
        ...(text.source === undefined ? [] : ['', `Source: ${text.source}`]),
        '',
      ]),
  ]
  const lines = [
    '# Findings',
    '',
    `What \`${name} convert\` and \`${name} diff\` say about a job, by code. \`${name} explain CODE\` prints one of them.`,
    'Made from the code by `npm run docs`; a test holds them equal.',
    '',
    ...section('lost', 'Lost: refused until accepted by name (`--accept CODE`)'),
    ...section('changed', 'Changed: worth knowing (`--strict` refuses them)'),
    ...section('same', 'Same: v2 does what v1 did'),
    '## Refused: guards of the verbs that move a job',
    '',
    ...Object.entries(guardTexts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([code, text]) => [
        `### ${code}`,
        '',
        `${sentence(text.what)} ${sentence(text.why)}`,
        '',
        `What to do: ${sentence(text.remedy)}`,
        '',
      ]),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

/** The JSON schema of decisions files. */
export function decisionsJson(): string {
  return `${JSON.stringify(decisionsSchema, null, 2)}\n`
}

/** The JSON schema of what `compare -o json` prints. */
export function runComparisonJson(): string {
  return `${JSON.stringify(runComparisonSchema, null, 2)}\n`
}

/** The JSON schemas of what the verbs that look, `preflight` and the verbs that move print with -o json, by file. */
export function screenSchemas(): Record<string, string> {
  const schemas = {
    'job-list': jobListSchema,
    'job-pair': jobPairSchema,
    'fleet-status': fleetStatusSchema,
    'job-status': jobStatusSchema,
    'job-history': jobHistorySchema,
    'diff-list': diffListSchema,
    'log-line': logLineSchema,
    'runtime-list': runtimeListSchema,
    'runtime-serving-list': runtimeServingListSchema,
    'job-serving-list': jobServingListSchema,
    preflight: preflightSchema,
    'move-event': moveEventSchema,
  }
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [`schema/${name}.json`, `${JSON.stringify(schema, null, 2)}\n`]),
  )
}

/** What becomes of jobs when their pods end, as Markdown. */
export function endingsPage(): string {
  const file = path.join(folder, '../test/cluster/endings/observed.json')
  return endings(JSON.parse(readFileSync(file, 'utf8')) as Observed)
}

/** A sentence of words: field names and v1, v2 keep their spelling at its start. */
function sentence(text: string): string {
  const escaped = text.replaceAll('<', '&lt;')
  const isWord = /^[a-z]+[ ,:]/.test(escaped)
  return `${isWord ? escaped.charAt(0).toUpperCase() : escaped.charAt(0)}${escaped.slice(1)}.`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = {
    'reference.md': await reference(),
    'findings.md': findings(),
    'endings.md': endingsPage(),
    'schema/decisions.json': decisionsJson(),
    'schema/run-comparison.json': runComparisonJson(),
    ...screenSchemas(),
  }
  mkdirSync(path.join(folder, 'schema'), { recursive: true })
  for (const [file, text] of Object.entries(made)) {
    if (!process.argv.includes('--check')) {
      writeFileSync(path.join(folder, file), text)
    } else if (readFileSync(path.join(folder, file), 'utf8') !== text) {
      console.error(`docs/${file} is not what the code says: npm run docs`)
      process.exitCode = 1
    }
  }
}
