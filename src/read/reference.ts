import { exitCode } from '../exit-code.ts'
import { closest } from '../kube/closest.ts'
import { type Resource, resources } from '../kube/resources.ts'
import { neutralise, shellWord } from '../kube/text.ts'
import { Problem } from '../problem.ts'
import { type V1Kind, v1Kinds } from '../v1/kinds.ts'

/** A job as typed; no kind means whichever v1 kind has the name. */
export interface JobReference {
  readonly kind?: V1Kind | 'TrainJob'
  readonly name: string
}

const kinds = new Map<string, V1Kind | 'TrainJob' | undefined>([
  ['job', undefined],
  ['jobs', undefined],
  ...spellings('TrainJob', resources.trainJobs),
  ...v1Kinds.flatMap((info) => spellings(info.kind, info.resource)),
  ...spellings('MPIJob' as const, resources.mpiOperatorJobs),
])

/** kubectl's ways to write a kind: pytorchjob, pytorchjobs, pytorchjobs.kubeflow.org, pytorchjobs.v1.kubeflow.org. */
function spellings<K extends string>(kind: K, resource: Resource): [string, K][] {
  const { plural, group, version } = resource
  return [
    kind.toLowerCase(),
    plural,
    `${plural.slice(0, -1)}.${group}`,
    `${plural}.${group}`,
    `${plural}.${version}.${group}`,
  ].map((word) => [word, kind])
}

/** RFC 1123 subdomain, what the API server takes as a name of these kinds. */
const nameForm = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/**
 * Reads `KIND/NAME`, `KIND NAME`, `job NAME` or `NAME`; undefined when nothing was typed.
 * Throws a Problem (wrong usage) for a kind nobody has, a kind without a name, a word too many or a name no object can have.
 */
export function parseReference(words: readonly string[]): JobReference | undefined {
  const [first, second, third] = words
  if (first === undefined) return undefined
  if (third !== undefined) {
    throw usage(`one job at a time: "${neutralise(third)}" is one word too many`)
  }
  if (second === undefined) {
    const slash = first.indexOf('/')
    if (fileName.test(first)) throw aFile(first)
    if (isKindWord(first)) throw kindAlone(first)
    return slash < 0
      ? { name: validName(first) }
      : { kind: kindOf(first.slice(0, slash)), name: validName(first.slice(slash + 1)) }
  }
  if (first.includes('/'))
    throw usage(`"${neutralise(first)}" already names a job: "${neutralise(second)}" is one word too many`)
  return { kind: kindOf(first), name: validName(second) }
}

/**
 * Reads one or more jobs: `KIND NAME NAME`, or `KIND/NAME` and `NAME` in any mixture. Throws as parseReference does.
 */
export function parseReferences(words: readonly string[]): JobReference[] {
  const [first = '', ...rest] = words
  const ofKind = rest.length > 0 && kinds.has(first.toLowerCase())
  return (ofKind ? rest : words).flatMap((word) => parseReference(ofKind ? [first, word] : [word]) ?? [])
}

/** Whether a word is a kind as it may be typed before a name. */
export function isKindWord(word: string): boolean {
  return kinds.has(word.toLowerCase())
}

/** No job that an operator makes pods of has such a name: Services are made by it. After KIND and a space it is a name all the same. */
const fileName = /\.(ya?ml|json)$/i

function aFile(word: string): Problem {
  return new Problem({
    code: 'bad-reference',
    what: `${neutralise(word)} is the name of a file, and the name of a job goes here`,
    next: ['$0 list   (jobs of the namespace)', `$0 convert -f ${shellWord(neutralise(word))}   (jobs in files)`],
    exit: exitCode.usage,
  })
}

function kindAlone(word: string): Problem {
  return new Problem({
    code: 'bad-reference',
    what: `"${word}" is a kind of job, and no name follows it`,
    why: `write ${word} NAME; a job that is itself called ${word.toLowerCase()} is ${word}/${word.toLowerCase()}`,
    next: ['$0 list   (jobs of the namespace)'],
    exit: exitCode.usage,
  })
}

function kindOf(word: string): V1Kind | 'TrainJob' | undefined {
  const typed = word.toLowerCase()
  if (kinds.has(typed)) return kinds.get(typed)
  const near = closest(
    typed,
    // whatever is short is near to `job`
    [...kinds.keys()].filter((known) => known !== 'job' && !known.includes('.') && !known.endsWith('s')),
    1,
  )
  const all = [...v1Kinds.map((info) => info.kind.toLowerCase()), 'trainjob', 'job']
  throw usage(
    `"${neutralise(word)}" is no kind of job`,
    near.length > 0 ? `did you mean ${near[0]}?` : `known: ${all.join(', ')}`,
  )
}

function validName(name: string): string {
  if (name.length <= 253 && nameForm.test(name)) return name
  throw usage(
    `"${neutralise(name)}" cannot be the name of a job`,
    'names are lower-case letters, digits, - and ., as `$0 list` prints them',
  )
}

function usage(what: string, why?: string): Problem {
  return new Problem({ code: 'bad-reference', what, why, exit: exitCode.usage })
}

/** `pytorchjob/NAME`, as the verbs take it back. */
export function formatReference(kind: string, name: string): string {
  return `${kind.toLowerCase()}/${name}`
}
