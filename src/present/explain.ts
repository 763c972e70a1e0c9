import type { CodeText } from '../convert/code-text.ts'
import type { GuardText } from '../migration/guards/texts.ts'
import { cut, wrap } from './width.ts'

/** A code of a finding, or of a guard. */
type AnyText = CodeText | GuardText

const meaning: Readonly<Record<AnyText['class'], string>> = {
  refuses: 'a guard: the job is not moved, and nothing is changed',
  same: 'v2 does what v1 did',
  changed: 'v2 does something else: no obstacle, but worth knowing (--strict refuses it)',
  lost: 'v2 cannot do it: a job is converted only when this is accepted by name',
}

/** One code in full, wrapped to the terminal. */
export function explainLines(code: string, text: AnyText, columns: number): string[] {
  const width = Math.max(30, Math.min(columns, 100))
  const part = (label: string, words: string | undefined) => {
    if (words === undefined) return []
    const [first = '', ...rest] = wrap(words, width - 9)
    return [`${label.padEnd(9)}${first}`, ...rest.map((line) => ' '.repeat(9) + line)]
  }
  const title = `${code}   ${text.class}: ${meaning[text.class]}`
  const under = [code, ...part('', `${text.class}: ${meaning[text.class]}`)]
  return [
    ...(title.length <= width ? [title] : under),
    '',
    ...part('What', text.what),
    ...part('Why', text.why),
    ...part('Do', text.remedy ?? (text.class === 'lost' ? `--accept ${code} converts the job without it` : undefined)),
    ...part('Source', 'source' in text ? text.source : undefined),
  ]
}

/** All codes, a line each: class, code, what. */
export function listLines(codes: Readonly<Record<string, AnyText>>, columns: number | undefined): string[] {
  const names = Object.keys(codes).sort()
  const widest = Math.max(...names.map(({ length }) => length))
  return names.map((name) => {
    const { class: kind, what } = codes[name] ?? { class: 'same', what: '' }
    const line = `${kind.padEnd(7)}  ${name.padEnd(widest)}  ${what}`
    return columns === undefined ? line : cut(line, columns)
  })
}
