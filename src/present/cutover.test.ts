import { describe, expect, it } from 'vitest'
import { factsOf, planOf } from '../../test/unit/cutover-world.ts'
import { heldV1, now, v1Job } from '../../test/unit/objects.ts'
import { resources } from '../kube/resources.ts'
import { courseOf } from '../migration/course.ts'
import type { ExecutionEvent, Halt, Outcome } from '../migration/outcome.ts'
import type { StepName } from '../migration/step.ts'
import { createTrainJob } from '../migration/steps/create-train-job.ts'
import { holdV1 } from '../migration/steps/hold-v1.ts'
import { observe } from '../migration/steps/observe.ts'
import { preview } from '../migration/steps/preview.ts'
import { startV2 } from '../migration/steps/start-v2.ts'
import {
  beginQuestion,
  cutoverResult,
  dryRunLines,
  guardsFound,
  headerLines,
  holdQuestion,
  lostLine,
} from './cutover.ts'
import { eventLines, liveLine, plainLine } from './step-lines.ts'

const plain = { color: false, unicode: true }
const ascii = { color: false, unicode: false }
const plan = planOf()
const view = { plan, guards: 12, resumes: false, suspended: false, flags: [] }
const words = ({ reason }: Halt) => reason

const event = (step: StepName, more: object, undoing = false) =>
  ({ step, undoing, ...more }) as unknown as ExecutionEvent
const waits = (step: StepName, reason: string, undoing = false) =>
  event(step, { type: 'waiting', reason, elapsed: 41_000, limit: 900_000 }, undoing)
const failed = (step: StepName, reason: string) =>
  event(step, { type: 'failed', halt: { why: 'failed', step, reason }, took: 900_300 })

describe('the screen', () => {
  it('begins with what is moved, what changes, and the guards', () => {
    expect(headerLines(view, plain)).toEqual([
      'nlp/bert   PyTorchJob -> TrainJob bert   3 pods, proved the same',
      '  changed    spec.runPolicy.cleanPodPolicy: pods that still run when the job has succeeded are stopped',
      '  ✓ guards     12 of 12 passed',
    ])
  })

  it('says when an earlier run is gone on with, and when nothing will run', () => {
    expect(headerLines({ ...view, resumes: true, suspended: true }, ascii).slice(2)).toEqual([
      '  note       an earlier run began this: it is gone on with',
      '  note       its owner suspended v1: the TrainJob stays suspended as well, and nothing runs',
      '  + guards     12 of 12 passed',
    ])
  })

  it('tells who else has a say in the job, and what keeps two from one volume', () => {
    const found = guardsFound(plan, false, false)
    expect(headerLines({ ...view, found }, plain, 80).slice(-2)).toEqual([
      '  ✓ guards     12 of 12 passed (owner none, kueue none, volumes: v1 stops before',
      '               v2 writes)',
    ])
    const queue = { workloads: resources.workloads, v1: true, v2: true, gates: true, marks: true, waited: false }
    expect(guardsFound({ ...plan, queue: { ...queue, name: 'team' } }, false, true)).toBe(
      'owner none, kueue queue team',
    )
    expect(guardsFound({ ...plan, queue }, true, false)).toBe('owner none, kueue yes, in no queue')
  })

  it('names what lets a job of Kueue’s run again while it is held', () => {
    const queue = { workloads: resources.workloads, v1: true, v2: true, gates: true, marks: true, waited: false }
    expect(headerLines({ ...view, plan: { ...plan, queue } }, ascii, 80).slice(3, -1)).toEqual([
      '  note       v1 is held by its Workload (spec.active: false): whoever deletes',
      '             that, or sets it active, lets Kueue run v1 beside v2; `status`',
      '             tells',
    ])
    expect(headerLines({ ...view, suspended: true, plan: { ...plan, queue } }, ascii).join()).not.toContain('Workload')
  })

  it('asks with what will be written, and with what is lost', () => {
    const course = courseOf(factsOf(), plan, 0)
    const steps = 'steps' in course ? course.steps : []
    const actions = steps.slice(0, 2).flatMap((step) => step.forward(factsOf(), plan))
    const writes =
      'Begin? Writes a lock, a record, the v1 manifest as a Secret, a TrainingRuntime, a suspended TrainJob; --dry-run=client prints them.'
    expect(beginQuestion(actions, false)).toBe(`${writes} v1 runs on.  [y/N] `)
    expect(beginQuestion(actions, true)).toBe(`${writes} v1 is stopped already.  [y/N] `)
    const rest = 'v1 is kept suspended; `rollback` resumes it from its last checkpoint, not from now.'
    const lost = 'About 8 GPUs x 14 min are repeated.'
    expect(holdQuestion(lost, view).split('\n')).toEqual([
      `Stop v1 and start v2 now? ${rest}`,
      'About 8 GPUs x 14 min are repeated.  [y/N] ',
    ])
    expect(holdQuestion(lost, { plan, beside: true })).toContain(`Start v2 now, and stop v1 when it runs? ${rest}\n`)
    const promoted = { plan: { ...plan, trainJobName: 'bert-v2' }, beside: true }
    expect(holdQuestion(lost, promoted)).toContain(`Stop v1 now, and let its twin bert-v2 have its place? ${rest}\n`)
    const kept = 'What v1 has trained is not taken over: its twin goes on from where it is itself.'
    expect(lostLine(factsOf(), promoted, now)).toBe(kept)
  })

  it('tells each step when it is over', () => {
    const lines = [
      event(preview, { type: 'started' }),
      event(preview, { type: 'done', says: 'operators render 3 pods, equal to the proof', took: 412 }),
      event(holdV1, { type: 'done', says: '3 pods gone, v1 kept suspended', took: 11_200 }),
      failed(startV2, 'rank 2 Unschedulable: 0/8 nodes\u001b[31m'),
      event(startV2, { type: 'done', says: 'TrainJob removed', took: 900 }, true),
      event(holdV1, { type: 'done', says: 'v1 resumed, 3 of 3 pods running', took: 38_000 }, true),
    ].flatMap((each) => eventLines(each, words, plain))
    expect(lines).toEqual([
      '  ✓ preview    operators render 3 pods, equal to the proof       0.4 s',
      '  ✓ hold v1    3 pods gone, v1 kept suspended      11.2 s',
      '  ✗ start v2   rank 2 Unschedulable: 0/8 nodes\\e[31m     15m 00s',
      '  ✓ remove v2  TrainJob removed       0.9 s',
      '  ✓ resume v1  v1 resumed, 3 of 3 pods running      38.0 s',
    ])
  })

  it('breaks what does not fit between words, and keeps the time', () => {
    const reason = 'rank 2 Unschedulable: 0/8 nodes are available: 8 Insufficient nvidia.com/gpu'
    expect(eventLines(failed(startV2, reason), words, plain, 60)).toEqual([
      '  ✗ start v2   rank 2 Unschedulable: 0/8 nodes are',
      '               available: 8 Insufficient nvidia.com/gpu',
      '               15m 00s',
    ])
    expect(eventLines(failed(startV2, reason), words, plain, 70).at(-1)).toBe(
      '               Insufficient nvidia.com/gpu   15m 00s',
    )
    const done = event(holdV1, { type: 'done', says: '3 pods gone, v1 kept suspended', took: 900 })
    expect(eventLines(done, words, plain, 60)).toEqual(['  ✓ hold v1    3 pods gone, v1 kept suspended       0.9 s'])
  })

  it.each<[columns: number, line: string]>([
    [
      110,
      '  ⠹ start v2   2 of 3 pods ready; rank 2 Unschedulable: 0/8 nodes are a…   0:41 of 15:00   Ctrl-C: rolls back',
    ],
    [80, '  ⠹ start v2   2 of 3 pods ready; rank 2 …   0:41 of 15:00   Ctrl-C: rolls back'],
    [40, '  ⠹ start v2   2 of 3 …   0:41 of 15:00'],
  ])('shows why it waits, in %d columns', (columns, line) => {
    const reason = '2 of 3 pods ready; rank 2 Unschedulable: 0/8 nodes are available: 8 Insufficient nvidia.com/gpu'
    expect(liveLine(waits(startV2, reason), 2, { ...plain, columns })).toBe(line)
    expect([...line].length).toBeLessThan(columns)
  })

  it.each<[step: StepName, undoing: boolean, ending: string]>([
    [preview, false, '   Ctrl-C: undoes'],
    [holdV1, false, '   Ctrl-C: rolls back'],
    [observe, false, '   Ctrl-C: rolls back'],
    [holdV1, true, ''],
  ])('says what Ctrl-C does in $id (undoing: %s)', (step, undoing, ending) => {
    expect(liveLine(waits(step, 'x', undoing), 0, { ...ascii, columns: 100 })).toMatch(
      new RegExp(`^  \\| .*x   0:41 of 15:00${ending}$`),
    )
  })

  it('writes one timestamped line for each change where nobody watches', () => {
    const lines = [
      event(holdV1, { type: 'started' }),
      waits(holdV1, '2 of 3 pods still terminate'),
      waits(holdV1, '2 of 3 pods of v1 run again', true),
      event(holdV1, { type: 'done', says: '3 pods gone', took: 11_200 }),
      failed(startV2, 'rank 1 failed'),
    ].map((each) => plainLine(each, words, now))
    expect(lines).toEqual([
      undefined,
      '2026-03-01T12:00:00Z hold v1: 2 of 3 pods still terminate   0:41 of 15:00   Ctrl-C: rolls back',
      '2026-03-01T12:00:00Z resume v1: 2 of 3 pods of v1 run again   0:41 of 15:00',
      '2026-03-01T12:00:00Z hold v1: done in 11.2 s: 3 pods gone',
      '2026-03-01T12:00:00Z start v2: FAILED after 15m 00s: rank 1 failed',
    ])
  })
})

describe('the last words', () => {
  const halt = (why: Halt['why'], reason = 'rank 1 failed', step: StepName = startV2): Halt => ({ why, step, reason })
  const undone = (why: Halt['why'], stopped: boolean): Outcome => ({
    kind: 'undone',
    halt: halt(why),
    stopped,
    says: stopped ? ['TrainJob removed', 'v1 resumed, 3 of 3 pods running'] : ['TrainJob removed'],
  })
  const rolledBack = 'rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running'
  const untouched = 'nothing of it is left, v1 was never stopped'
  const status = '  kubectl migrate status pytorchjob/bert -n nlp'
  const record = `${status} --history   (its record, all that is left of it)`

  it.each<[what: string, outcome: Outcome, held: boolean, line: string, exit: number]>([
    ['done', { kind: 'done', says: '3 of 3 pods run' }, true, 'is cut over: 3 of 3 pods run; v1 is kept suspended', 0],
    ['failed before the hold', undone('failed', false), false, `was NOT cut over: rank 1 failed; ${untouched}`, 1],
    ['failed after the hold', undone('failed', true), false, `was NOT cut over: rank 1 failed; ${rolledBack}`, 5],
    ['too late after the hold', undone('timeout', true), false, `was NOT cut over: rank 1 failed; ${rolledBack}`, 5],
    ['not agreed to', undone('declined', false), false, `was NOT cut over: rank 1 failed; ${untouched}`, 1],
    ['changed before the hold', undone('changed', false), false, `was NOT cut over: rank 1 failed; ${untouched}`, 4],
    ['changed after the hold', undone('changed', true), false, `was NOT cut over: rank 1 failed; ${rolledBack}`, 5],
    ['an error before the hold', undone('error', false), false, `was NOT cut over: rank 1 failed; ${untouched}`, 3],
    ['an error after the hold', undone('error', true), false, `was NOT cut over: rank 1 failed; ${rolledBack}`, 5],
    [
      'interrupted before the hold',
      undone('interrupted', false),
      false,
      `was NOT cut over: interrupted; ${untouched}`,
      130,
    ],
    [
      'interrupted after the hold',
      undone('interrupted', true),
      false,
      `was NOT cut over: interrupted; ${rolledBack}`,
      130,
    ],
    [
      'v1 ended before the hold',
      undone('ended', false),
      false,
      'was NOT cut over: rank 1 failed; nothing of it is left',
      1,
    ],
    [
      'v1 ended at the hold',
      undone('ended', true),
      true,
      'was NOT cut over: rank 1 failed; the TrainJob is removed, v1 stays suspended so that nothing runs twice',
      1,
    ],
  ])('%s', (_, outcome, held, line, exit) => {
    const facts = factsOf({ v1: held ? heldV1('bert') : v1Job('bert') })
    const result = cutoverResult(outcome, { ...view, facts }, words, () => 3, 'kubectl migrate')
    expect([result.line, result.exit]).toEqual([`nlp/bert ${line}`, exit])
    const wentBack = result.line.includes('rolled back: ')
    expect(result.more.slice(wentBack ? -2 : -1)).toEqual(wentBack ? [status, record] : [status])
  })

  it('of an interruption tell how to go on', () => {
    const result = cutoverResult(
      undone('interrupted', true),
      { ...view, facts: factsOf() },
      words,
      () => 3,
      'kubectl migrate',
    )
    expect(result.more).toEqual(['Next:', '  kubectl migrate cutover pytorchjob/bert -n nlp', status, record])
  })

  it('of a suspended job say that nothing runs', () => {
    const facts = factsOf({ v1: heldV1('bert') })
    const result = cutoverResult({ kind: 'done', says: 'x' }, { ...view, suspended: true, facts }, words, () => 3, 'k')
    expect(result.line).toBe('nlp/bert is cut over: the TrainJob is suspended, as its owner suspended v1')
  })
})

describe('a terminal of 40 columns', () => {
  it('breaks words between blanks', () => {
    expect(headerLines({ ...view, resumes: true }, plain, 40)).toEqual([
      'nlp/bert',
      '  PyTorchJob -> TrainJob bert',
      '  3 pods, proved the same',
      '  changed    spec.runPolicy.cleanPodPoli',
      '             cy: pods that still run',
      '             when the job has succeeded',
      '             are stopped',
      '  note       an earlier run began this:',
      '             it is gone on with',
      '  ✓ guards     12 of 12 passed',
    ])
    const steps = [{ step: startV2, actions: [] }]
    expect(dryRunLines(steps, plan, new Map(), 40)).toEqual([
      '1. TrainJob bert is resumed; waits for 3',
      '   pods equal to the proof to run',
    ])
  })
})

describe('a dry run', () => {
  it('prints every step and every write', () => {
    const actions = createTrainJob.forward(factsOf(), plan)
    const hold = holdV1.forward(factsOf(), plan)
    const lines = dryRunLines(
      [
        { step: createTrainJob, actions },
        { step: holdV1, actions: hold },
        { step: startV2, actions: startV2.undo(factsOf(), plan) },
      ],
      plan,
      new Map(actions.map((action) => [action, '(the server would accept it)'])),
    )
    expect(lines.slice(0, 4)).toEqual([
      '1. TrainJob bert is made, suspended: it runs nothing',
      '   create trainjobs.trainer.kubeflow.org nlp/bert   (the server would accept it)',
      '     apiVersion: trainer.kubeflow.org/v1alpha1',
      '     kind: TrainJob',
    ])
    expect(lines.slice(-5)).toEqual([
      '2. PyTorchJob bert is suspended; waits for its 3 pods to be gone',
      '   patch pytorchjobs.kubeflow.org nlp/bert',
      '     {"metadata":{"annotations":{"kubectl-migrate.dev/held":"{\\"ready\\":3,\\"migration\\":\\"of-the-test\\"}"}},"spec":{"runPolicy":{"suspend":true}}}',
      '     only if unchanged: uid uid-v1-bert, its resourceVersion',
      '3. TrainJob bert is resumed; waits for 3 pods equal to the proof to run',
    ])
  })
})
