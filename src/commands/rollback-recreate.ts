import type { Cluster } from '../cluster/cluster.ts'
import type { Env } from '../env.ts'
import { plannedWayBack } from '../execute/dry-run.ts'
import type { StoredJournal } from '../execute/journal.ts'
import { afterRecreate, type PreparedRecreate, prepareRecreate } from '../execute/prepare-recreate.ts'
import { refusedProblem } from '../execute/prepare-refusals.ts'
import { prepareRollback } from '../execute/prepare-rollback.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { WayBack } from '../migration/outcome.ts'
import { recordName } from '../migration/record.ts'
import { rollbackCourse, wholeWayBack } from '../migration/rollback.ts'
import { recreateV1 } from '../migration/steps/recreate-v1.ts'
import { jobName } from '../present/cutover.ts'
import { recreateQuestion, rollbackResult } from '../present/rollback.ts'
import type { StoredRecord } from '../read/records.ts'
import { parseReference } from '../read/reference.ts'
import { agreed } from './agreed.ts'
import { conclude, haltWords, rehearse, untilInterrupted } from './moving.ts'
import { closeJournal, openJournal, type Recording } from './moving-record.ts'
import { watchTurns } from './turns.ts'
import { endedAsItWent, goBack, stateAfter, turnOf } from './way-back.ts'

export interface RecreateOptions {
  readonly yes: boolean
  readonly dryRun: string
  readonly output: string
  readonly rerun: boolean
  /** a file with the v1 manifest, instead of the Secret */
  readonly from?: string
  readonly timeout: number
  readonly recording: Recording
}

/** The way back to a v1 job that is gone: it is made again, suspended; from there it is the way back of any held job. */
export async function recreateAndGoBack(
  env: Env,
  cluster: Cluster,
  options: RecreateOptions,
  stored: StoredRecord,
): Promise<ExitCode> {
  const prepared = await untilInterrupted(env.signal, prepareRecreate(cluster, stored, options, env))
  const { plan, observer, refused } = prepared
  if (refused) throw refusedProblem(plan.manifest, [refused], 'rolled back')
  if (options.dryRun !== 'none') {
    const { facts } = observer
    const ahead = afterRecreate(facts, plan)
    const planned = [
      ...plannedWayBack([recreateV1], facts, plan),
      ...plannedWayBack(wholeWayBack, ahead.facts, ahead.plan),
    ]
    const beside = `its record, ConfigMap ${recordName(stored.record)},`
    return await rehearse(env, cluster, options, planned, facts, plan, beside)
  }
  if (!options.yes) {
    if (!(await agreed(env, recreateQuestion(observer.facts, plan))) || env.signal.aborted) {
      const line = `${jobName(plan)} was NOT rolled back: not agreed to; nothing was changed`
      const exit = env.signal.aborted ? exitCode.interrupted : exitCode.no
      return conclude(env, plan, { line, more: [], exit }, options.output)
    }
  }
  return await recreate(env, cluster, options, prepared)
}

async function recreate(
  env: Env,
  cluster: Cluster,
  options: RecreateOptions,
  { plan, observer, stored }: PreparedRecreate,
): Promise<ExitCode> {
  const { words, exitOf } = haltWords(env)
  const { timeout, recording, output } = options
  const journal = await openJournal(env, cluster, { record: stored.record, stored }, recording)
  const made = await goBack(env, words, { cluster, observer, journal, plan, timeout, output }, [recreateV1])
  if (made.kind === 'back') return await goOn(env, cluster, options, journal, made)
  const untouched = observer.facts.v1 === undefined && stateAfter(made) !== undefined
  await closeJournal(env, journal, untouched ? stored.record.state : stateAfter(made))
  const result = rollbackResult(made, observer.facts, plan, undefined, words, exitOf, env.name)
  return conclude(env, plan, result, output, made)
}

/** v1 is there and held: the facts of the new object are read, and everything else is as if it had never been deleted. */
async function goOn(
  env: Env,
  cluster: Cluster,
  { rerun, timeout, output }: RecreateOptions,
  journal: StoredJournal,
  made: WayBack & { readonly kind: 'back' },
): Promise<ExitCode> {
  const { words, exitOf } = haltWords(env)
  const { kind, name, namespace } = journal.record
  try {
    const { plan, observer } = await prepareRollback(
      cluster,
      parseReference([kind, name]) ?? { name },
      namespace,
      rerun,
      env,
    )
    const course = rollbackCourse(observer.facts, plan)
    if ('refused' in course) {
      await closeJournal(env, journal, 'moved')
      throw refusedProblem(plan.job.object, [course.refused], 'rolled back')
    }
    const steps = 'steps' in course ? course.steps : []
    const moving = { cluster, observer, journal, plan, timeout, output }
    const turns = watchTurns(env, cluster, moving)
    const gone = endedAsItWent(await goBack(env, words, moving, steps), observer.facts, plan)
    const way: WayBack = gone.kind === 'back' ? { kind: 'back', says: [...made.says, ...gone.says] } : gone
    await closeJournal(env, journal, stateAfter(way))
    const result = rollbackResult(way, observer.facts, plan, undefined, words, exitOf, env.name)
    const exit = conclude(env, plan, result, output, way)
    await turns.end(turnOf(way), result.line)
    return exit
  } catch (error) {
    await journal.release()
    throw error
  }
}
