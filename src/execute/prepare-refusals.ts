import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Refused } from '../migration/guards/guard.ts'
import type { MigrationRecord } from '../migration/record.ts'
import type { MoveVerb } from '../migration/rights.ts'
import { Problem } from '../problem.ts'
import { movedBy } from './check-rights.ts'

/** Kueue makes it within moments, or not at all where it does not run. */
export const unmadeWorkload: Refused & { readonly code: string } = {
  code: 'kueue-no-workload',
  message: 'Kueue manages it, and has made no Workload of it yet',
  why: 'only a Workload can hold a job that Kueue manages',
  remedy: ['run the same command again in a moment; if this stays, see whether Kueue runs'],
}

/** One twin at a time is enough to tell apart what they say. */
export function anotherTwin(
  kind: string,
  namespace: string,
  name: string,
  twin: string,
): Refused & { readonly code: string } {
  return {
    code: 'twin-exists',
    message: `it has a twin already, TrainJob ${twin}`,
    remedy: [`$0 rollback ${kind.toLowerCase()}/${name} -n ${namespace}   (removes it; v1 runs on)`],
  }
}

/** A cutover that stands, or a way back that was killed, comes first. */
export function otherMove({
  state,
  runs,
  kind,
  namespace,
  name,
}: MigrationRecord): (Refused & { readonly code: string }) | undefined {
  const last = runs.at(-1)?.verb
  if (state === 'started' || last === 'start' || last === undefined) return undefined
  const job = `${kind.toLowerCase()}/${name} -n ${namespace}`
  return {
    code: 'being-moved',
    message: `a ${last} of it ${state === 'moved' ? 'stands' : 'was begun and has not ended'}`,
    remedy: [`$0 rollback ${job}   (v1 alone runs then)`, `$0 status ${job}`],
  }
}

/** Without its record nobody knows how far an earlier run came, and only the way back is the same from everywhere. */
export function recordGone(kind: string, namespace: string, name: string): Refused & { readonly code: string } {
  return {
    code: 'record-gone',
    message: 'an earlier run moved it, and the record of that is gone',
    why: 'how far that run came is not guessed',
    remedy: [
      `$0 rollback ${kind.toLowerCase()}/${name} -n ${namespace}   (goes by the objects alone; then cut over again)`,
    ],
  }
}

/** What a run that was killed keeps of v1 is not what would be moved now. */
export function changedSinceBegun(kind: string, namespace: string, name: string): Refused & { readonly code: string } {
  return {
    code: 'changed-since-begun',
    message: 'its spec was changed since a move of it was begun that was never ended',
    why: 'what that move keeps for the way back is the job as it was before',
    remedy: [`$0 rollback ${kind.toLowerCase()}/${name} -n ${namespace}   (ends that move; then the same again)`],
  }
}

/** To run the job on another runtime than was decided would be worse than not to run it. */
export function runtimeDecided(
  { kind, metadata: { namespace, name = '' } }: KubeObject,
  runtime: string,
  verb: MoveVerb,
): Problem {
  return new Problem({
    code: 'runtime-decided',
    what: `${namespace}/${name} is not ${movedBy[verb]}: the decisions file wants it on runtime ${runtime}`,
    why: `${verb} makes a runtime of the job’s own shape, and does not put jobs on others yet; nothing was changed`,
    next: [`$0 convert ${kind.toLowerCase()}/${name} -n ${namespace} --runtime ${runtime}   (for a move by hand)`],
    exit: exitCode.no,
  })
}

/** A job that was moved and is gone: there is nothing to hold, and the ways on are those of what stands in its place. */
export function v1Gone({ kind, namespace, name, state }: MigrationRecord): Problem {
  const job = `${kind.toLowerCase()}/${name} -n ${namespace}`
  const finalized = state === 'finalized' || state === 'finalizing'
  return new Problem({
    code: 'v1-gone',
    what: `${namespace}/${name} is not cut over: ${state === 'moving' ? 'a run that was killed had begun to' : 'it was before'}, and v1 is gone`,
    why: `${finalized ? 'finalize deleted it' : 'somebody deleted it while it was held'}; nothing was changed`,
    next: [`$0 status ${job}   (what stands)`, `$0 rollback ${job}   (makes v1 again from its Secret)`],
    exit: exitCode.no,
  })
}

/** The Problem of a job that guards refuse to move; the first one names it. */
export function refusedProblem(
  job: KubeObject,
  refused: readonly (Refused & { readonly code: string })[],
  moved = 'cut over',
): Problem {
  const [first, ...more] = refused
  const { namespace, name } = job.metadata
  const told = more.map(({ message }) => `and ${message}`)
  return new Problem({
    code: `guard-${first?.code ?? ''}`,
    what: `${namespace}/${name} is not ${moved}: ${first?.message ?? ''}`,
    why: [...(first?.why === undefined ? [] : [first.why]), ...told, 'nothing was changed'].join('\n'),
    next: [...new Set(refused.flatMap(({ remedy }) => remedy))],
    exit: exitCode.no,
  })
}

/** Throws that Problem where there is a refusal. */
export function refuse(
  job: KubeObject,
  refused: readonly (Refused & { readonly code: string })[],
  verb: MoveVerb,
): void {
  if (refused.length > 0) throw refusedProblem(job, refused, movedBy[verb])
}
