import type { Env, Output } from '../env.ts'
import type { ExecutionEvent, Halt } from '../migration/outcome.ts'
import { type MovedJob, moveEvent, moveNote } from '../present/move-event.ts'
import { eventLines, liveLine, plainLine, timeOf } from '../present/step-lines.ts'
import { wrap } from '../present/width.ts'

/** Where the progress of a run is told, on standard error. */
export interface Screen {
  /** milliseconds between two drawings */
  readonly tick: number
  show(event: ExecutionEvent): void
  /** one line for good, between the steps */
  note(text: string): undefined
  /** clears what moves, so that a question can be asked */
  pause(): void
  close(): void
}

/** Where nobody watches, what passes within a second is not worth a line. */
const quiet = 1000

/** How a move is told: `json` gives standard output an event a line. */
export const moveOutputFlag = {
  type: 'string',
  short: 'o',
  value: 'FORMAT',
  choices: ['text', 'json'],
  default: 'text',
  describe: 'json: each step as it goes, and the end, an event a line',
  group: 'Output',
} as const

/** Redraws the step under way on a terminal; elsewhere writes one timestamped line for every change, or a JSON event. */
export async function openScreen(
  env: Env,
  job: MovedJob,
  words: (halt: Halt) => string,
  output = 'text',
): Promise<Screen> {
  if (output === 'json') return jsonScreen(env, job, words)
  return env.err.isTTY ? await liveScreen(env.err, words) : plainScreen(env, words)
}

async function liveScreen(err: Output, words: (halt: Halt) => string): Promise<Screen> {
  const { createLogUpdate } = await import('log-update')
  // of a stream log-update uses write, columns, rows and isTTY
  const stream = { write: (text: string) => err.write(text), columns: err.columns, isTTY: true }
  const draw = createLogUpdate(stream as unknown as NodeJS.WriteStream)
  let frame = 0
  const settle = (): void => {
    draw.clear()
    draw.done()
  }
  return {
    tick: 100,
    show(event) {
      const lines = eventLines(event, words, err, err.columns)
      if (lines.length === 0) return draw(liveLine(event, frame++, err))
      draw.clear()
      err.write(`${lines.join('\n')}\n`)
    },
    note(text) {
      settle()
      err.write(`${wrap(text, err.columns).join('\n')}\n`)
    },
    pause: settle,
    close: settle,
  }
}

function plainScreen({ err, now }: Env, words: (halt: Halt) => string): Screen {
  return lineScreen(now, {
    show(event) {
      const line = plainLine(event, words, now())
      if (line !== undefined) err.write(`${line}\n`)
    },
    note: (text) => void err.write(`${timeOf(now())} ${text}\n`),
  })
}

function jsonScreen({ out, now }: Env, job: MovedJob, words: (halt: Halt) => string): Screen {
  return lineScreen(now, {
    show: (event) => out.write(moveEvent(job, event, words, now())),
    note: (text) => void out.write(moveNote(job, text, now())),
  })
}

/** Tells a wait again only when its reason has changed. */
function lineScreen(now: Env['now'], { show, note }: Pick<Screen, 'show' | 'note'>): Screen {
  let last = ''
  let told = 0
  return {
    tick: quiet,
    show(event) {
      const time = now().getTime()
      if (event.type === 'started') {
        last = ''
        told = time
      }
      if (event.type === 'waiting') {
        if (event.reason === last || time - told < quiet) return
        last = event.reason
        told = time
      }
      show(event)
    },
    note,
    pause: () => undefined,
    close: () => undefined,
  }
}
