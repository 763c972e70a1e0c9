import { ClusterError } from './errors.ts'

/** How often a request is sent at most, the first time included. */
export const maxAttempts = 4
/** Longer than this nobody is kept waiting by a Retry-After. */
const longestWait = 30_000

/**
 * Milliseconds to wait before the request is sent again, or undefined when it must not be. A request that changes nothing
 * (`safe`: reads and dry runs) may be repeated after any passing failure; a write only when the server has certainly
 * not seen it (not connected) or says so itself (429).
 * @param attempt requests sent so far
 * @param retryAfter the Retry-After header
 */
export function retryDelay(
  error: unknown,
  attempt: number,
  safe: boolean,
  retryAfter: string | undefined,
): number | undefined {
  if (!(error instanceof ClusterError) || attempt >= maxAttempts) return undefined
  if (!isPassing(error, safe)) return undefined
  const asked = Number(retryAfter) * 1000
  if (Number.isFinite(asked) && asked > longestWait) return undefined
  const backoff = 100 * 2 ** attempt
  return Number.isFinite(asked) && asked > 0 ? asked : backoff
}

function isPassing({ failure }: ClusterError, safe: boolean): boolean {
  switch (failure.kind) {
    case 'tooManyRequests':
      return true
    case 'unreachable':
      return passingCodes.has(failure.code) && (safe || !failure.sent)
    case 'internal':
      return safe && failure.status >= 500
    case 'timeout':
      return safe && failure.by === 'server'
    case 'webhook':
      return false
    case 'protocol':
      return safe && failure.status >= 502
    default:
      return false
  }
}

/** A host that does not exist or a proxy that refuses will not be better in a second. */
const passingCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
