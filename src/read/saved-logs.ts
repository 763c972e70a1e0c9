import type { Files, FileWriter } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { parseJson } from '../kube/parse-json.ts'
import type { LogLine, LogSource } from '../logs/line.ts'
import { parseSavedIndex, type SavedLog, type SavedLogs, savedIndex, savedName, savedText } from '../logs/saved.ts'
import { LineSplitter, lineMaker } from '../logs/split.ts'
import { Problem } from '../problem.ts'
import { LogMerge } from './log-merge.ts'

/** Only who saved them reads them: logs hold what programs print. */
const mode = 0o600

/** What is known before the first line. */
export type SavedHead = Pick<SavedLogs, 'namespace' | 'name' | 'v1' | 'v2' | 'saved' | 'previous'>

/**
 * Writes logs into a folder that `readSavedLogs` reads again:
 *
 *     DIR/logs.json                             SavedLogs (src/logs/saved.ts): which job, when, each file with its place
 *     DIR/v1/rank-0_POD_CONTAINER.log           lines as they came: RFC 3339 time with nanoseconds, a blank, the text
 *     DIR/v2/rank-0_POD_CONTAINER.log
 *
 * `logs.json` is written first and last, so that an interrupted saving is known as one (`complete: false`).
 */
export class LogSaver {
  readonly #files: Files
  readonly #folder: string
  readonly #overwrite: boolean
  readonly #head: SavedHead
  readonly #open = new Map<string, Opened>()
  readonly #taken = new Set<string>()
  #lines = 0

  private constructor(files: Files, folder: string, overwrite: boolean, head: SavedHead) {
    this.#files = files
    this.#folder = folder.length > 1 ? folder.replace(/\/+$/, '') : folder
    this.#overwrite = overwrite
    this.#head = head
  }

  /** Throws a Problem (exit 2) where the folder has something in it and `overwrite` does not say that this may go. */
  static async create(files: Files, folder: string, overwrite: boolean, head: SavedHead): Promise<LogSaver> {
    const found = await files.stat(folder)
    const taken = found && (!found.directory || (await files.entries(folder)).length > 0)
    if (taken && (!overwrite || !found.directory)) {
      throw new Problem({
        code: 'save-exists',
        what: found.directory ? `${folder} is not empty` : `${folder} is a file, and --save takes a folder`,
        why: 'nothing is overwritten unless you say so',
        next: found.directory ? ['another folder, or --force to write into this one'] : ['another name for --save'],
        exit: exitCode.usage,
      })
    }
    const saver = new LogSaver(files, folder, overwrite, head)
    await saver.#index(false, [], overwrite)
    return saver
  }

  /** lines written so far */
  get lines(): number {
    return this.#lines
  }

  /** files written so far */
  get files(): number {
    return this.#open.size
  }

  async write(line: LogLine): Promise<void> {
    const key = `${line.side}/${line.pod}/${line.container}`
    const opened = this.#open.get(key) ?? (await this.#create(key, line))
    await opened.writer.write(savedText(line, opened.lines === 0))
    if (line.continued) return
    opened.lines += 1
    this.#lines += 1
  }

  /** @param complete whether the logs were read to the end they have now */
  async close(complete: boolean, gaps: SavedLogs['gaps']): Promise<void> {
    for (const { writer, lines } of this.#open.values()) {
      if (lines > 0) await writer.write('\n')
      await writer.close()
    }
    await this.#index(complete, gaps, true)
  }

  async #create(key: string, source: LogLine): Promise<Opened> {
    const file = savedName(source, this.#taken)
    this.#taken.add(file)
    const writer = await this.#files.create(`${this.#folder}/${file}`, { overwrite: this.#overwrite, mode })
    const { side, role, rank, pod, container } = source
    const opened: Opened = { saved: { side, role, rank, pod, container, file }, writer, lines: 0 }
    this.#open.set(key, opened)
    return opened
  }

  async #index(complete: boolean, gaps: SavedLogs['gaps'], overwrite: boolean): Promise<void> {
    const logs = [...this.#open.values()].map(({ saved, lines }): SavedLog => ({ ...saved, lines }))
    const index: SavedLogs = {
      apiVersion: 'kubectl-migrate.dev/v1alpha1',
      kind: 'SavedLogs',
      ...this.#head,
      complete,
      logs: logs.sort((a, b) => (a.file < b.file ? -1 : 1)),
      gaps,
    }
    const text = `${JSON.stringify(index, undefined, 2)}\n`
    await this.#files.write(`${this.#folder}/${savedIndex}`, text, { overwrite, mode })
  }
}

interface Opened {
  readonly saved: Omit<SavedLog, 'lines'>
  readonly writer: FileWriter
  lines: number
}

/** What a folder of saved logs says about itself. Throws a Problem (exit 2) where it is none. */
export async function readSavedIndex(files: Files, folder: string): Promise<SavedLogs> {
  const path = `${folder}/${savedIndex}`
  const index = (await files.stat(path)) && parseSavedIndex(parseJson(new TextDecoder().decode(await files.read(path))))
  if (index) return index
  throw new Problem({
    code: 'no-saved-logs',
    what: `${folder} holds no saved logs`,
    why: `its ${savedIndex} is missing or cannot be read`,
    next: ['$0 logs NAME --save DIR'],
    exit: exitCode.usage,
  })
}

/** Lines of a folder of saved logs, all or those `wanted`, merged by time as readLogs gives them, in bounded memory. */
export async function* readSavedLogs(
  files: Files,
  folder: string,
  wanted: (log: SavedLog) => boolean = () => true,
): AsyncGenerator<LogLine> {
  const { logs } = await readSavedIndex(files, folder)
  const merge = new LogMerge({ patient: true, now: () => 0, sleep: async () => undefined })
  for (const log of logs.filter(wanted)) {
    const { side, role, rank, pod, container, file } = log
    const source: LogSource = { side, role, rank, namespace: '', pod, uid: file, container }
    merge.add(source, () => savedLines(files, `${folder}/${file}`, source))
  }
  yield* merge.lines()
}

async function* savedLines(files: Files, path: string, source: LogSource): AsyncGenerator<LogLine[]> {
  const splitter = new LineSplitter()
  const toLine = lineMaker(source)
  for await (const chunk of files.chunks(path)) yield splitter.push(chunk).map(toLine)
  const rest = splitter.rest()
  if (rest) yield [toLine(rest)]
}
