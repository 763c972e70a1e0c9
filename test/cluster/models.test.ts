import { describe, expect, it } from 'vitest'
import { convertJob } from '../../src/convert/convert.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { Problem } from '../../src/problem.ts'
import { parseV1Job } from '../../src/v1/job.ts'
import { parsedJob } from '../unit/pytorch-manifest.ts'
import { asCase, corpusJobs, goldenJobs, randomJobs, seed } from './cases.ts'
import {
  compareV1,
  compareV2,
  createAll,
  type Predicted,
  predictedBy,
  trainingNamespace,
  useAccounts,
} from './differential.ts'
import { handMade, unnamedPorts } from './hand-made-runtimes.ts'
import { cluster } from './harness.ts'
import { refusedJobs } from './refused-jobs.ts'

const say = (line: string): void => console.error(line)
const inNamespace = (object: KubeObject, namespace: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, namespace },
})

/** Creates jobs, reads the pods Training Operator makes of them, and returns what the model says otherwise. */
async function disagreementsOfV1(objects: readonly KubeObject[], validate?: 'ignore'): Promise<readonly string[]> {
  const on = cluster()
  const namespace = await trainingNamespace()
  await useAccounts(namespace, objects)
  expect(await createAll(on, namespace, objects, validate)).toEqual([])
  const jobs = objects.map((object) => parsedJob(inNamespace(object, namespace)))
  const comparison = await compareV1(on, namespace, jobs)
  say(`v1: ${jobs.length} jobs, ${comparison.counts}`)
  expect(comparison.objects).toBeGreaterThanOrEqual(jobs.length)
  return comparison.found.slice(0, 40)
}

/** Creates TrainJobs, reads their JobSets and pods, and returns what the model says otherwise. */
async function disagreementsOfV2(make: (namespace: string) => readonly Predicted[]): Promise<readonly string[]> {
  const on = cluster()
  const namespace = await trainingNamespace()
  const cases = make(namespace)
  await useAccounts(namespace, cases)
  const { jobSets, pods } = await compareV2(on, namespace, cases)
  const runtimes = new Set(cases.map(({ runtime }) => runtime.metadata.name)).size
  say(`v2: ${cases.length} jobs on ${runtimes} runtimes, JobSets ${jobSets.counts}, pods ${pods.counts}`)
  expect([jobSets.objects, pods.objects]).toEqual([cases.length, cases.flatMap((each) => each.pods).length])
  return [...jobSets.found, ...pods.found].slice(0, 40)
}

/** Conversions of jobs, MPIJobs by turns each way; those that are refused are said, and must be refused for what v2 cannot do. */
function conversions(objects: readonly KubeObject[], namespace: string): Predicted[] {
  return objects.flatMap((object, at) => {
    try {
      return [predictedBy(convertJob(object, { ...asCase(at), namespace }))]
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      expect(['not-proved', 'container-name-taken']).toContain(error.data.code)
      say(`${object.metadata.name} is refused: ${error.data.why}`)
      return []
    }
  })
}

describe(`the v1 model (MIGRATE_TEST_SEED=${seed})`, { timeout: 300_000 }, () => {
  it('predicts the pods of the golden jobs', async () => {
    expect(await disagreementsOfV1(goldenJobs())).toEqual([])
  })

  it('predicts the pods of random jobs', async () => {
    expect(await disagreementsOfV1(randomJobs())).toEqual([])
  })

  it('predicts the pods of jobs that others wrote', async ({ skip }) => {
    const { jobs, left } = corpusJobs()
    for (const reason of left) say(`not looked at: ${reason}`)
    if (jobs.length === 0) skip(left.join('; '))
    expect(await disagreementsOfV1(jobs, 'ignore')).toEqual([])
  })

  it('refuses what Training Operator’s webhook refuses', async () => {
    const on = cluster()
    const namespace = await trainingNamespace()
    for (const [what, object] of refusedJobs) {
      const { code, stderr } = await on.kubectl(['create', '--dry-run=server', '--validate=ignore', '-f', '-'], {
        namespace,
        input: JSON.stringify(object),
      })
      expect([what, code !== 0, 'problems' in parseV1Job(object)], stderr).toEqual([what, true, true])
    }
  })
})

describe(`the v2 model (MIGRATE_TEST_SEED=${seed})`, { timeout: 300_000 }, () => {
  it('predicts JobSets and pods of the golden jobs, converted', async () => {
    expect(await disagreementsOfV2((namespace) => conversions(goldenJobs(), namespace))).toEqual([])
  })

  it('predicts JobSets and pods of random jobs, converted', async () => {
    expect(await disagreementsOfV2((namespace) => conversions(randomJobs(), namespace))).toEqual([])
  })

  it('predicts JobSets and pods of jobs that others wrote, converted', async ({ skip }) => {
    const { jobs, left } = corpusJobs()
    if (jobs.length === 0) skip(left.join('; '))
    expect(await disagreementsOfV2((namespace) => conversions(jobs, namespace))).toEqual([])
  })

  it('predicts JobSets and pods of runtimes made by hand', async () => {
    expect(await disagreementsOfV2(handMade)).toEqual([])
  })

  it('predicts two like ports where a runtime has two without names, which the API server refuses', async () => {
    const on = cluster()
    const namespace = await trainingNamespace()
    const { trainJob, runtime, jobSet } = unnamedPorts
    const [job] = jobSet.replicatedJobs
    expect(job?.template.spec.template.spec.containers[0]?.ports).toEqual([
      { containerPort: 90 },
      { containerPort: 90 },
    ])
    expect(await createAll(on, namespace, [runtime, trainJob])).toEqual([])
    const refusal = await on.waitFor('the event that tells', async () => {
      const reason = 'reason=TrainJobResourcesCreationFailed'
      const { items } = await on.get<{ items: { message?: string; note?: string }[] }>(
        ['events', '--field-selector', reason],
        { namespace },
      )
      return items[0]?.message
    })
    expect(refusal).toContain('duplicate entries for key [containerPort=90,protocol="TCP"]')
  })
})
