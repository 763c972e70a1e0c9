import type { FlagSpecs, FlagValues } from '../cli/command.ts'
import { exitCode } from '../exit-code.ts'
import { parseDuration } from '../kube/duration.ts'
import { type LogSelection, parseRanks } from '../logs/selection.ts'
import { Problem } from '../problem.ts'
import type { LogStart } from '../read/container-log.ts'
import { isTime } from './logs-sink.ts'

/** The flags of logs. */
export const flags = {
  follow: {
    type: 'boolean',
    short: 'f',
    describe: 'go on as lines are written, also of pods that come later, until the jobs end',
    group: 'Selection',
  },
  side: { type: 'string', value: 'SIDE', choices: ['v1', 'v2'], describe: 'only this side', group: 'Selection' },
  rank: { type: 'string', value: 'RANKS', describe: 'only pods of these ranks: 0, 0,2 or 0-7', group: 'Selection' },
  container: {
    type: 'strings',
    short: 'c',
    value: 'NAME',
    describe: 'containers of this name, init containers too; otherwise the one that trains; may be repeated',
    group: 'Selection',
  },
  previous: {
    type: 'boolean',
    short: 'p',
    describe: 'of the containers before their last restart',
    group: 'Selection',
  },
  since: {
    type: 'string',
    value: 'DURATION',
    describe: 'only lines younger than this: 30s, 15m, 2h',
    group: 'Selection',
  },
  'since-time': {
    type: 'string',
    value: 'TIME',
    describe: 'only lines from this time on: 2026-01-31T08:00:00Z',
    group: 'Selection',
  },
  tail: {
    type: 'number',
    value: 'LINES',
    describe: 'only so many lines of each pod before the end',
    group: 'Selection',
  },
  timestamps: { type: 'boolean', describe: 'the time of each line before its text', group: 'Output' },
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    choices: ['text', 'json'],
    default: 'text',
    describe: 'json: a document for each line',
    group: 'Output',
  },
  save: {
    type: 'string',
    value: 'DIR',
    describe: 'write the logs into files of this folder and not on the screen, one for each pod',
    completes: 'directory',
    group: 'Output',
  },
  force: { type: 'boolean', describe: 'with --save: write into a folder that is not empty', group: 'Output' },
} as const satisfies FlagSpecs

type LogsFlags = FlagValues<typeof flags>

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
