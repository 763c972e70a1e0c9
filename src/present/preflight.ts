import type { Tone } from '../kube/pod-state.ts'
import type { Check } from '../migration/preflight.ts'
import { paint, type Style } from './style.ts'
import { printable, wrap } from './width.ts'

const tones: Readonly<Record<Check['result'], Tone>> = { ok: 'runs', warning: 'waits', blocks: 'failed' }

/** One line a check, below it what to do. */
export function preflightLines(checks: readonly Check[], options: Style & { readonly width?: number }): string[] {
  const widest = Math.max(...checks.map(({ check }) => check.length))
  const narrow = options.width !== undefined && options.width < 60
  const indent = narrow ? 2 : 'blocks   '.length + 1 + widest + 2
  return checks.flatMap(({ check, result, says, todo }) => {
    const head = `${paint(result, tones[result], options)}${' '.repeat('blocks   '.length + 1 - result.length)}`
    const words = [says, ...todo.map((line) => `-> ${line}`)].flatMap((line) =>
      options.width === undefined ? [printable(line)] : wrap(printable(line), options.width - indent),
    )
    if (narrow) return [`${head}${check}`, ...words.map((line) => `${' '.repeat(indent)}${line}`)]
    return words.map((line, at) =>
      at === 0 ? `${head}${check.padEnd(widest + 2)}${line}` : `${' '.repeat(indent)}${line}`,
    )
  })
}

/** What it comes to. */
export function preflightResult(checks: readonly Check[], namespace: string): string {
  const count = (result: Check['result']) => checks.filter((check) => check.result === result).length
  const [blocks, warnings] = [count('blocks'), count('warning')]
  const told = `${count('ok')} ok, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`
  if (blocks === 0) return `ready to move jobs of namespace ${namespace}: ${told}`
  return `not ready: ${blocks} of ${checks.length} checks ${blocks === 1 ? 'blocks' : 'block'}; ${told}`
}
