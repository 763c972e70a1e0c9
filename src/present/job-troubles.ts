import type { QueueState } from '../kube/kueue.ts'
import { age } from './age.ts'
import { wrapped } from './fitted.ts'
import type { JobView, PodView, ScreenOptions, SideView } from './status-view.ts'
import { paint } from './style.ts'
import { printable } from './width.ts'

/** What is wrong on each side, in the system's own words; pods with the same trouble together. */
export function troubles(view: JobView, options: ScreenOptions): string[] {
  const lines: string[] = []
  for (const [label, side] of [['v1', view.v1] as const, ['v2', view.v2] as const]) {
    if (!side) continue
    if (side.queue) lines.push(...queueTrouble(label, side.queue, options))
    const groups = new Map<string, { pod: PodView; count: number }>()
    for (const pod of side.roles.flatMap(({ pods }) => pods)) {
      if (pod.health !== 'failed') continue
      const key = `${pod.state} ${pod.message ?? pod.exitCode}`
      const group = groups.get(key)
      if (group) group.count++
      else groups.set(key, { pod, count: 1 })
    }
    lines.push(...overdue(label, side, options))
    if (groups.size === 0 && side.state === 'Restarting' && side.message !== undefined) {
      lines.push(...trouble(`${label}  ${side.reason ?? side.state}`, side.message, options, 'waits'))
    }
    if (groups.size === 0 && (side.state === 'Failed' || side.state === 'Blocked') && side.reason !== undefined) {
      lines.push(...trouble(`${label}  ${side.reason}`, side.message, options))
    }
    for (const { pod, count } of groups.values()) {
      const others = count === 1 ? '' : ` and ${count - 1} more`
      const message = pod.message ?? (pod.exitCode === undefined ? undefined : `exit code ${pod.exitCode}`)
      lines.push(...trouble(`${label}  ${pod.state}: ${pod.name}${others}`, message, options))
    }
  }
  return lines
}

/** A pod that is this long over its time does not end by itself. */
const patience = 60_000

/** Deleted pods whose time to end is over, by the node that does not say that they ended. */
function overdue(label: string, { roles }: SideView, options: ScreenOptions): string[] {
  const groups = new Map<string, PodView[]>()
  for (const pod of roles.flatMap(({ pods }) => pods)) {
    if (pod.endsBy === undefined || options.now.getTime() - Date.parse(pod.endsBy) < patience) continue
    const key = `${pod.node ?? ''} ${pod.message ?? ''}`
    groups.set(key, [...(groups.get(key) ?? []), pod])
  }
  return [...groups.values()].flatMap(([pod, ...others]) => {
    if (!pod) return []
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    const why = pod.message ?? (pod.node === undefined ? '' : 'its node does not say that it has ended')
    const look = pod.node === undefined ? '' : `   (kubectl get node ${pod.node})`
    const words = `its time to end was over ${age(pod.endsBy, options.now)} ago${why === '' ? '' : `; ${why}`}${look}`
    return trouble(`${label}  ${pod.state}: ${pod.name}${more}`, words, options, 'waits')
  })
}

/** `v1  waits in queue team, Workload pytorchjob-bert-1a2b3`, and Kueue's words. */
function queueTrouble(label: string, { word, queue, workload, message }: QueueState, options: ScreenOptions): string[] {
  const title = printable(
    `${label}  ${word} in ${queue === undefined ? 'no queue' : `queue ${queue}`}, Workload ${workload}`,
  )
  const why = word === 'inactive' ? (message ?? 'its spec.active is false: Kueue gives it no quota') : message
  return trouble(title, why, options, word === 'waits' ? 'waits' : 'failed')
}

function trouble(
  title: string,
  message: string | undefined,
  options: ScreenOptions,
  tone: 'failed' | 'waits' = 'failed',
): string[] {
  return [
    ...wrapped(title, options, '').map((line) => paint(line, tone, options)),
    ...(message === undefined || message === '' ? [] : wrapped(message, options, '    ')),
  ]
}

/** The newest warning, unless it is what the state says already. */
export function lastWarning({ warnings, v2 }: JobView, options: ScreenOptions): string[] {
  const [last] = warnings
  if (!last || (v2?.reason === last.reason && v2.message === last.message)) return []
  const title = `last warning, ${age(last.lastSeen, options.now)} ago: ${last.reason} of ${last.object}`
  return [...wrapped(title, options, ''), ...wrapped(last.message, options, '    ')]
}
