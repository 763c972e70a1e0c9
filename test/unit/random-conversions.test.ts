import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { convertJob } from '../../src/convert/convert.ts'
import { clone, stableJson } from '../../src/kube/clone.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { Problem } from '../../src/problem.ts'
import { v1Kinds } from '../../src/v1/kinds.ts'
import { pytorchJob } from './arbitrary/pytorchjob.ts'
import { v1JobOf } from './arbitrary/v1-job.ts'
import { hasField, usual } from './conversions.ts'

const seed = Number(process.env['MIGRATE_TEST_SEED'] ?? Date.now() % 2 ** 31)
const numRuns = 2000

/** Fields that a finding may be about though nobody wrote them: v1 has a default for them. */
const defaulted = /^spec\.(runPolicy\.(cleanPodPolicy|suspend)|\w+ReplicaSpecs\.\w+\.restartPolicy)$/

/** What a conversion names in the job: of a refused one the field it is about, else those of its findings. */
function named(object: KubeObject): { readonly refused: boolean; readonly paths: readonly string[] } {
  try {
    const { proof, findings } = convertJob(object, { ...usual, accept: ['literal-host', 'pod-host-name'] })
    expect(proof.same).toBe(true)
    return { refused: false, paths: findings.map(({ path }) => path) }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    expect(['lost', 'not-proved']).toContain(error.data.code)
    return { refused: true, paths: [error.data.where ?? ''] }
  }
}

type Place = readonly [owner: Record<string, unknown>, key: string]

/** Every place in the metadata and the spec of a job where a value stands. */
function placesOf({ metadata, spec }: KubeObject): Place[] {
  const places: Place[] = []
  const visit = (owner: Record<string, unknown>): void => {
    for (const [key, value] of Object.entries(owner)) {
      places.push([owner, key])
      if (typeof value === 'object' && value !== null) visit(value as Record<string, unknown>)
    }
  }
  visit({ metadata, spec })
  return places.filter(([, key]) => key !== 'metadata' && key !== 'spec')
}

describe(`random PyTorchJobs (MIGRATE_TEST_SEED=${seed})`, () => {
  it('are converted with the same pods, or refused; either names fields that the job has', () => {
    let refused = 0
    fc.assert(
      fc.property(pytorchJob({ job: 'train', duplicates: true, forCluster: false }), (object) => {
        const before = stableJson(object)
        const outcome = named(object)
        if (outcome.refused) refused++
        const absent = outcome.paths.filter((path) => !defaulted.test(path) && !hasField(object, path))
        expect(absent).toEqual([])
        expect(stableJson(object)).toBe(before)
        expect(named(object)).toEqual(outcome)
      }),
      { seed, numRuns },
    )
    expect(refused).toBeGreaterThan(0)
    expect(refused).toBeLessThan(numRuns / 4)
  }, 60_000)

  it('with any value in any place are converted or refused, and nothing else', () => {
    const strange = fc.constantFrom<unknown>(null, 1, 0.5, 'x', '', true, [], {}, [null], [1], ['a'], { a: 1 }, [{}])
    fc.assert(
      fc.property(fc.constantFrom(...v1Kinds), fc.infiniteStream(fc.nat()), strange, (info, numbers, value) => {
        const [at = 0, drawSeed = 0] = [...numbers.take(2)]
        const context = { job: 'train', duplicates: true, forCluster: false }
        const [object] = fc.sample(v1JobOf(info.kind, context), { seed: drawSeed, numRuns: 1 }) as [KubeObject]
        const copy = clone(object)
        const places = placesOf(copy)
        const [owner, key] = places[at % places.length] ?? [{}, '']
        owner[key] = value
        try {
          convertJob(copy, { ...usual, mpi: 'exec' })
        } catch (error) {
          if (!(error instanceof Problem)) throw error
        }
      }),
      { seed, numRuns: 600 },
    )
  }, 60_000)

  it('of one shape share a runtime, whatever they are called', () => {
    const shape = pytorchJob({ job: 'train', duplicates: false, forCluster: true })
    fc.assert(
      fc.property(shape, (object) => {
        // a job that writes its own host names is of its own; a rule about pods of a job by name means others when that is renamed
        fc.pre(!/train-(master|worker)-|training\.kubeflow\.org\/job-name/.test(stableJson(object)))
        const renamed = { ...object, metadata: { ...object.metadata, name: 'other', namespace: 'elsewhere' } }
        const accept = ['pod-host-name', 'v1-label-selector']
        try {
          const first = convertJob(object, { ...usual, accept })
          const second = convertJob(renamed, { ...usual, accept })
          expect(second.runtime.metadata.name).toBe(first.runtime.metadata.name)
          expect(second.runtime.spec).toEqual(first.runtime.spec)
        } catch (error) {
          if (!(error instanceof Problem)) throw error
        }
      }),
      { seed, numRuns: 300 },
    )
  }, 60_000)
})
