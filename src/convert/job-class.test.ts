import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { v1JobOf } from '../../test/unit/arbitrary/v1-job.ts'
import { runningV1, torchRuntime, v1Job } from '../../test/unit/objects.ts'
import type { KubeObject } from '../kube/object.ts'
import { v1Kinds } from '../v1/kinds.ts'
import type { TrainingRuntime } from '../v2/trainjob.ts'
import { classKey, classOf } from './job-class.ts'

const seed = Number(process.env['MIGRATE_TEST_SEED'] ?? Date.now() % 2 ** 31)
const runtimes = [torchRuntime() as TrainingRuntime]

/** The same job under another name, and with other numbers in its commands. */
function sibling(job: KubeObject, name: string): KubeObject {
  const before = job.metadata.name ?? ''
  const text = JSON.stringify(job).replaceAll(before, name)
  return JSON.parse(text, (key, value: unknown) =>
    key === 'args' && Array.isArray(value)
      ? value.map((word) => (typeof word === 'string' ? word.replace(/\d/g, '7') : word))
      : value,
  ) as KubeObject
}

describe('jobs with one key', () => {
  it('are of one class, whatever their names and the numbers in their arguments', () => {
    const jobs = fc.oneof(
      ...v1Kinds.map(({ kind }) => v1JobOf(kind, { job: 'zebra', duplicates: true, forCluster: false })),
    )
    let alike = 0
    fc.assert(
      fc.property(jobs, (job) => {
        const other = sibling(job, 'cobra')
        if (classKey(other) !== classKey(job)) return
        alike++
        expect(classOf(other, { runtimes })).toEqual(classOf(job, { runtimes }))
      }),
      { seed, numRuns: 60 },
    )
    expect(alike).toBeGreaterThan(10)
  }, 60_000)

  it('do not differ in what the cluster alone writes', () => {
    const job = runningV1('bert')
    const { uid: _, ...metadata } = job.metadata
    const other = { ...job, metadata: { ...metadata, resourceVersion: '7', managedFields: [] }, status: {} }
    expect(classKey(other as KubeObject)).toBe(classKey(job))
  })

  it.each<[what: string, other: KubeObject]>([
    ['kind', v1Job('bert', { kind: 'JAXJob' })],
    ['labels', v1Job('bert', { labels: { a: 'b' } })],
    ['replicas', v1Job('bert', { roles: { Master: 1, Worker: 3 } })],
    ['length of the name', v1Job('bert-large')],
  ])('have the same %s', (_, other) => {
    expect(classKey(other)).not.toBe(classKey(v1Job('bert')))
  })
})
