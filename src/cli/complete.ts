import type { Cluster, ConnectionFlags } from '../cluster/cluster.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { type Resource, resources } from '../kube/resources.ts'
import { v1Kinds } from '../v1/kinds.ts'
import type { Command, FlagSpec, FlagSpecs } from './command.ts'
import { allNamespacesFlag, commonFlags, connectionFlags, toConnection } from './connection-flags.ts'
import { parseWords, tokensOf, wantsValue } from './parse.ts'
import { allFlags } from './program.ts'
import type { Verb } from './table.ts'

/** What the shell does besides offering the candidates (github.com/spf13/cobra v1.10, completions.go, ShellCompDirective). */
const directive = { files: 0, noFiles: 4, folders: 16 } as const

interface Offer {
  readonly candidates: readonly Candidate[]
  readonly directive: number
}

interface Candidate {
  readonly word: string
  readonly about?: string
}

/** TAB must not hang: after this many milliseconds there is nothing to offer. */
const patience = 2000

/**
 * What TAB may put for the last of `words` (empty when the cursor stands after a blank), in cobra's protocol, which kubectl reads:
 * `word<TAB>description` a line, then `:DIRECTIVE`. Whatever fails, there is nothing to offer and no word about it.
 */
export async function complete(env: Env, words: readonly string[], table: readonly Verb[]): Promise<ExitCode> {
  const current = words.at(-1) ?? ''
  const nothing: Offer = { candidates: [], directive: directive.noFiles }
  const late = env.sleep(patience).then(() => nothing)
  const offer = await Promise.race([late, offerFor(env, words.slice(0, -1), current, table).catch(() => nothing)])
  const lines = offer.candidates
    .filter(({ word }) => word.startsWith(current) && !/[\p{Cc}\s]/u.test(word))
    .map(({ word, about }) => (about === undefined ? word : `${word}\t${about}`))
  env.out.write(`${[...lines, `:${offer.directive}`].join('\n')}\n`)
  return exitCode.ok
}

async function offerFor(env: Env, before: readonly string[], current: string, table: readonly Verb[]): Promise<Offer> {
  const programFlags: FlagSpecs = { ...connectionFlags, ...allNamespacesFlag, ...commonFlags }
  const position = tokensOf(before, programFlags).find((token) => token.kind === 'positional')?.index
  if (position === undefined) {
    return await offerIn({ env, specs: programFlags, offered: programFlags, before, current }, () =>
      offerOf(table.map(verbCandidate)),
    )
  }
  const verb = table.find((entry) => entry.name === before[position])
  if (verb === undefined) return offerOf([])
  const { command } = await verb.load()
  const specs = allFlags(command)
  const offered = command.connects ? specs : { ...command.flags, ...commonFlags }
  const context = { env, specs, offered, before: before.toSpliced(position, 1), current }
  return await offerIn(context, (positionals) => positionalOffer(context, command, positionals, table))
}

interface Context {
  readonly env: Env
  /** all flags that mean something here */
  readonly specs: FlagSpecs
  /** those worth offering */
  readonly offered: FlagSpecs
  /** the words before the current one, without the verb */
  readonly before: readonly string[]
  readonly current: string
}

/** The offer for a flag's value, for a flag's name, or else what `forName` says of a name. */
async function offerIn(
  context: Context,
  forName: (positionals: readonly string[]) => Offer | Promise<Offer>,
): Promise<Offer> {
  const { specs, offered, before, current } = context
  const tokens = tokensOf(before, specs)
  const last = tokens.at(-1)
  if (last?.kind === 'option' && last.value === undefined && Object.hasOwn(specs, last.name)) {
    const spec = specs[last.name]
    if (spec !== undefined && wantsValue(spec)) return await valueOffer(context, spec, '', before.slice(0, -1))
  }
  if (!current.startsWith('-') || tokens.some((token) => token.kind === 'option-terminator')) {
    return await forName(tokens.filter((token) => token.kind === 'positional').map((token) => token.value))
  }
  const assignment = /^(--([^=]+)=)/.exec(current)
  const assigned = assignment?.[2] === undefined ? undefined : specs[assignment[2]]
  if (assigned !== undefined) return await valueOffer(context, assigned, assignment?.[1] ?? '', before)
  return offerOf(flagCandidates(offered))
}

function offerOf(candidates: readonly Candidate[], action: number = directive.noFiles): Offer {
  return { candidates, directive: action }
}

function verbCandidate({ name, summary }: Verb): Candidate {
  return { word: name, about: summary }
}

function flagCandidates(specs: FlagSpecs): Candidate[] {
  return Object.entries(specs).flatMap(([name, { describe, short }]) => [
    ...(name === short ? [] : [{ word: `--${name}`, about: describe }]),
    ...(short === undefined ? [] : [{ word: `-${short}`, about: describe }]),
  ])
}

/** What may stand as the value of a flag; `prefix` is `--flag=` where the value is a part of the same word. */
async function valueOffer(
  { env, specs }: Context,
  spec: FlagSpec,
  prefix: string,
  others: readonly string[],
): Promise<Offer> {
  const offered = (words: Iterable<string>): Offer => offerOf([...words].map((word) => ({ word: `${prefix}${word}` })))
  const words = spec.choices ?? spec.known?.words
  if (words !== undefined) return offered(words)
  if (spec.type === 'boolean' && prefix !== '') return offered(['true', 'false'])
  switch (spec.completes) {
    case 'file':
      return offerOf([], directive.files)
    case 'directory':
      return offerOf([], directive.folders)
    case 'namespace':
      return offered(await namesIn(env, connectionOf(others, specs), [resources.namespaces]))
    case 'context':
    case 'cluster':
    case 'user': {
      const { kubeconfigFiles, loadKubeconfig } = await import('../cluster/kubeconfig.ts')
      const kubeconfig = await loadKubeconfig(kubeconfigFiles(connectionOf(others, specs).kubeconfig, env.variables))
      return offered(kubeconfig[`${spec.completes}s`].keys())
    }
    case undefined:
      return offerOf([])
  }
}

async function positionalOffer(
  context: Context,
  command: Command,
  positionals: readonly string[],
  table: readonly Verb[],
): Promise<Offer> {
  if (command.name === 'help') return offerOf(positionals.length === 0 ? table.map(verbCandidate) : [])
  if (command.offers !== undefined) {
    return offerOf(positionals.length === 0 ? command.offers.map((word) => ({ word })) : [])
  }
  if (!command.usage.includes('NAME')) return offerOf([])
  return await jobOffer(context, positionals)
}

interface KindWords {
  readonly words: readonly string[]
  readonly resource: Resource
}

const trainJob: KindWords = { words: ['trainjob', 'trainjobs'], resource: resources.trainJobs }
const kindWords: readonly KindWords[] = [
  ...v1Kinds.map(({ kind, resource }) => ({ words: [kind.toLowerCase(), resource.plural], resource })),
  trainJob,
]

/** `KIND/NAME`, `KIND NAME`, `job NAME` or `NAME`. */
async function jobOffer({ env, specs, before, current }: Context, positionals: readonly string[]): Promise<Offer> {
  const connection = connectionOf(before, specs)
  const all = kindWords.map(({ resource }) => resource)
  const [typed, ...others] = positionals
  if (typed !== undefined) {
    if (others.length > 0) return offerOf([])
    const named = typed === 'job' ? v1Kinds.map(({ resource }) => resource) : resourcesOf(typed)
    return offerOf((await namesIn(env, connection, named)).map((word) => ({ word })))
  }
  const slash = current.indexOf('/')
  if (slash >= 0) {
    const kind = current.slice(0, slash)
    const names = await namesIn(env, connection, resourcesOf(kind))
    return offerOf(names.map((name) => ({ word: `${kind}/${name}` })))
  }
  const kinds = ['job', ...kindWords.flatMap(({ words }) => words.slice(0, 1))]
  const names = await namesIn(env, connection, all).catch(() => [])
  return offerOf([...names, ...kinds].map((word) => ({ word })))
}

function resourcesOf(kind: string): Resource[] {
  return kindWords
    .filter(({ words, resource }) => words.some((word) => kind === word || kind === `${word}.${resource.group}`))
    .map(({ resource }) => resource)
}

function connectionOf(words: readonly string[], specs: FlagSpecs): ConnectionFlags {
  const { flags } = parseWords(words, { ...specs, ...connectionFlags })
  return { ...toConnection(flags), requestTimeout: `${patience}ms` }
}

/** Names of the first 500 objects of each resource; of a resource that cannot be read there are none. */
async function namesIn(env: Env, connection: ConnectionFlags, wanted: readonly Resource[]): Promise<string[]> {
  if (wanted.length === 0) return []
  const cluster = await env.connect(connection)
  const lists = await Promise.all(wanted.map((resource) => firstPage(cluster, resource).catch(() => [])))
  return [...new Set(lists.flat())].sort()
}

async function firstPage(cluster: Cluster, resource: Resource): Promise<string[]> {
  const namespace = resource.namespaced ? cluster.namespace : undefined
  for await (const { items } of cluster.pages(resource, { namespace })) {
    return items.map(({ metadata }) => metadata.name ?? '')
  }
  return []
}
