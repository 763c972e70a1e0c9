import { printable } from './width.ts'

/** A log that is not shown, or not to its end. */
export interface UnreadLog {
  readonly source: {
    readonly side: string
    readonly rank: number | undefined
    readonly pod: string
    readonly namespace: string
  }
  readonly why: 'forbidden' | 'gone' | 'not started' | 'no previous' | 'unreadable'
  readonly message: string
}

const named = 3

/** A line for each reason why logs are missing, in the order they were met. */
export function unreadLines(unread: readonly UnreadLog[]): string[] {
  return grouped(unread).map((same) => printable(`note: ${sentence(same)}`))
}

function grouped(unread: readonly UnreadLog[]): UnreadLog[][] {
  const byReason = new Map<string, UnreadLog[]>()
  for (const log of unread) {
    // messages that name the pod would keep apart what belongs together
    const told = log.why === 'not started' || log.why === 'unreadable'
    const key = `${log.why} ${told ? log.message : log.source.namespace}`
    const same = byReason.get(key)
    if (same) same.push(log)
    else byReason.set(key, [log])
  }
  return [...byReason.values()]
}

/** What a following waits for when it begins: pods that have not started, by reason, or any at all; none when all run. */
export function waitingLines(waiting: readonly UnreadLog[], none: boolean): string[] {
  if (none) return ['note: no pods yet: waiting for them']
  return grouped(waiting).map((same) => printable(`note: waiting for ${podsOf(same)} to start: ${same[0]?.message}`))
}

function sentence(same: readonly UnreadLog[]): string {
  const [first] = same
  if (!first) return ''
  const { source, why, message } = first
  const which = podsOf(same)
  const reason = message === '' ? '' : `: ${message}`
  switch (why) {
    case 'forbidden':
      return `you may not read pods/log in namespace ${source.namespace}: without ${which}`
    case 'gone':
      return `gone before the log was read to its end: ${which}`
    case 'not started':
      return `not started yet, so there is no log of ${which}${reason} (-f waits for it)`
    case 'no previous':
      return `never restarted, so there is no previous log of ${which}`
    case 'unreadable':
      return `the log cannot be read of ${which}${reason}`
  }
}

function podsOf(logs: readonly UnreadLog[]): string {
  const words = logs.map(
    ({ source: { side, rank, pod } }) => `${side}${rank === undefined ? '' : ` rank ${rank}`} (${pod})`,
  )
  const more = words.length > named ? ` and ${words.length - named} more` : ''
  return `${words.slice(0, named).join(', ')}${more}`
}

/** The line about pods that run on when their jobs have ended. */
export function leftLine(pods: readonly string[]): string {
  const more = pods.length > named ? ` and ${pods.length - named} more` : ''
  const words = pods.slice(0, named).join(', ')
  return printable(`note: the jobs have ended; still running, and not followed any more: ${words}${more}`)
}
