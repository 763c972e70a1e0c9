import { ClusterError } from '../cluster/errors.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { isRecord } from '../kube/object.ts'
import { withoutSecrets } from '../kube/secrets.ts'
import { neutralise } from '../kube/text.ts'
import { Problem } from '../problem.ts'
import { asConnected } from './as-connected.ts'
import type { Sentence } from './cluster-sentences/words.ts'
import { clusterSentence } from './cluster-sentences.ts'

/** A failure as lines for stderr, without a line break at their end, and the exit code it ends the program with. */
export interface ErrorWords {
  readonly lines: string[]
  readonly exit: ExitCode
}

const indent = '       '

/**
 * The words of any failure: what, where, why and what to type. Text of the cluster and of files is made safe for a
 * terminal; no header, token or stack trace is ever in it, the trace of a bug only with verbosity 1 and more.
 * Exit codes: what the kubeconfig says wrong is 2, what the cluster says 3, a conflict 4, an interruption 130.
 * @param name how the program was called; `$0` in a Problem's lines stands for it
 */
export function describeError(error: unknown, name: string, verbosity = 0): ErrorWords {
  const { what, more = [], next = [], exit = exitCode.cluster } = sentenceOf(error, name)
  const typed = next.map((line) => line && asConnected(line, name))
  const lines = [`error: ${what}`, ...[...more, ...typed].flatMap((line) => (line ? indent + line : []))]
  if (verbosity > 0 && isBug(error)) lines.push(...stackLines(error))
  return { lines: lines.map(neutralise), exit }
}

/** What nobody has words for: only its trace tells where it comes from. */
function isBug(error: unknown): error is Error {
  return error instanceof Error && !(error instanceof Problem) && !(error instanceof ClusterError)
}

function sentenceOf(error: unknown, name: string): Sentence {
  if (error instanceof Problem) return problemSentence(error, name)
  if (error instanceof ClusterError) {
    const sentence = clusterSentence(error.failure, name)
    return { ...sentence, more: [...(sentence.more ?? []), error.stands] }
  }
  return otherSentence(error, name)
}

function problemSentence({ data }: Problem, name: string): Sentence {
  const { what, where, why, next = [], exit } = data
  const linesOf = (text = '') => text.replaceAll('$0', name).split('\n')
  // it is told once
  const place = where !== undefined && `${what}\n${why}`.includes(where) ? '' : where
  return { what, more: [place, why].flatMap(linesOf), next: next.flatMap(linesOf), exit }
}

/** An error nobody has typed: of the file system, or a bug. */
function otherSentence(error: unknown, name: string): Sentence {
  const file = fileReason(error)
  if (file !== undefined) return { what: file, exit: exitCode.usage }
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return {
    what: `a bug in kubectl-migrate: ${withoutSecrets(words.split('\n')[0] ?? '')}`,
    next: [`Please report it with what the same command prints with -v 1 added, and with \`${name} version\`.`],
  }
}

const fileReasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'you may not',
  EPERM: 'you may not',
  EEXIST: 'it exists already',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a link, and what it leads to is not overwritten: remove the link',
  ENOTDIR: 'a part of the path is no folder',
  ENOSPC: 'no space left',
  EROFS: 'the file system is read-only',
}

function fileReason(error: unknown): string | undefined {
  if (!isRecord(error) || typeof error['path'] !== 'string' || typeof error['code'] !== 'string') return undefined
  const reason = fileReasons[error['code']]
  return reason && `cannot use the file ${error['path']}: ${reason}`
}

function stackLines(error: Error): string[] {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  const cause =
    error.cause instanceof Error ? [`${indent}caused by ${error.cause.name}`, ...stackLines(error.cause)] : []
  return [...frames.map((frame) => indent + frame.trim()), ...cause]
}
