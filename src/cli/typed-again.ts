import { shellWord } from '../kube/text.ts'
import type { Command, FlagSpecs, Invocation } from './command.ts'

/** What is typed behind the same command in another way: whether it asks, and whether it writes. */
const chosen: readonly string[] = ['yes', 'dry-run']

/** The flags of a verb that are not as they are by default, as they are typed: the same command again without one of them is another. */
export function flagsAgain(specs: FlagSpecs, values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(specs).flatMap(([name, { short, default: preset, bare }]) => {
    const value = values[name]
    const flag = short === undefined ? `--${name}` : `-${short}`
    if (value === undefined || value === (preset ?? false) || chosen.includes(name)) return []
    if (Array.isArray(value)) return value.flatMap((one) => [flag, shellWord(String(one))])
    if (value === true) return [flag]
    return value === false || bare !== undefined
      ? [`--${name}=${shellWord(String(value))}`]
      : [flag, shellWord(String(value))]
  })
}

/** What was typed, to be typed again; without what decides whether it asks or writes. */
export function commandAgain(
  { name, flags: specs }: Pick<Command, 'name' | 'flags'>,
  {
    positionals,
    connection,
    allNamespaces,
    flags,
  }: Pick<Invocation, 'positionals' | 'connection' | 'allNamespaces' | 'flags'>,
): string {
  const place = connection.namespace ? ['-n', connection.namespace] : []
  const everywhere = allNamespaces ? ['-A'] : []
  return [`$0 ${name}`, ...positionals.map(shellWord), ...place, ...everywhere, ...flagsAgain(specs, flags)].join(' ')
}
