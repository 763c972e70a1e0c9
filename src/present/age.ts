const minute = 60
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day

/**
 * The time since a moment as `kubectl get` prints it: `45s`, `9m30s`, `3h20m`, `2d3h`, `400d`. A moment that lies ahead by
 * more than a second (a clock is wrong) has a minus before it; no moment, or none that can be read, is `<unknown>`.
 * Source: Kubernetes v1.36.3, k8s.io/apimachinery/pkg/util/duration HumanDuration.
 */
export function age(since: string | undefined, now: Date): string {
  const then = Date.parse(since ?? '')
  if (Number.isNaN(then)) return '<unknown>'
  const seconds = Math.trunc((now.getTime() - then) / 1000)
  if (seconds < -1) return `-${humanDuration(-seconds)}`
  return humanDuration(Math.max(0, seconds))
}

/** Whole seconds in at most two units. */
function humanDuration(seconds: number): string {
  if (seconds < 2 * minute) return `${seconds}s`
  if (seconds < 10 * minute) return two(seconds, minute, 'm', 1, 's')
  if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`
  if (seconds < 8 * hour) return two(seconds, hour, 'h', minute, 'm')
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`
  if (seconds < 8 * day) return two(seconds, day, 'd', hour, 'h')
  if (seconds < 2 * year) return `${Math.floor(seconds / day)}d`
  if (seconds < 8 * year) return two(seconds, year, 'y', day, 'd')
  return `${Math.floor(seconds / year)}y`
}

function two(seconds: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((seconds % large) / small)
  return `${Math.floor(seconds / large)}${largeUnit}${rest === 0 ? '' : `${rest}${smallUnit}`}`
}
