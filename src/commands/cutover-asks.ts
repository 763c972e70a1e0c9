import type { Env } from '../env.ts'
import type { ExecutorOptions } from '../execute/executor.ts'
import type { Stop } from '../execute/halt.ts'
import type { Plan } from '../migration/facts.ts'
import type { HookEvent } from '../migration/hooks.ts'
import { isHeld } from '../migration/queue.ts'
import type { MigrationState } from '../migration/record.ts'
import { type CutoverView, holdQuestion, lostLine } from '../present/cutover.ts'
import { agreed } from './agreed.ts'
import type { Screen } from './cutover-screen.ts'
import type { HandoverWatch } from './handover.ts'
import type { Moving } from './moving.ts'
import { whileKept } from './moving-record.ts'
import type { watchTurns } from './turns.ts'

/** Runs the hooks of an event; why the move must not go on, or undefined. */
export type CallHook = (event: HookEvent, state?: MigrationState) => Promise<Stop | undefined>

interface Asking {
  readonly env: Env
  readonly moving: Moving<Plan>
  /** do not ask */
  readonly yes: boolean
  readonly view: CutoverView
  readonly handover: HandoverWatch
  readonly turns: ReturnType<typeof watchTurns>
  readonly screen: Screen
  readonly hook: CallHook
}

/** What is told, looked at and asked before each step of a cutover begins: before v1 stops, once; a second step that stops something only looks again. */
export function askedBefore(asking: Asking): ExecutorOptions['agree'] {
  const { moving, view, handover, turns, hook } = asking
  let asked = false
  let toldHold = view.beside !== true
  return async (step, writes) => {
    if (writes) turns.begins(step)
    if (step.id === 'start' || step.id === 'observe') handover.followV2()
    // v2 that starts beside v1 is what is asked about, and v1 is stopped after it
    const beside = view.beside === true && !isHeld(moving.observer.facts, moving.plan)
    if (step.id === 'start' && writes && !beside) {
      toldHold = true
      return await hook('after-hold')
    }
    if (step.id === 'observe') return (toldHold ? undefined : await hook('after-hold')) ?? (await hook('after-start'))
    const asks = step.id === 'hold' || step.id === 'stop-twin' || (step.id === 'start' && beside)
    if (!asks || !writes) return undefined
    if (asked) return await handover.readV1()
    asked = true
    return (await handover.readV1()) ?? (await askedToHold(asking))
  }
}

/** Says what is trained again when v1 is stopped, asks where somebody is to agree, and lets the hooks have a say. */
async function askedToHold({ env, moving, yes, view, handover, screen, hook }: Asking): Promise<Stop | undefined> {
  const lost = lostLine(moving.observer.facts, view, env.now())
  if (yes) screen.note(lost)
  else {
    screen.pause()
    const question = holdQuestion(lost, view)
    const answer = await whileKept(env, moving.journal, agreed(env, question))
    if (!answer) return { why: 'declined', reason: 'not agreed to' }
  }
  const failed = await hook('before-hold')
  // minutes may have passed at the question
  return failed || yes ? failed : await handover.readV1()
}
