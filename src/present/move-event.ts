import { type Action, actionTitle } from '../migration/action.ts'
import type { Subject } from '../migration/facts.ts'
import type { ExecutionEvent, Halt } from '../migration/outcome.ts'
import type { Step } from '../migration/step.ts'
import { object, published, text, whole } from './schema.ts'
import { titleOf } from './step-lines.ts'

/** The v1 job that moves. */
export interface MovedJob {
  readonly kind: { readonly kind: string }
  readonly namespace: string
  readonly name: string
}

const head = { apiVersion: 'kubectl-migrate.dev/v1', kind: 'MoveEvent' }

/** One thing that happens while a job moves, as a line of `-o json`. */
export function moveEvent(job: MovedJob, event: ExecutionEvent, words: (halt: Halt) => string, now: Date): string {
  const { type, step, undoing } = event
  const about = { ...headOf(type, now, job), step: step.id, title: titleOf(step, undoing), undoing }
  switch (event.type) {
    case 'started':
      return line(about)
    case 'waiting':
      return line({ ...about, says: event.reason, elapsed: event.elapsed, limit: event.limit })
    case 'done':
      return line({ ...about, says: event.says, took: event.took })
    case 'failed':
      return line({ ...about, says: words(event.halt), why: event.halt.why, took: event.took })
  }
}

/** Words between the steps: what is repeated, what a hook does. */
export function moveNote(job: MovedJob, says: string, now: Date): string {
  return line({ ...headOf('note', now, job), says })
}

/** Every write that a dry run would make, with what the server said to it where it was asked. */
export function plannedEvents<P extends Subject>(
  job: P,
  planned: readonly { readonly step: Step<P>; readonly actions: readonly Action[] }[],
  sent: ReadonlyMap<Action, string>,
  now: Date,
): string[] {
  return planned.flatMap(({ step: { id, title }, actions }) =>
    actions.map((action) => {
      const said = sent.get(action)
      const write = action.verb === 'create' ? { object: action.object } : 'body' in action ? { body: action.body } : {}
      const about = { ...headOf('planned', now, job), step: id, title, undoing: false }
      return line({ ...about, says: actionTitle(action), write, ...(said !== undefined && { server: said }) })
    }),
  )
}

/** The last line: how it ended. */
export function moveResult(
  { line: says, more, exit }: { readonly line: string; readonly more: readonly string[]; readonly exit: number },
  now: Date,
  job: MovedJob | undefined,
): string {
  return line({ ...headOf('result', now, job), says, more, exit })
}

function headOf(type: string, now: Date, job: MovedJob | undefined): Record<string, unknown> {
  const { kind = { kind: '' }, namespace, name } = job ?? {}
  return { ...head, type, time: now.toISOString(), ...(job && { job: { kind: kind.kind, namespace, name } }) }
}

function line(document: Record<string, unknown>): string {
  return `${JSON.stringify(document)}\n`
}

/** The schema of a line that `start`, `cutover`, `rollback` and `finalize` print with -o json, from which docs/schema/move-event.json is made. */
export const moveEventSchema = published(
  'move-event.json',
  'MoveEvent',
  'One line of what `start`, `cutover`, `rollback` and `finalize` print with -o json while a job moves. Times are milliseconds.',
  object(
    {
      apiVersion: { const: head.apiVersion },
      kind: { const: head.kind },
      type: { enum: ['started', 'waiting', 'done', 'failed', 'note', 'planned', 'result'] },
      time: { type: 'string', description: 'RFC 3339' },
      job: {
        ...object({ kind: text, namespace: text, name: text }),
        description: 'the v1 job; absent only in the result of a run that moved none',
      },
      step: { type: 'string', description: 'runtime, train-job, extras, preview, hold, start, observe' },
      title: text,
      undoing: { type: 'boolean', description: 'whether the step is taken back' },
      says: { type: 'string', description: 'what came of it, or what is waited for' },
      why: { enum: ['failed', 'timeout', 'interrupted', 'declined', 'changed', 'ended', 'error', 'lost'] },
      elapsed: whole,
      limit: whole,
      took: whole,
      write: { type: 'object', description: 'of a planned write: the object, or the body of a patch' },
      server: { type: 'string', description: 'of a planned write: what the server said to it' },
      more: { type: 'array', items: text, description: 'of a result: notes, and what to type next' },
      exit: { type: 'integer', description: 'of a result: the exit code' },
    },
    ['job', 'step', 'title', 'undoing', 'says', 'why', 'elapsed', 'limit', 'took', 'write', 'server', 'more', 'exit'],
  ),
)
