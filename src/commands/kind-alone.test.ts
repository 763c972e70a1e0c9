import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { runVerb } from '../../test/unit/run-verb.ts'

const verbs = ['start', 'cutover', 'rollback', 'finalize', 'status', 'diff', 'logs', 'compare', 'convert']

describe('a kind of job without a name', () => {
  it.each(verbs)('%s says what is missing, before it asks for anything or looks for a job', async (verb) => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
    const { code, out, err } = await runVerb([verb, 'job'], { cluster })
    const looked = cluster.log.filter((line) => !line.startsWith('get /openapi/'))
    expect([code, out, err, looked]).toEqual([
      2,
      [],
      [
        'error: "job" is a kind of job, and no name follows it',
        '       write job NAME; a job that is itself called job is job/job',
        '       kubectl migrate list   (jobs of the namespace)',
      ],
      [],
    ])
  })
})
