import { describe, expect, it } from 'vitest'
import { factsOf } from '../../../test/unit/run-logs.ts'
import { compareRuns } from './compare.ts'
import type { Run } from './run.ts'
import { trainerStatusOf } from './trainer-status.ts'

const trainJob = (trainerStatus: unknown) => ({
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainJob',
  metadata: { name: 'bert' },
  status: { trainerStatus },
})

const metrics = (values: Readonly<Record<string, string>>) =>
  trainJob({ metrics: Object.entries(values).map(([name, value]) => ({ name, value })) })

describe('status.trainerStatus', () => {
  it.each<
    [string, Readonly<Record<string, string>>, readonly (readonly [metric: string, axis: string, point: unknown])[]]
  >([
    ['lies on its step', { global_step: '20', loss: '4.8' }, [['loss', 'step', [20, 4.8]]]],
    ['lies on its epoch where no step is said', { loss: '4.8', epoch: '1.5' }, [['loss', 'epoch', [1.5, 4.8]]]],
    ['lies on the step where both are said', { epoch: '1', step: '7', loss: '3' }, [['loss', 'step', [7, 3]]]],
    ['lies nowhere without either', { loss: '3' }, [['loss', 'order', [1, 3]]]],
    [
      'has the names of logs',
      { train_loss: '3', eval_accuracy: '0.9', step: '1' },
      [
        ['loss', 'step', [1, 3]],
        ['eval accuracy', 'step', [1, 0.9]],
      ],
    ],
    ['keeps names that nobody knows', { perplexity: '1e3' }, [['perplexity', 'order', [1, 1000]]]],
    ['has times in seconds', { 'ms/step': '250' }, [['step time', 'order', [1, 0.25]]]],
    ['may be NaN, which is no point', { loss: 'NaN' }, [['loss', 'order', undefined]]],
    ['may be no number at all, which is left', { loss: 'n/a', stage: '', size: '0x10' }, []],
  ])('%s', (_name, values, expected) => {
    const found = trainerStatusOf(metrics(values))?.series.map(({ metric, series }) => [
      metric,
      series.axis,
      series.last,
    ])
    expect(found).toEqual(expected)
  })

  it('says in words how far it is, and what is no number', () => {
    const told = trainJob({
      progressPercentage: 91,
      estimatedRemainingSeconds: 0,
      lastUpdatedTime: '2026-01-01T00:00:00Z',
      metrics: [{ name: 'loss', value: 'n/a' }, { value: '1' }, null],
    })
    expect(trainerStatusOf(told)?.words).toBe('91 % done, 0 s left, as of 2026-01-01T00:00:00Z, no numbers: loss n/a')
  })

  it.each([[undefined], [trainJob(undefined)], [trainJob('soon')]])('is not there in %j', (object) => {
    expect(trainerStatusOf(object)).toBeUndefined()
  })
})

function run(text: string, status: Readonly<Record<string, string>> = {}): Run {
  const trainerStatus = trainerStatusOf(metrics(status))?.series ?? []
  return { name: 'run', logs: [{ name: 'log', facts: factsOf(text) }], trainerStatus, numbers: new Map(), setting: {} }
}

const log = (more = '') => Array.from({ length: 30 }, (_, step) => `step=${step} loss=${30 - step}${more}`).join('\n')

describe('two runs, of which a TrainJob tells by its status', () => {
  it.each<[string, Run, Run, object]>([
    [
      'a result that no log of its own has, are held against each other in it',
      run(log(' eval_accuracy=0.5')),
      run(log(), { step: '29', eval_accuracy: '0.5' }),
      {
        metric: 'eval accuracy',
        source: 'trainerStatus',
        verdict: 'match',
        shared: 1,
        at: 29,
        v1: 0.5,
        v2: 0.5,
        why: 'v2 by trainerStatus',
      },
    ],
    [
      'another result, differ',
      run(log(' eval_accuracy=0.5')),
      run(log(), { step: '29', eval_accuracy: '0.4' }),
      {
        metric: 'eval accuracy',
        source: 'trainerStatus',
        verdict: 'differs',
        why: 'most at step 29; v2 by trainerStatus',
      },
    ],
    [
      'the one loss there is of v2, are inconclusive: one point is no curve',
      run(log()),
      run('', { step: '10', loss: '20' }),
      {
        metric: 'loss',
        source: 'trainerStatus',
        verdict: 'inconclusive',
        v1: 20,
        v2: 20,
        why: '1 shared, 10 needed; v2 by trainerStatus',
      },
    ],
    [
      'a NaN, differ',
      run(log()),
      run('', { step: '10', loss: 'nan' }),
      {
        metric: 'loss',
        source: 'trainerStatus',
        verdict: 'differs',
        why: 'v2 is NaN from step 10, 1 time; v2 by trainerStatus',
      },
    ],
    [
      'a value without a step, are inconclusive, with both values shown',
      run(log()),
      run('', { loss: '20' }),
      { metric: 'loss', verdict: 'inconclusive', v1: 1, v2: 20, why: 'no common steps; v2 by trainerStatus' },
    ],
    [
      'what both logs tell, are held against each other by their logs',
      run(log()),
      run(log(), { step: '10', loss: '7' }),
      { metric: 'loss', source: 'program', verdict: 'match', shared: 30 },
    ],
    [
      'as two TrainJobs do, are held against each other by both',
      run('', { step: '10', f1: '0.5' }),
      run('', { step: '10', f1: '0.5' }),
      { metric: 'f1', source: 'trainerStatus', verdict: 'match', why: 'v1 and v2 by trainerStatus' },
    ],
    [
      'what v1 cannot tell, have it shown, and lack nothing',
      run(log()),
      run(log(), { step: '10', f1: '0.5' }),
      { metric: 'f1', kind: 'told', source: 'trainerStatus', v2: 0.5, why: 'no data of v1; v2 by trainerStatus' },
    ],
  ])('%s', (_name, v1, v2, expected) => {
    const { rows } = compareRuns(v1, v2, { minSteps: 10, tolerances: new Map(), only: [] })
    const metric = 'metric' in expected ? expected.metric : undefined
    expect(rows.find((row) => row.metric === metric)).toMatchObject(expected)
  })

  it('answer as their logs do where only the status of one has a metric', () => {
    const { overall } = compareRuns(run(log(' step_time=1')), run(log(' step_time=1'), { f1: '0.5' }), {
      ...{ minSteps: 10, tolerances: new Map(), only: [] },
    })
    expect(overall.verdict).toBe('match')
  })
})
