import { describe, expect, it } from 'vitest'
import type { Finding } from '../convert/finding.ts'
import { type ConvertRow, convertReport } from './convert.ts'

const stopped: Finding = {
  code: 'workers-stopped-at-success',
  class: 'changed',
  path: 'spec.runPolicy.cleanPodPolicy',
  message: 'pods that still run are stopped',
}

const bert: ConvertRow = {
  source: 'jobs/bert.yaml:1',
  job: 'nlp/bert',
  outcome: 'proved',
  file: 'v2/nlp.bert.yaml',
  pods: 3,
  findings: [stopped],
  runtime: 'v1-pytorch-01ed374c0f',
}
const gpt: ConvertRow = { ...bert, source: 'jobs/gpt.yaml:1', job: 'nlp/gpt', file: 'v2/nlp.gpt.yaml', pods: 1 }
const horovod: ConvertRow = {
  source: 'jobs/hvd.yaml:1',
  job: 'nlp/horovod',
  outcome: 'refused',
  findings: [],
  reason: 'mpi-transport',
}
const chart: ConvertRow = {
  source: 'jobs/chart.yaml:9',
  job: '',
  outcome: 'unreadable',
  findings: [],
  reason: 'template',
}

describe('the report of a convert run', () => {
  it('has a row a job, what changes once for all, and counts; what could not be read is no job', () => {
    expect(convertReport({ rows: [bert, gpt, horovod, chart], others: 2, seconds: 0.214 })).toEqual([
      'jobs/bert.yaml:1    nlp/bert      -> v2/nlp.bert.yaml   proved: 3 pods the same        1 changed',
      'jobs/gpt.yaml:1     nlp/gpt       -> v2/nlp.gpt.yaml    proved: 1 pod the same         1 changed',
      'jobs/hvd.yaml:1     nlp/horovod                         not converted: mpi-transport',
      'jobs/chart.yaml:9                                       not read: template',
      '',
      ' changed  workers-stopped-at-success   2 jobs: spec.runPolicy.cleanPodPolicy: pods that still run are stopped',
      '',
      '3 jobs: 2 proved (2 with changes), 1 not converted, 1 source not read, 2 objects of other kinds passed through.  ' +
        '1 runtime (v1-pytorch-01ed374c0f serves 2 jobs)      0.21 s',
    ])
  })

  it('is not needed beside the error of the one thing there was', () => {
    expect(convertReport({ rows: [chart], others: 0, seconds: 0 })).toEqual([])
    expect(convertReport({ rows: [horovod], others: 0, seconds: 0 })).toEqual([])
    expect(convertReport({ rows: [bert], others: 0, seconds: 0 })).not.toEqual([])
  })

  it('stands below one another on a terminal of 40', () => {
    expect(convertReport({ rows: [bert, chart], others: 0, seconds: 0.01, width: 40 })).toEqual([
      'jobs/bert.yaml:1',
      '  nlp/bert',
      '  -> v2/nlp.bert.yaml',
      '  proved: 3 pods the same',
      '  1 changed',
      'jobs/chart.yaml:9',
      '  not read: template',
      '',
      'changed  workers-stopped-at-success',
      'nlp/bert: spec.runPolicy.cleanPodPolicy:',
      'pods that still run are stopped',
      '',
      '1 job: 1 proved (1 with changes), 1',
      'source not read.  1 runtime      0.01 s',
    ])
  })
})
