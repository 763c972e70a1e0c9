import { describe, expect, it } from 'vitest'
import { condition, heldV1, runningTrainJob, runningV1, stoppedV1, trainJob, v1Job } from '../../test/unit/objects.ts'
import { type Pair, pairJobs, phaseOf } from './pairs.ts'
import { type JobRow, trainJobRow, v1Row } from './rows.ts'

const v1 = (name: string, options?: Parameters<typeof v1Job>[1]): JobRow => v1Row(v1Job(name, options)).row
const v2 = (name: string, options?: Parameters<typeof trainJob>[1]): JobRow =>
  trainJobRow(trainJob(name, options), undefined).row
const from = (source: string, uid?: string) => ({
  annotations: { 'kubectl-migrate.dev/source': source, ...(uid ? { 'kubectl-migrate.dev/source-uid': uid } : {}) },
})

function told(pairs: readonly Pair[]): string[] {
  const name = (row: JobRow | undefined) => (row ? `${row.kind}/${row.name}` : '-')
  return pairs.map((pair) => `${name(pair.v1)} ${name(pair.v2)}${pair.link ? ` ${pair.link}` : ''}`)
}

describe('v1 jobs and TrainJobs in pairs', () => {
  it.each<[what: string, v1: JobRow[], v2: JobRow[], pairs: string[]]>([
    ['nothing', [], [], []],
    ['strangers', [v1('bert')], [v2('gpt')], ['PyTorchJob/bert -', '- TrainJob/gpt']],
    ['of one name', [v1('bert')], [v2('bert')], ['PyTorchJob/bert TrainJob/bert name']],
    ['a job and its twin', [v1('bert')], [v2('bert-v2')], ['PyTorchJob/bert TrainJob/bert-v2 name']],
    [
      'a v1 job whose own name ends in -v2 comes before the twin’s rule',
      [v1('bert'), v1('bert-v2')],
      [v2('bert-v2')],
      ['PyTorchJob/bert -', 'PyTorchJob/bert-v2 TrainJob/bert-v2 name'],
    ],
    [
      'the TrainJob of the name and the twin, in this order',
      [v1('bert')],
      [v2('bert-v2'), v2('bert')],
      ['PyTorchJob/bert TrainJob/bert name', 'PyTorchJob/bert TrainJob/bert-v2 name'],
    ],
    [
      'a record beats the name',
      [v1('bert'), v1('gpt')],
      [v2('gpt', from('PyTorchJob/bert'))],
      ['PyTorchJob/bert TrainJob/gpt recorded', 'PyTorchJob/gpt -'],
    ],
    [
      'a record with the uid of this job',
      [v1('bert')],
      [v2('b', from('PyTorchJob/bert', 'uid-v1-bert'))],
      ['PyTorchJob/bert TrainJob/b recorded'],
    ],
    [
      'a record with the uid of an earlier job of this name',
      [v1('bert')],
      [v2('b', from('PyTorchJob/bert', 'old'))],
      ['PyTorchJob/bert TrainJob/b name'],
    ],
    [
      'a record of a job that is gone',
      [v1('bert')],
      [v2('bert', from('PyTorchJob/gone'))],
      ['PyTorchJob/bert -', '- TrainJob/bert'],
    ],
    [
      'a record of another kind',
      [v1('bert')],
      [v2('bert', from('TFJob/bert'))],
      ['PyTorchJob/bert -', '- TrainJob/bert'],
    ],
    [
      'a record nobody can read counts for nothing',
      [v1('bert')],
      [v2('bert', from('what?'))],
      ['PyTorchJob/bert TrainJob/bert name'],
    ],
    [
      'a name that two v1 kinds have is no evidence',
      [v1('bert'), v1('bert', { kind: 'TFJob' })],
      [v2('bert')],
      ['PyTorchJob/bert -', 'TFJob/bert -', '- TrainJob/bert'],
    ],
    [
      'but the record tells the two apart',
      [v1('bert'), v1('bert', { kind: 'TFJob' })],
      [v2('bert', from('TFJob/bert'))],
      ['PyTorchJob/bert -', 'TFJob/bert TrainJob/bert recorded'],
    ],
    [
      'of two namespaces',
      [v1('bert')],
      [v2('bert', { namespace: 'vision' })],
      ['PyTorchJob/bert -', '- TrainJob/bert'],
    ],
  ])('%s', (_, left, right, pairs) => {
    expect(told(pairJobs(left, right))).toEqual(pairs)
  })
})

describe('where the move of a pair stands', () => {
  const running = v1Row(runningV1('a')).row
  const held = v1Row(heldV1('a')).row
  const done = v1('a', { conditions: [condition('Succeeded')] })
  const runs = trainJobRow(runningTrainJob('a'), undefined).row
  const suspended = v2('a', { suspend: true })
  const complete = v2('a', { conditions: [condition('Complete')] })
  const failed = v2('a', { conditions: [condition('Failed')] })
  const movedFromAnother = v2('a', {
    conditions: [condition('Complete')],
    annotations: { 'kubectl-migrate.dev/source': 'PyTorchJob/a', 'kubectl-migrate.dev/source-uid': 'another' },
  })

  it.each<[phase: string, v1: JobRow | undefined, v2: JobRow | undefined]>([
    ['NotStarted', running, undefined],
    ['NotStarted', held, undefined],
    ['NeitherRuns', v1Row(stoppedV1('a')).row, undefined],
    ['V1Finished', v1Row(stoppedV1('a', { ended: 'exit code 0' })).row, undefined],
    ['V1Runs', running, suspended],
    ['V1Runs', running, complete],
    ['BothRun', running, runs],
    ['Twin', running, { ...runs, twin: true }],
    ['V1Runs', running, { ...v2('a', { suspend: true }), twin: true }],
    ['Held', held, runs],
    ['Held', held, complete],
    ['NeitherRuns', held, suspended],
    ['NeitherRuns', held, failed],
    ['V1Finished', done, undefined],
    ['V1Finished', done, runs],
    ['V2Only', undefined, runs],
    ['V2Only', undefined, { ...runs, source: { kind: 'PyTorchJob', name: 'a' } }],
    ['Finalized', undefined, { ...runs, source: { kind: 'PyTorchJob', name: 'a', moved: true } }],
    ['Held', { ...held, formerUid: 'another' }, { ...movedFromAnother, state: runs.state }],
    ['Revived', v1('a', { age: 10 }), movedFromAnother],
    ['Revived', v1('a', { age: 10, conditions: [condition('Succeeded')] }), movedFromAnother],
    ['BothRun', v1('a', { age: 10 }), { ...movedFromAnother, state: runs.state }],
  ])('%s', (phase, left, right) => {
    expect(phaseOf({ v1: left, v2: right })).toBe(phase)
  })
})
