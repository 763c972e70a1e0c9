import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { convertJob } from '../convert/convert.ts'
import type { TrainingRuntime } from '../v2/trainjob.ts'
import { JobClasses } from './job-classes.ts'

const job = (name: string, namespace: string) => v1Job(name, { kind: 'TFJob', roles: { Worker: 1 }, namespace })
const { runtime } = convertJob(job('a', 'nlp'), { live: true, run: true, toolVersion: 'test' })

describe('classes of jobs that differ in their names alone', () => {
  it('are those of their namespaces, where one has the runtime and the other has not', async () => {
    const classes = new JobClasses(new FakeCluster(), async () => [runtime])
    const found = [
      await classes.of(job('a', 'nlp')),
      await classes.of(job('b', 'vision')),
      await classes.of(job('c', 'nlp')),
    ]
    expect(found.map(({ word }) => word)).toEqual(['Ready', 'NeedsRuntime', 'Ready'])
  })

  it('are found with the runtimes of now once the old ones are forgotten', async () => {
    let runtimes: readonly TrainingRuntime[] = []
    const classes = new JobClasses(new FakeCluster(), async () => runtimes)
    expect((await classes.of(job('a', 'nlp'))).word).toBe('NeedsRuntime')
    runtimes = [runtime]
    expect((await classes.of(job('a', 'nlp'))).word).toBe('NeedsRuntime')
    classes.forget()
    expect((await classes.of(job('a', 'nlp'))).word).toBe('Ready')
  })

  it('ask once what the cluster’s Trainer understands', async () => {
    const cluster = new FakeCluster()
    const classes = new JobClasses(cluster, async () => [])
    for (const name of ['a', 'b', 'c']) await classes.of(job(name, 'nlp'))
    expect(cluster.requests).toBe(1)
  })
})
