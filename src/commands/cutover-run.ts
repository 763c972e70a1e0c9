import type { Cluster } from '../cluster/cluster.ts'
import type { Env } from '../env.ts'
import { plannedSteps } from '../execute/dry-run.ts'
import { execute } from '../execute/executor.ts'
import { HookRunner } from '../execute/hook-runner.ts'
import type { Prepared } from '../execute/prepare.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Turn } from '../migration/announcement.ts'
import type { Facts, Plan } from '../migration/facts.ts'
import { endingEvent, type Hook, hookInput } from '../migration/hooks.ts'
import type { ExecutionEvent, Halt, Outcome } from '../migration/outcome.ts'
import { isHeld, v1Queued } from '../migration/queue.ts'
import type { MigrationState } from '../migration/record.ts'
import type { Step } from '../migration/step.ts'
import { v2Ending } from '../migration/waits/v2-ending.ts'
import { beginQuestion, type CutoverView, cutoverResult } from '../present/cutover.ts'
import { printable } from '../present/width.ts'
import { agreed } from './agreed.ts'
import { askedBefore, type CallHook } from './cutover-asks.ts'
import type { Screen } from './cutover-screen.ts'
import { watchHandover } from './handover.ts'
import { conclude, haltWords, type Moving, onScreen } from './moving.ts'
import { closeJournal, openJournal, type Recording, whileKept } from './moving-record.ts'
import { watchTurns } from './turns.ts'

/** How a cutover is run. */
export interface CutoverOptions {
  /** do not ask */
  readonly yes: boolean
  /** `text`, `json` */
  readonly output: string
  /** milliseconds each step may take */
  readonly timeout: number
  readonly recording: Recording
  readonly hooks: readonly Hook[]
  /** milliseconds a hook may take */
  readonly hookTimeout: number
}

/** Moves one job that passed its guards: asks, walks the steps, and tells how it ended. */
export async function runCutover(
  env: Env,
  cluster: Cluster,
  options: CutoverOptions,
  { plan, observer, migration }: Prepared,
  steps: readonly Step[],
  view: CutoverView,
): Promise<ExitCode> {
  const { words, exitOf } = haltWords(env)
  const told = (outcome: Outcome) => cutoverResult(outcome, { ...view, facts: observer.facts }, words, exitOf, env.name)
  const end = (outcome: Outcome): ExitCode => conclude(env, plan, told(outcome), options.output, outcome)
  const declined = options.yes ? undefined : await declinedBeginning(env, steps, observer.facts, plan)
  if (declined) return end({ kind: 'undone', halt: declined, stopped: false, says: [] })
  const journal = await openJournal(env, cluster, migration, options.recording, observer.facts.v1)
  const moving = { cluster, observer, journal, plan, timeout: options.timeout }
  const handover = watchHandover(env, cluster, moving, migration.stored?.record.handover)
  const turns = watchTurns(env, cluster, moving)
  const outcome = await onScreen(env, words, { ...moving, output: options.output }, async (running, screen) => {
    const { hook, runner } = hooksOf(env, options, moving, screen)
    const agree = askedBefore({ env, moving, yes: options.yes, view, handover, turns, screen, hook })
    const report = (event: ExecutionEvent): void => {
      running.report(event)
      turns.take(event)
    }
    const ending = (facts: Facts) => v2Ending(facts, plan)
    const ended = await execute(steps, { ...running, report, agree, explain: handover.explain }, ending)
    handover.close()
    const state = stateAfter(ended, observer.facts, v1Queued(observer.facts, plan) !== undefined)
    await closeJournal(env, journal, state)
    const event = endingEvent(ended)
    // who was told of nothing needs no word of its end
    const news = event === 'done' || runner.began || (ended.kind !== 'stopped' && 'stopped' in ended && ended.stopped)
    const failed = event && news ? await hook(event, state) : undefined
    if (failed) screen.note(`note: ${failed.reason}`)
    return ended
  })
  const exit = end(outcome)
  await turns.end(turnOf(outcome), told(outcome).line)
  return exit
}

/** Runs the hooks of an event; one that fails is a reason to stop. */
function hooksOf(
  env: Env,
  { hooks, hookTimeout: timeout }: CutoverOptions,
  { observer, plan, journal }: Moving<Plan>,
  screen: Screen,
): { readonly runner: HookRunner; readonly hook: CallHook } {
  const runner = new HookRunner(env, { hooks, timeout }, (text) => screen.note(printable(text)))
  const hook: CallHook = async (event, state = 'moving') => {
    const failed = runner.run(event, hookInput(event, observer.facts, plan, state))
    const reason = await (state === 'moving' ? whileKept(env, journal, failed) : failed)
    return reason === undefined ? undefined : { why: 'failed', reason }
  }
  return { runner, hook }
}

/** The first of two questions: before the first write. Undefined when it was agreed to. */
async function declinedBeginning(
  env: Env,
  steps: readonly Step[],
  facts: Facts,
  plan: Plan,
): Promise<Halt | undefined> {
  const actions = plannedSteps(steps, facts, plan).flatMap((planned) => planned.actions)
  const held = isHeld(facts, plan)
  const question = beginQuestion(
    actions.filter(({ verb }) => verb === 'create'),
    held,
  )
  if (await agreed(env, question)) return undefined
  const [step = { id: 'manifest' as const, title: 'manifest' }] = steps
  if (env.signal.aborted) return { why: 'interrupted', step, reason: 'interrupted' }
  return { why: 'declined', step, reason: 'not agreed to' }
}

/** @param queued v1 is back in its queue, and only has to wait for quota */
function stateAfter(outcome: Outcome, { twin }: Facts, queued: boolean): MigrationState | undefined {
  switch (outcome.kind) {
    case 'done':
      return 'moved'
    case 'undone':
      if (outcome.stopped && outcome.halt.why === 'ended') return 'ended'
      return twin?.trainJob ? 'started' : 'undone'
    case 'stranded':
      if (outcome.undoing.why === 'lost') return undefined
      return queued ? 'undone' : 'stranded'
    case 'stopped':
      return undefined
  }
}

function turnOf(outcome: Outcome): Turn | undefined {
  switch (outcome.kind) {
    case 'done':
      return 'Done'
    case 'undone':
      return outcome.halt.why === 'ended' ? 'Ended' : outcome.stopped ? 'RolledBack' : 'Undone'
    case 'stranded':
      return 'Stranded'
    case 'stopped':
      return undefined
  }
}
