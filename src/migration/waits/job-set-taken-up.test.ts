import { describe, expect, it } from 'vitest'
import { factsOf, planOf, renderedJobSet } from '../../../test/unit/cutover-world.ts'
import type { KubeEvent } from '../../kube/event.ts'
import type { KubeObject } from '../../kube/object.ts'
import { jobSetTakenUp } from './job-set-taken-up.ts'

const plan = planOf()
const suspended = renderedJobSet(plan, true)
const withCondition = (jobSet: KubeObject, status: string) => ({
  ...jobSet,
  status: { conditions: [{ type: 'Suspended', status }], restarts: 0 },
})
const refused = (uid: string): KubeEvent => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'bert.1' },
  type: 'Warning',
  reason: 'JobCreationFailed',
  message: 'job "bert-node-0" creation failed with error: jobs.batch "bert-node-0" is forbidden: exceeded quota',
  involvedObject: { kind: 'JobSet', name: 'bert', uid },
})

const waits = { waiting: 'JobSet’s controller has not taken up JobSet bert yet' }
const done = { done: 'JobSet’s controller has taken it up' }

describe('whether JobSet’s controller has taken up a suspended JobSet', () => {
  it.each<[string, Partial<Parameters<typeof factsOf>[0]>, object]>([
    ['nobody wrote its status', { jobSet: suspended }, waits],
    ['its status says that it is suspended', { jobSet: withCondition(suspended, 'True') }, done],
    ['its status is older than its suspension', { jobSet: withCondition(suspended, 'False') }, waits],
    ['it was resumed: its pods tell', { jobSet: renderedJobSet(plan, false) }, done],
    [
      'its Jobs are refused',
      { jobSet: suspended, events: [refused('uid-jobset')] },
      {
        waiting:
          'JobSet’s controller cannot make the Jobs of JobSet bert: job "bert-node-0" creation failed with error: jobs.batch "bert-node-0" is forbidden: exceeded quota',
      },
    ],
    ['Jobs of another that had the name were refused', { jobSet: suspended, events: [refused('uid-former')] }, waits],
  ])('%s', (_, facts, progress) => {
    expect(jobSetTakenUp(factsOf(facts))).toEqual(progress)
  })
})
