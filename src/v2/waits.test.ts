import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kube/object.ts'
import { waitsOf } from './waits.ts'

function jobSet(...dependsOn: readonly object[]): KubeObject {
  return {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: {},
    spec: { replicatedJobs: [{ name: 'data' }, { name: 'node' }, { name: 'launcher', dependsOn }] },
  }
}

const role = (name: string, desired: number | undefined, ready: number | undefined, succeeded = 0) => ({
  role: name,
  desired,
  ready,
  succeeded,
})

describe('what a replicated job waits for', () => {
  const [complete, ready] = [
    { name: 'data', status: 'Complete' },
    { name: 'node', status: 'Ready' },
  ]

  it.each([
    ['pods that are not ready', [ready], [role('node', 2, 1)], 'node'],
    ['pods that have not ended', [complete], [role('data', 1, 1)], 'data'],
    ['the first of two', [complete, ready], [role('data', 1, 1), role('node', 2, 0)], 'data'],
    ['nothing: all are ready', [ready], [role('node', 2, 2)], undefined],
    ['nothing: some are ready, and the others done', [ready], [role('node', 2, 1, 1)], undefined],
    ['nothing: it is complete', [complete], [role('data', 1, 0, 1)], undefined],
    ['nothing that is known: how many there should be is not', [ready], [role('node', undefined, 0)], undefined],
    ['nothing that is known: whether they are ready is not', [ready], [role('node', 2, undefined)], undefined],
    ['nothing that is there', [{ name: 'gone', status: 'Ready' }], [role('node', 2, 0)], undefined],
    ['nothing', [], [role('node', 2, 0)], undefined],
  ])('is %s', (_, dependsOn, roles, expected) => {
    expect(waitsOf(jobSet(...dependsOn), roles).get('launcher')).toBe(expected)
  })

  it('is nothing where the JobSet has nothing in it', () => {
    expect(waitsOf({ apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', metadata: {} }, []).size).toBe(0)
  })
})
