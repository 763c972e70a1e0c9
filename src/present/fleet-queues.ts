import { wrapped } from './fitted.ts'
import type { FleetOptions } from './fleet-screen.ts'
import { object, text, whole } from './schema.ts'

/** Jobs of one LocalQueue that do not run. */
export interface QueueView {
  readonly namespace: string
  /** absent: Workloads that name no queue */
  readonly queue?: string
  /** for quota, or for an admission check */
  readonly waiting: number
  /** that had quota, and lost it */
  readonly evicted: number
  /** whose Workload may have none */
  readonly inactive: number
  /** Kueue's words about one of them */
  readonly message?: string
}

/** Its schema in `status -o json`. */
export const queueSchema = object(
  { namespace: text, queue: text, waiting: whole, evicted: whole, inactive: whole, message: text },
  ['queue', 'message'],
)

const queuesShown = 3

/** `queue nlp/team   5 wait, 1 evicted, 2 inactive: insufficient quota ...` */
export function queueLines(queues: readonly QueueView[], { width }: FleetOptions): string[] {
  const lines = queues.slice(0, queuesShown).map(({ namespace, queue, waiting, evicted, inactive, message }) => {
    const counts = [
      ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? 'waits' : 'wait'}`] : []),
      ...(evicted > 0 ? [`${evicted} evicted`] : []),
      ...(inactive > 0 ? [`${inactive} inactive`] : []),
    ]
    const name = queue === undefined ? `no queue in ${namespace}` : `queue ${namespace}/${queue}`
    return `${name}   ${counts.join(', ')}${message === undefined ? '' : `: ${message}`}`
  })
  const left = queues.length - queuesShown
  return [...lines, ...(left > 0 ? [`and ${left} more queues (-o json)`] : [])].flatMap((line) =>
    wrapped(line, { width }, ''),
  )
}
