import type { Tone } from '../kube/pod-state.ts'

/** How a stream wants its text. */
export interface Style {
  readonly color: boolean
  /** false: every glyph has an ASCII twin */
  readonly unicode: boolean
}

const codes: Readonly<Record<Tone | 'dim' | 'bold', readonly [on: number, off: number]>> = {
  runs: [32, 39],
  waits: [33, 39],
  failed: [31, 39],
  done: [2, 22],
  held: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
}

/** Text in the colour of what it says; unchanged where there is no colour. */
export function paint(text: string, tone: Tone | 'dim' | 'bold' | undefined, { color }: Pick<Style, 'color'>): string {
  if (!color || tone === undefined || text === '') return text
  const [on, off] = codes[tone]
  return `\u001b[${on}m${text}\u001b[${off}m`
}

const marks: Readonly<Record<Tone, readonly [unicode: string, ascii: string]>> = {
  runs: ['●', '*'],
  waits: ['○', 'o'],
  failed: ['▲', '!'],
  done: ['✓', '+'],
  held: ['■', '='],
}

/** The glyph of a state, so that colour is never all that tells. */
export function mark(tone: Tone, { unicode }: Pick<Style, 'unicode'>): string {
  return marks[tone][unicode ? 0 : 1]
}

/** `…` or its ASCII twin. */
export function ellipsis({ unicode }: Pick<Style, 'unicode'>): string {
  return unicode ? '…' : '...'
}
