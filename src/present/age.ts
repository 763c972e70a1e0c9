import { humanDuration } from '../kube/duration.ts'

/**
 * The time since a moment as `kubectl get` prints it: `45s`, `9m30s`, `3h20m`, `2d3h`, `400d`. A moment that lies ahead by
 * more than a second (a clock is wrong) has a minus before it; no moment, or none that can be read, is `<unknown>`.
 */
export function age(since: string | undefined, now: Date): string {
  const then = Date.parse(since ?? '')
  if (Number.isNaN(then)) return '<unknown>'
  const seconds = Math.trunc((now.getTime() - then) / 1000)
  if (seconds < -1) return `-${humanDuration(-seconds)}`
  return humanDuration(Math.max(0, seconds))
}
