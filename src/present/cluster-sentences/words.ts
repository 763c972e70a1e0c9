import type { Asked, ClusterErrorCause } from '../../cluster/errors.ts'
import type { ExitCode } from '../../exit-code.ts'

/** Text of others is still as it came: describeError makes whole lines safe for a terminal. */
export interface Sentence {
  /** after `error: `; one sentence without a full stop */
  readonly what: string
  readonly more?: readonly (string | undefined)[]
  /** what to type or ask for */
  readonly next?: readonly (string | undefined)[]
  readonly exit?: ExitCode
}

/** What is said of each failure of these kinds; `name` is how the program was called. */
export type Sentences<K extends Kind> = { readonly [Each in K]: (failure: Of<Each>, name: string) => Sentence }

export type Kind = ClusterErrorCause['kind']

export type Of<K extends Kind> = Extract<ClusterErrorCause, { kind: K }>

export const perhapsDone = 'The request may have arrived: look at what is there before you repeat it.'

const longestList = 12

/** `pytorchjobs nlp/bert`, `namespace nlp`, `/version` */
export function objectOf(asked: Asked): string {
  if (asked.resource === 'namespaces' && asked.name) return `namespace ${asked.name}`
  if (asked.name === undefined) return `${plural(asked)}${placeOf(asked)}`
  return `${plural(asked)} ${asked.namespace ? `${asked.namespace}/${asked.name}` : asked.name}`
}

export function plural(asked: Asked): string {
  return asked.resource.startsWith('/') ? asked.resource : (asked.resource.split('.')[0] ?? '')
}

export function placeOf(asked: Asked): string {
  if (asked.namespace !== undefined) return ` in namespace ${asked.namespace}`
  return ['list', 'watch'].includes(asked.verb) ? ' in all namespaces' : ''
}

export function kubectlGet(asked: Asked): string {
  const object = asked.name === undefined ? '' : ` ${asked.name}`
  return `kubectl get ${asked.resource}${object}${asked.namespace === undefined ? '' : ` -n ${asked.namespace}`}`
}

/** The server's own words, line by line. */
export function quote(text: string): string[] {
  return shortened(text.split('\n').flatMap((line) => line.trim() || []))
}

export function shortened(lines: string[]): string[] {
  if (lines.length <= longestList) return lines
  return [...lines.slice(0, longestList - 1), `... ${lines.length - longestList + 1} more`]
}

export function listOf(names: readonly string[]): string {
  return names.length <= longestList
    ? names.join(', ')
    : `${names.slice(0, longestList).join(', ')}, ... (${names.length})`
}
