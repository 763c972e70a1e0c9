import { ClusterError } from '../cluster/errors.ts'
import { tellsEnough } from '../compare/runs/pick.ts'
import type { NamedLog } from '../compare/runs/run.ts'
import { RunLog } from '../compare/runs/run-log.ts'
import type { FileEntry, Files } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import type { Side } from '../logs/line.ts'
import { savedIndex } from '../logs/saved.ts'
import { Problem } from '../problem.ts'
import { readSavedIndex } from './saved-logs.ts'

export interface ReadRunOptions {
  readonly patterns: readonly RegExp[]
  readonly signal: AbortSignal
}

/** Folders inside a folder of logs: of jobs, of pods, of containers. */
const deepest = 3

/** What was read of a saved run. */
export interface SavedRun {
  readonly logs: readonly NamedLog[]
  /** logs that were not read, as the first rank's tells enough */
  readonly unread: number
}

/**
 * The logs of a saved run: of a file, of a folder that `logs --save` wrote (those of the side, or all where it has one side
 * only; where the first rank's tells enough, the others are not read), or of all files of any other folder. Undefined when nothing has this path. Throws a Problem (exit 2) for an empty
 * folder and for a compressed file.
 */
export async function readSavedRun(
  files: Files,
  path: string,
  side: Side,
  options: ReadRunOptions,
): Promise<SavedRun | undefined> {
  const found = await files.stat(path)
  if (!found) return undefined
  const all = found.directory ? await filesOf(files, path, side) : [{ name: path, file: path }]
  const logs: NamedLog[] = []
  for (const { name, file, leads } of all) {
    const log = { name, facts: await readFile(files, file, options) }
    logs.push(log)
    if (leads && tellsEnough(log)) break
  }
  return { logs, unread: all.length - logs.length }
}

interface RunFile {
  readonly name: string
  readonly file: string
  /** of rank 0, as the index says: names alone do not tell which of two runs a file is of */
  readonly leads?: boolean
}

async function filesOf(files: Files, path: string, side: Side): Promise<RunFile[]> {
  const folder = path.length > 1 ? path.replace(/\/+$/, '') : path
  if (await files.stat(`${folder}/${savedIndex}`)) {
    const { logs } = await readSavedIndex(files, folder)
    const ofSide = logs.filter((log) => log.side === side)
    const inOrder = [...(ofSide.length > 0 ? ofSide : logs)].sort(
      (a, b) => (a.rank ?? Number.POSITIVE_INFINITY) - (b.rank ?? Number.POSITIVE_INFINITY),
    )
    return inOrder.map(({ file, rank }) => ({ name: file, file: `${folder}/${file}`, leads: rank === 0 }))
  }
  const all = (await below(files, folder, deepest)).sort((a, b) => byRank(a.path, b.path))
  if (all.length > 0) return all.map((entry) => ({ name: entry.path, file: entry.path }))
  throw new Problem({
    code: 'empty-folder',
    what: `${path} has no file in it`,
    why: 'a run is read from the logs of its pods, a file each',
    next: ['$0 logs NAME --save DIR'],
    exit: exitCode.usage,
  })
}

async function below(files: Files, folder: string, depth: number): Promise<FileEntry[]> {
  const entries = await files.entries(folder)
  const inner = depth === 0 ? [] : entries.filter(({ directory }) => directory)
  const deeper = await Promise.all(inner.map((entry) => below(files, entry.path, depth - 1)))
  return [...entries.filter(({ directory }) => !directory), ...deeper.flat()]
}

/** Pods that lead first, as their names say, then by the numbers in the names. */
function byRank(a: string, b: string): number {
  const leads = (name: string) => Number(!/master|chief|launcher/.test(name))
  return leads(a) - leads(b) || a.localeCompare(b, 'en', { numeric: true })
}

async function readFile(files: Files, path: string, { patterns, signal }: ReadRunOptions) {
  const log = new RunLog(patterns)
  let first = true
  for await (const chunk of files.chunks(path)) {
    if (signal.aborted) throw new ClusterError({ kind: 'aborted' })
    if (first && chunk[0] === 0x1f && chunk[1] === 0x8b) throw compressed(path)
    first = false
    log.push(characters(chunk))
  }
  return log.end()
}

/** A character a byte: what is searched in logs is ASCII, and this is twice as fast as reading UTF-8. */
export function characters(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

function compressed(path: string): Problem {
  return new Problem({
    code: 'compressed-log',
    what: `${path} is compressed`,
    why: 'logs are read as text',
    next: [`gunzip ${path}`],
    exit: exitCode.usage,
  })
}
