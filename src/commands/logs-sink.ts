import type { Env } from '../env.ts'
import { type LogLine, type LogSource, microseconds } from '../logs/line.ts'
import type { SavedLogs } from '../logs/saved.ts'
import { LogPrinter } from '../present/log-line.ts'
import { LogSaver, type SavedHead } from '../read/saved-logs.ts'

/** Where the lines of a call go. */
export interface LogSink {
  /** sources that are known before the first line */
  expect(sources: readonly LogSource[]): void
  line(line: LogLine): Promise<void>
  /** @param complete whether the logs were read as far as was asked */
  close(complete: boolean, gaps: SavedLogs['gaps']): Promise<void>
}

export interface LogFormat {
  readonly output: string
  readonly timestamps: boolean
  readonly containers: boolean
}

/** Characters written at once. */
const batch = 32 * 1024

/** Lines on standard output, several at once where they come fast; waits for a reader that is slow. */
export function printed(env: Env, { output, timestamps, containers }: LogFormat): LogSink {
  const { isTTY, color, unicode } = env.out
  const printer = new LogPrinter({ isTTY, color, unicode, timestamps, containers, columns: env.out.columns })
  let pending: string[] = []
  let size = 0
  let planned = false
  const flush = (): void => {
    if (pending.length > 0) env.out.write(`${pending.join('\n')}\n`)
    pending = []
    size = 0
    planned = false
  }
  return {
    expect(sources) {
      for (const source of sources) printer.expect(source)
    },
    async line(line) {
      const text = output === 'json' ? JSON.stringify(line) : printer.line(line)
      pending.push(text)
      size += text.length
      if (size >= batch) {
        flush()
        await env.out.drained?.()
      } else if (!planned) {
        planned = true
        setImmediate(flush)
      }
    },
    async close() {
      flush()
    },
  }
}

/** Lines into a folder, and at the end a word about it. */
export async function saved(env: Env, folder: string, overwrite: boolean, head: SavedHead): Promise<LogSink> {
  const saver = await LogSaver.create(env.files, folder, overwrite, head)
  return {
    expect: () => undefined,
    line: (line) => saver.write(line),
    async close(complete, gaps) {
      await saver.close(complete, gaps)
      const files = `${saver.files} ${saver.files === 1 ? 'file' : 'files'}`
      const lines = `${saver.lines} ${saver.lines === 1 ? 'line' : 'lines'}`
      env.err.write(`saved ${lines} in ${files} of ${folder}${complete ? '' : ', not to the end'}\n`)
    },
  }
}

/** Whether a text is a time of RFC 3339. */
export function isTime(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text) && Number.isFinite(microseconds(text))
  )
}
