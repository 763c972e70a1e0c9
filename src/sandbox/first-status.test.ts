import { expect, it } from 'vitest'
import { firstStatus } from './first-status.ts'
import { servedAs } from './served.ts'

const object = (spec: object) => ({ apiVersion: 'v1', kind: 'Any', metadata: { name: 'x' }, spec })

it.each([
  ['namespaces', {}, { phase: 'Active' }],
  ['persistentvolumeclaims', {}, { phase: 'Pending' }],
  ['pods', { containers: [] }, { phase: 'Pending' }],
  ['pods', { containers: [], schedulingGates: [] }, { phase: 'Pending' }],
  ['configmaps', {}, undefined],
  // its own API server fills in nothing: what is there is its operator's
  ['pytorchjobs.kubeflow.org', {}, undefined],
] as const)('the first status of %s with %j is %j', (resource, spec, status) => {
  expect(firstStatus(servedAs(resource), object(spec))).toEqual(status)
})

it('of a pod that may not be scheduled yet says why', () => {
  expect(firstStatus(servedAs('pods'), object({ schedulingGates: [{ name: 'example.com/gate' }] }))).toEqual({
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        lastProbeTime: null,
        lastTransitionTime: null,
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ],
  })
})
