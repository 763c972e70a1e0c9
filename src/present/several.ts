import { type ExitCode, exitCode } from '../exit-code.ts'
import { pad } from './width.ts'

/** How each of several jobs ended, in the order they were taken; those without a code were not begun. */
export function severalLines(
  jobs: readonly { readonly kind?: string; readonly name: string }[],
  codes: readonly ExitCode[],
  done: string,
): string[] {
  const names = jobs.map(({ kind = 'job', name }) => `${kind.toLowerCase()}/${name}`)
  const widest = Math.max(...names.map(({ length }) => length))
  const good = codes.filter((code) => code === exitCode.ok).length
  return [
    `${good} of ${jobs.length} jobs ${done}${codes.length < jobs.length ? `, ${jobs.length - codes.length} not begun` : ''}:`,
    ...names.map((name, at) => `  ${pad(name, widest)}   ${wordOf(codes[at], done)}`),
  ]
}

function wordOf(code: ExitCode | undefined, done: string): string {
  if (code === undefined) return 'not begun'
  return code === exitCode.ok ? done : `NOT ${done} (exit ${code})`
}
