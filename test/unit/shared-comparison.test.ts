import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePods, type PodDifference } from '../../src/compare/pods.ts'
import { lostCodes } from '../../src/convert/codes.ts'
import { convertJob } from '../../src/convert/convert.ts'
import type { ModelPod } from '../../src/kube/model-pod.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { Problem } from '../../src/problem.ts'
import { parseV1Job } from '../../src/v1/job.ts'
import { v1Kinds } from '../../src/v1/kinds.ts'
import { v1Pods } from '../../src/v1/pods.ts'
import { v1JobOf } from './arbitrary/v1-job.ts'

const seed = Number(process.env['MIGRATE_TEST_SEED'] ?? Date.now() % 2 ** 31)

type Path = readonly (string | number)[]

/** Where the leaves of a pod stand that its comparison reads. */
function leafPaths(value: unknown, path: Path = []): Path[] {
  if (value === undefined || value === null) return []
  if (typeof value !== 'object') return [path]
  const steps = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return steps.flatMap((step) => leafPaths((value as Record<string | number, unknown>)[step], [...path, step]))
}

/** The value with one leaf changed; all that does not hold this leaf stays the same object, as in pods of one template. */
function changed(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return typeof value === 'string' ? `${value}$(RANK)x` : 7_654_321
  const inner = changed((value as Record<string | number, unknown>)[step], rest)
  return Array.isArray(value) ? value.with(Number(step), inner) : { ...(value as object), [step]: inner }
}

/** What differs by all values of all pairs, none of them taken as known. */
function plainly({ pairs }: ReturnType<typeof comparePods>): PodDifference[] {
  return pairs.flatMap(({ label, rank, leaves }) =>
    leaves.flatMap(({ verdict, path, v1, v2 }) =>
      verdict === 'different'
        ? [{ pod: label, rank, path, ...(v1 === undefined ? {} : { v1 }), ...(v2 === undefined ? {} : { v2 }) }]
        : [],
    ),
  )
}

/** The pods that v2 makes of a job; none where it is not converted. */
function converted(object: KubeObject): readonly ModelPod[] {
  try {
    const options = { live: false, run: true, mpi: 'exec', accept: lostCodes, toolVersion: 'v0' } as const
    return convertJob(object, options).proof.v2
  } catch (error) {
    if (error instanceof Problem) return []
    throw error
  }
}

describe(`pods of one role, whose shared values are compared once (MIGRATE_TEST_SEED=${seed})`, () => {
  it('differ in what they differ in when each is compared in full, whichever leaf of whichever pod is another', () => {
    let differing = 0
    const draw = fc.tuple(fc.constantFrom(...v1Kinds), fc.nat(), fc.nat(), fc.nat())
    fc.assert(
      fc.property(draw, ([{ kind }, drawSeed, podAt, leafAt]) => {
        const jobs = v1JobOf(kind, { job: 'train', duplicates: true, forCluster: false })
        const [object] = fc.sample(jobs, { seed: drawSeed, numRuns: 1 })
        const parsed = object && parseV1Job(object)
        if (!parsed || !('job' in parsed) || parsed.job.total === 0) return
        const pods = v1Pods(parsed.job)
        const at = podAt % pods.length
        const { spec, labels, annotations, finalizers } = pods[at] ?? {}
        const paths = leafPaths({ spec, labels, annotations, finalizers })
        const other = pods.with(at, changed(pods[at], paths[leafAt % paths.length] ?? []) as (typeof pods)[number])
        // the same texts, some of which name a pod on one side only
        const elsewhere = other.map((pod) => ({ ...pod, addresses: pod.addresses.map((name) => `x${name}`) }))
        const v2 = converted(object)
        for (const comparison of [
          comparePods(pods, other),
          comparePods(other, pods),
          comparePods(pods, v1Pods(parsed.job)),
          comparePods(pods, elsewhere),
          comparePods(elsewhere, pods),
          comparePods(pods, v2),
          comparePods(other, v2),
        ]) {
          const ofPairs = comparison.differences.filter(({ path }) => path !== 'pod')
          expect(ofPairs).toEqual(plainly(comparison))
          differing += comparison.differences.length
        }
      }),
      { seed, numRuns: 100 },
    )
    expect(differing).toBeGreaterThan(0)
  }, 60_000)
})
