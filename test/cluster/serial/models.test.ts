import { describe, expect, it } from 'vitest'
import { type Conversion, convertJob } from '../../../src/convert/convert.ts'
import type { KubeObject } from '../../../src/kube/object.ts'
import { Problem } from '../../../src/problem.ts'
import { parseV1Job } from '../../../src/v1/job.ts'
import { parsedJob } from '../../unit/pytorch-manifest.ts'
import { asCase, corpusJobs, goldenJobs, randomJobs, seed, seldomJobs } from '../cases.ts'
import {
  compareV1,
  compareV2,
  createAll,
  type Predicted,
  predictedBy,
  trainingNamespace,
  useAccounts,
} from '../differential.ts'
import { handMade, unnamedPorts } from '../hand-made-runtimes.ts'
import { cluster } from '../harness.ts'
import { parity } from '../parity.ts'
import { refusedJobs } from '../refused-jobs.ts'

const say = (line: string): void => console.error(line)
const inNamespace = (object: KubeObject, namespace: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, namespace },
})

/** Creates TrainJobs, reads their JobSets and pods, and returns what the model says otherwise, and the pods. */
async function madeOfV2(namespace: string, cases: readonly Predicted[]) {
  const { jobSets, pods, live } = await compareV2(cluster(), namespace, cases)
  const runtimes = new Set(cases.map(({ runtime }) => runtime.metadata.name)).size
  say(`v2: ${cases.length} jobs on ${runtimes} runtimes, JobSets ${jobSets.counts}, pods ${pods.counts}`)
  expect([jobSets.objects, pods.objects]).toEqual([cases.length, cases.flatMap((each) => each.pods).length])
  return { disagreements: [...jobSets.found, ...pods.found].slice(0, 40), live }
}

/** Conversions of jobs, MPIJobs by turns each way; those that are refused are said, and must be refused for what v2 cannot do. */
function conversions(objects: readonly KubeObject[], namespace: string): Conversion[] {
  return objects.flatMap((object, at) => {
    try {
      return [convertJob(object, { ...asCase(at), namespace })]
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      expect(['not-proved', 'container-name-taken']).toContain(error.data.code)
      say(`${object.metadata.name} is refused: ${error.data.why}`)
      return []
    }
  })
}

/**
 * Runs jobs on v1 and, converted, on v2: what each model says otherwise than its operators, and where the pods of the two sides differ
 * without a finding that tells.
 */
async function differencesOf(objects: readonly KubeObject[], validate?: 'ignore') {
  const on = cluster()
  const namespace = await trainingNamespace()
  const converted = conversions(objects, namespace)
  const cases = converted.map(predictedBy)
  await useAccounts(namespace, [...objects, ...cases])
  expect(await createAll(on, namespace, objects, validate)).toEqual([])
  const jobs = objects.map((object) => parsedJob(inNamespace(object, namespace)))
  const { comparison: v1, live } = await compareV1(on, namespace, jobs)
  say(`v1: ${jobs.length} jobs, ${v1.counts}`)
  expect(v1.objects).toBeGreaterThanOrEqual(jobs.length)

  const v2 = await madeOfV2(namespace, cases)
  const { unexplained, counts } = parity(converted, live, v2.live)
  say(`parity: ${counts}`)
  return { v1Model: v1.found.slice(0, 40), v2Model: v2.disagreements, parity: unexplained.slice(0, 40) }
}

describe('the v1 model', () => {
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

describe('the v2 model', { timeout: 1_200_000 }, () => {
  it('predicts JobSets and pods of runtimes made by hand', async () => {
    const namespace = await trainingNamespace()
    const cases = handMade(namespace)
    await useAccounts(namespace, cases)
    expect((await madeOfV2(namespace, cases)).disagreements).toEqual([])
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

const none = { v1Model: [], v2Model: [], parity: [] }

describe(`pods are as both models say, and the same on both sides, of (MIGRATE_TEST_SEED=${seed})`, {
  timeout: 1_200_000,
}, () => {
  it('the golden jobs, and jobs with fields that few use', async () => {
    expect(await differencesOf([...goldenJobs(), ...seldomJobs()])).toEqual(none)
  })

  it('jobs that others wrote', async ({ skip }) => {
    const { jobs, left } = corpusJobs()
    for (const reason of left) say(`not looked at: ${reason}`)
    if (jobs.length === 0) skip(left.join('; '))
    expect(await differencesOf(jobs, 'ignore')).toEqual(none)
  })

  // last: for minutes the operators are busy with the removal of its thousand pods
  it('random jobs', async () => {
    expect(await differencesOf(randomJobs())).toEqual(none)
  })
})
