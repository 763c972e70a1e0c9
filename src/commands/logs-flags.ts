import { exitCode } from '../exit-code.ts'
import { parseDuration } from '../kube/duration.ts'
import { type LogSelection, parseRanks } from '../logs/selection.ts'
import { Problem } from '../problem.ts'
import type { LogStart } from '../read/container-log.ts'
import type { LogsFlags } from './logs.ts'
import { isTime } from './logs-sink.ts'

/** Which logs the flags mean. Throws a Problem (exit 2) for ranks that are none and flags that exclude each other. */
export function selectionOf(given: LogsFlags): LogSelection {
  if (given.follow && given.previous) throw usage('-f goes with what runs, and -p with what ran before')
  if (given.force && !given.save) throw usage('--force goes with --save DIR')
  if (given.save !== undefined && (given.timestamps || given.output !== 'text')) {
    throw usage('--save has a format of its own: it takes neither -o nor --timestamps')
  }
  const ranks = given.rank === undefined ? undefined : parseRanks(given.rank)
  if (given.rank !== undefined && !ranks) throw usage(`--rank ${JSON.stringify(given.rank)} is none: 0, 0,2 or 0-7`)
  return {
    containers: given.container,
    ...(given.side && { side: given.side as 'v1' | 'v2' }),
    ...(ranks && { ranks }),
  }
}

/** Where the flags let logs begin. Throws a Problem (exit 2) for what is no time. */
export function startOf(given: LogsFlags): LogStart {
  const { since, 'since-time': sinceTime, tail } = given
  if (since !== undefined && sinceTime !== undefined) throw usage('--since or --since-time, not both')
  const milliseconds = since === undefined ? undefined : parseDuration(since)
  if (since !== undefined && !milliseconds) throw usage(`--since ${JSON.stringify(since)} is no duration: 30s, 15m, 2h`)
  if (sinceTime !== undefined && !isTime(sinceTime)) {
    throw usage(`--since-time ${JSON.stringify(sinceTime)} is no time of RFC 3339: 2026-01-31T08:00:00Z`)
  }
  if (tail !== undefined && (!Number.isInteger(tail) || tail < -1)) throw usage(`--tail ${tail} is no number of lines`)
  return {
    ...(milliseconds && { sinceSeconds: Math.max(1, Math.ceil(milliseconds / 1000)) }),
    ...(sinceTime && { sinceTime }),
    // kubectl's way to say all
    ...(tail !== undefined && tail >= 0 && { tailLines: tail }),
  }
}

function usage(what: string): Problem {
  return new Problem({ code: 'bad-logs-flags', what, next: ['$0 logs --help'], exit: exitCode.usage })
}
