import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { v1JobOf } from '../../test/unit/arbitrary/v1-job.ts'
import { stableJson } from '../kube/clone.ts'
import { formatFieldPath, type PathStep } from '../kube/field-path.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { Problem } from '../problem.ts'
import { parseV1Job } from '../v1/job.ts'
import { v1Kinds } from '../v1/kinds.ts'
import { v1Pods } from '../v1/pods.ts'
import { dialects } from '../v2/dialects/index.ts'
import { lostCodes } from './codes.ts'
import { type Conversion, type ConvertOptions, convertJob } from './convert.ts'

const seed = Number(process.env['MIGRATE_TEST_SEED'] ?? Date.now() % 2 ** 31)
/** random jobs over all kinds and all properties; scripts/test asks for more */
const jobs = Number(process.env['MIGRATE_TEST_JOBS'] ?? 3000)
const context = { job: 'train', duplicates: true, forCluster: false }

interface Drawn {
  readonly object: KubeObject
  readonly options: ConvertOptions
}

const drawn = fc
  .record({
    object: fc.oneof(...v1Kinds.map(({ kind }) => v1JobOf(kind, context))),
    mpi: fc.constantFrom('exec', 'ssh'),
    dialect: fc.constantFrom(...dialects),
    podLabels: fc.constantFrom(undefined, undefined, 'v1'),
    gangScheduler: fc.constantFrom(undefined, undefined, 'none', 'volcano', 'scheduler-plugins-scheduler'),
    live: fc.boolean(),
    run: fc.boolean(),
  })
  .map(({ object, ...options }): Drawn => ({ object, options: { ...options, toolVersion: 'test' } }))

/** Draws that many jobs, half of all, and calls back for each; the seed is in the message of a failure. */
function forJobs(visit: (drawn: Drawn) => void): void {
  fc.assert(fc.property(drawn, visit), { seed, numRuns: Math.ceil(jobs / 2) })
}

/** A conversion, or the problem that refused it. */
function attempt({ object, options }: Drawn, accept: readonly string[]): Conversion | Problem {
  try {
    return convertJob(object, { ...options, accept })
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

describe('any valid job of any kind, in any dialect', () => {
  it('is converted with the same pods but for what findings tell, alike each time, and is not changed itself', () => {
    let count = 0
    forJobs((each) => {
      const before = stableJson(each.object)
      const converted = attempt(each, lostCodes)
      if (converted instanceof Problem) {
        expect(mayBeRefused(each, converted.data.code), `${converted.data.code}: ${converted.data.why}`).toBe(true)
        return
      }
      count++
      expect(converted.proof.differences).toEqual([])
      expect(stableJson(attempt(each, lostCodes))).toBe(stableJson(converted))
      expect(stableJson(each.object)).toBe(before)
    })
    expect(count).toBeGreaterThan(jobs * 0.4)
  }, 300_000)

  it('loses no value in silence: one with a mark is in the output, or a finding names its path', () => {
    let marked = 0
    const withMark = fc.tuple(drawn, fc.nat())
    fc.assert(
      fc.property(withMark, ([each, at]) => {
        const paths = markable(each.object)
        const path = paths[at % Math.max(paths.length, 1)]
        if (!path) return
        const converted = attempt({ ...each, object: marking(each.object, path) }, lostCodes)
        if (converted instanceof Problem) {
          // a mark may make a job that v1 would refuse
          expect(['invalid-job', 'not-proved', 'container-name-taken']).toContain(converted.data.code)
          return
        }
        marked++
        const { trainJob, runtime, extras, findings } = converted
        const told = findings.some((finding) => formatFieldPath(path).startsWith(finding.path))
        if (!told) expect(JSON.stringify([trainJob, runtime, extras]), formatFieldPath(path)).toContain(mark)
      }),
      { seed, numRuns: Math.ceil(jobs / 2) },
    )
    expect(marked).toBeGreaterThan(jobs / 4)
  }, 300_000)
})

/** Whether the job is one of the few that v2 cannot keep: refused by name, never converted otherwise. */
function mayBeRefused({ object, options }: Drawn, code: string): boolean {
  const text = JSON.stringify(object)
  if (code === 'container-name-taken') return options.mpi === 'ssh' && text.includes('"name":"node"')
  return code === 'not-proved' && (ofOneSide.test(text) || leansOnReplaced(object))
}

/** Values that only one side's pods have: v1's labels as fields, and v2's helper variables. */
const ofOneSide = /labels\['training\.kubeflow\.org\/replica-index'\]|\$\(JOBSET_NAME\)/

/**
 * Whether a value takes another of its list, `$(NAME)`, that a later one of that name replaces: v1's pods have both, and Trainer keeps
 * one variable of a name. Such a job is refused.
 */
function leansOnReplaced(object: KubeObject): boolean {
  const parsed = parseV1Job(object)
  if ('problems' in parsed) return false
  return v1Pods(parsed.job).some(({ spec }) =>
    [...spec.containers, ...(spec.initContainers ?? [])].some(({ env = [] }) => {
      const names = env.map(({ name }) => name)
      return env.some(({ value = '' }, at) =>
        names.slice(0, at).some((name) => value.includes(`$(${name})`) && names.lastIndexOf(name) >= at),
      )
    }),
  )
}

const mark = 'zqmarkqz'

/** Words that a conversion reads and acts upon instead of copying them. */
const words =
  /^spec\.(successPolicy|mainContainer|cleanPodPolicy|runPolicy\.cleanPodPolicy|\w+ReplicaSpecs\.\w+\.restartPolicy)$/

/** Training Operator gives its pods their names itself. */
const unread = /\.template\.metadata\.(name|namespace)$/

/** Paths of the texts of a job that a mark can be put into. */
function markable(object: KubeObject): PathStep[][] {
  const paths: PathStep[][] = []
  const visit = (value: unknown, path: PathStep[]): void => {
    if (typeof value === 'string') paths.push(path)
    else if (Array.isArray(value)) for (const [at, item] of value.entries()) visit(item, [...path, at])
    else if (isRecord(value)) for (const [key, item] of Object.entries(value)) visit(item, [...path, key])
  }
  visit(object['spec'], ['spec'])
  visit(object.metadata.labels, ['metadata', 'labels'])
  visit(object.metadata.annotations, ['metadata', 'annotations'])
  return paths.filter((path) => !words.test(formatFieldPath(path)) && !unread.test(formatFieldPath(path)))
}

/** The job with the mark behind the text at the path. */
function marking(object: KubeObject, path: readonly PathStep[]): KubeObject {
  const [key, ...rest] = path
  if (key === undefined) return object
  const change = (value: unknown, [step, ...further]: readonly PathStep[]): unknown => {
    if (step === undefined) return `${value}${mark}`
    if (Array.isArray(value)) return value.map((item, at) => (at === step ? change(item, further) : item))
    return isRecord(value) ? { ...value, [step]: change(value[step], further) } : value
  }
  return { ...object, [key]: change(object[key as string], rest) }
}
