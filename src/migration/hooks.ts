import type { Facts, Plan } from './facts.ts'
import type { Outcome } from './outcome.ts'
import type { MigrationState } from './record.ts'

/** When a command of the user's is run, in the order of a cutover; the last three tell how it ended. */
export const hookEvents = ['before-hold', 'after-hold', 'after-start', 'done', 'rolled-back', 'failed'] as const

/** A moment of a cutover at which a command may be run. */
export type HookEvent = (typeof hookEvents)[number]

/** A command of the user’s and when it is run. */
export interface Hook {
  readonly event: HookEvent
  /** a line for the shell */
  readonly command: string
}

/** What `--hook EVENT=CMD` says; undefined for anything else. */
export function parseHook(text: string): Hook | undefined {
  const at = text.indexOf('=')
  const event = hookEvents.find((known) => known === text.slice(0, at))
  const command = text.slice(at + 1).trim()
  return event === undefined || command === '' ? undefined : { event, command }
}

/** What a hook gets on its standard input: what happens, to which objects, in which migration. */
export function hookInput(event: HookEvent, { trainJob }: Facts, plan: Plan, state: MigrationState): string {
  const { kind, namespace, name, uid, trainJobName, migration } = plan
  return `${JSON.stringify({
    apiVersion: 'kubectl-migrate.dev/v1',
    kind: 'HookCall',
    event,
    state,
    migration,
    namespace,
    v1: { kind: kind.kind, name, uid },
    v2: { kind: 'TrainJob', name: trainJobName, uid: trainJob?.metadata.uid },
  })}\n`
}

/** Which hooks tell of an end. `failed`: neither side runs; `rolled-back`: v1 is what it was, also where it was never stopped. */
export function endingEvent(outcome: Outcome): HookEvent | undefined {
  switch (outcome.kind) {
    case 'done':
      return 'done'
    case 'undone':
      return outcome.halt.why === 'ended' ? 'failed' : 'rolled-back'
    case 'stranded':
      return 'failed'
    case 'stopped':
      return undefined
  }
}
