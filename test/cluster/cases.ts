import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { lostCodes } from '../../src/convert/codes.ts'
import type { ConvertOptions } from '../../src/convert/convert.ts'
import { clone } from '../../src/kube/clone.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { readDocuments } from '../../src/kube/yaml.ts'
import { parseV1Job } from '../../src/v1/job.ts'
import { isV1Job, type KindInfo, kindInfo, v1Kinds } from '../../src/v1/kinds.ts'
import { goldenCases } from '../golden/cases.ts'
import { v1JobOf } from '../unit/arbitrary/v1-job.ts'
import { repository } from './folders.ts'

/** Of all random jobs: printed by every test that draws some. */
export const seed = Number(process.env['MIGRATE_TEST_SEED'] ?? Date.now() % 2 ** 31)

/** How many random jobs a test draws, of all kinds in turn. */
const drawn = Number(process.env['MIGRATE_TEST_CLUSTER_JOBS'] ?? 200)

/** Random jobs that the API server takes, `pytorch0`, `tf1`, `mpi2`, ... */
export function randomJobs(count = drawn): KubeObject[] {
  return Array.from({ length: count }, (_, at) => {
    const { kind } = v1Kinds[at % v1Kinds.length] as KindInfo
    const job = `${kind.toLowerCase().replace(/job$/, '')}${at}`
    const context = { job, duplicates: false, forCluster: true }
    return fc.sample(v1JobOf(kind, context), { seed: seed + at, numRuns: 1 })[0] as KubeObject
  })
}

/** How a test converts its job number `at`: MPIJobs by turns over kubectl exec and over ssh. */
export function asCase(at: number): ConvertOptions {
  return {
    // so that all that can be made of a job is looked at
    accept: lostCodes,
    mpi: Math.floor(at / v1Kinds.length) % 2 === 0 ? 'exec' : 'ssh',
    // as the operator of the test cluster runs
    gangScheduler: 'none',
    live: false,
    run: false,
    toolVersion: 'test',
  }
}

/** The inputs of test/golden/convert, under their folders' names. */
export function goldenJobs(): KubeObject[] {
  return goldenCases().map(({ name, object }) => runnable(object, name))
}

/** Jobs with fields that few use, of seldom-fields.yaml: each of them is converted for every release. */
export function seldomJobs(): KubeObject[] {
  const file = join(import.meta.dirname, 'seldom-fields.yaml')
  return readDocuments(readFileSync(file), file).map(({ object }) => object as KubeObject)
}

/** Fields that name a class of the cluster's, which this one does not have. */
const classes = ['priorityClassName', 'preemptionPolicy', 'runtimeClassName']

type Replicas = Record<string, { template?: { spec?: Record<string, unknown> } }>

/** A job under another name that runs at once, in any namespace. */
function runnable(object: KubeObject, name: string): KubeObject {
  const copy = clone(object)
  copy.metadata = { ...copy.metadata, name }
  delete copy.metadata.generateName
  delete copy.metadata.namespace
  const { runPolicy, [kindInfo(object.kind)?.specKey ?? '']: replicas = {} } = copy['spec'] as {
    runPolicy?: { suspend?: boolean }
    [specKey: string]: unknown
  }
  delete runPolicy?.suspend
  for (const { template } of Object.values(replicas as Replicas)) {
    for (const field of classes) delete template?.spec?.[field]
  }
  return copy
}

export interface Corpus {
  readonly jobs: readonly KubeObject[]
  /** why the others, or all, are not looked at */
  readonly left: readonly string[]
}

/**
 * Jobs that others wrote, from the folder MIGRATE_TEST_CORPUS names and those in it, `c0`, `c1`, ...: manifests that need no rendering
 * and that v1 would run.
 */
export function corpusJobs(): Corpus {
  const folder = process.env['MIGRATE_TEST_CORPUS'] ?? join(repository, '..', 'shared', 'corpus', 'v1')
  if (!existsSync(folder)) return { jobs: [], left: ['MIGRATE_TEST_CORPUS names no folder of manifests'] }
  const jobs: KubeObject[] = []
  const left: string[] = []
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.(ya?ml|json)$/.test(file)) continue
    for (const { object, problem } of readDocuments(readFileSync(join(folder, file)), file)) {
      if (problem) left.push(`${file}: ${problem.data.what}`)
      if (!object || !isV1Job(object)) continue
      const job = runnable(object as unknown as KubeObject, `c${jobs.length}`)
      const parsed = parseV1Job(job)
      if ('job' in parsed) jobs.push(job)
      else left.push(`${file}: ${parsed.problems.map(({ path, message }) => `${path} ${message}`).join('; ')}`)
    }
  }
  return { jobs, left }
}
