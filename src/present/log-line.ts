import { neutralise } from '../kube/text.ts'
import type { LogLine } from '../logs/line.ts'
import type { Style } from './style.ts'

/** Where log lines are shown. */
export interface LogLook extends Style {
  readonly isTTY: boolean
  readonly columns: number
  readonly timestamps: boolean
  /** whether containers of one pod must be told apart */
  readonly containers: boolean
}

/** narrower than this a line has no room for roles: rank and side name a pod as well */
const roomy = 60

/** v1 and v2 in colours of their own; ranks in turn, the same on both sides */
const sideColors = { v1: 33, v2: 36 } as const
const rankColors: readonly number[] = [32, 35, 34, 92, 95, 94]

/** Writes lines with a label of side, rank and role; columns only grow, with the widest label so far. */
export class LogPrinter {
  readonly #look: LogLook
  readonly #labels = new Map<string, string>()
  #rank = 1
  #role = 1
  #container = 1

  constructor(look: LogLook) {
    this.#look = look
  }

  /** Makes room for a label before its first line. */
  expect({ rank, role, container }: Pick<LogLine, 'rank' | 'role' | 'container'>): void {
    const before = this.#rank + this.#role + this.#container
    this.#rank = Math.max(this.#rank, rankWord(rank).length)
    this.#role = Math.max(this.#role, role.length)
    this.#container = Math.max(this.#container, container.length)
    if (this.#rank + this.#role + this.#container !== before) this.#labels.clear()
  }

  /** One line without a line break. */
  line(line: LogLine): string {
    const time = this.#look.timestamps && line.time !== '' ? `${line.time} ` : ''
    return `${this.#label(line)}${time}${logText(line.text, this.#look)}`
  }

  #label(line: LogLine): string {
    const key = `${line.side}/${line.rank}/${line.role}/${line.container}`
    const known = this.#labels.get(key)
    if (known !== undefined) return known
    this.expect(line)
    const { color, unicode, isTTY, columns, containers } = this.#look
    const words = [rankWord(line.rank).padStart(this.#rank)]
    if (!isTTY || columns >= roomy) words.push(neutralise(line.role).padEnd(this.#role))
    if (containers) words.push(neutralise(line.container).padEnd(this.#container))
    const rest = words.join(' ')
    const bar = isTTY && unicode ? '│' : '|'
    const rankColor = rankColors[(line.rank ?? 0) % rankColors.length] ?? 0
    const label = color
      ? `${colored(line.side, sideColors[line.side])} ${colored(rest, rankColor)} ${bar} `
      : `${line.side} ${rest} ${bar} `
    this.#labels.set(key, label)
    return label
  }
}

function rankWord(rank: number | undefined): string {
  return rank === undefined ? '-' : String(rank)
}

function colored(text: string, code: number): string {
  return `\u001b[${code}m${text}\u001b[39m`
}

const plain = /^[\x20-\x7e\t]*$/
/** Select Graphic Rendition (ECMA-48): colours, which move nothing */
const colours = /(\u001b\[[0-9;:]*m)/

/**
 * A program's text on one line, safe for a terminal: its colours are kept where there are colours, a progress bar is what a terminal
 * would show of it at last, and everything else that is not text becomes a visible escape. In a pipe all of it stays, escaped.
 */
function logText(text: string, { color, isTTY }: LogLook): string {
  if (plain.test(text)) return text
  const shown = isTTY ? lastDrawn(text) : text.replace(/\r$/, '')
  const parts = shown.split(colours)
  const safe = parts.map((part, at) => (at % 2 === 1 ? (color ? part : '') : escaped(part))).join('')
  return color && parts.length > 1 ? `${safe}\u001b[0m` : safe
}

/** What is left of a line that a program drew again and again, each time from its begin. */
function lastDrawn(text: string): string {
  if (!text.includes('\r')) return text
  return text.split('\r').findLast((part) => part.trim() !== '') ?? ''
}

function escaped(text: string): string {
  return text.split('\t').map(neutralise).join('\t')
}
