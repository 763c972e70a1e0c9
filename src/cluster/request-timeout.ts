import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/**
 * kubectl's --request-timeout in milliseconds; undefined means no limit. A bare number is seconds, else Go's durations
 * (`1m30s`, `500ms`), as clientcmd.ParseTimeout of k8s.io/client-go v0.36.3 has it. Anything else is a Problem (usage).
 */
export function parseRequestTimeout(text: string | undefined): number | undefined {
  if (text === undefined || text === '' || text === '0') return undefined
  if (/^\d+$/.test(text)) return limit(Number(text) * 1000)
  const parts = [...text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) {
    throw new Problem({
      code: 'bad-request-timeout',
      what: `--request-timeout ${text} is not a duration`,
      next: ['--request-timeout 30s   (also 500ms, 2m, 1m30s; a bare number is seconds; 0 means no limit)'],
      exit: exitCode.usage,
    })
  }
  return limit(parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0), 0))
}

/** Timers of the platform hold 2^31 - 1 ms (24 days); more is as good as none. */
function limit(milliseconds: number): number | undefined {
  return milliseconds <= 0 || milliseconds > 2_147_483_647 ? undefined : Math.max(1, milliseconds)
}
