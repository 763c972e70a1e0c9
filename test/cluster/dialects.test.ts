import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { lostCodes } from '../../src/convert/codes.ts'
import { type Conversion, convertJob } from '../../src/convert/convert.ts'
import { rewriteTrainJob } from '../../src/convert/rewrite/rewrite.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { Problem } from '../../src/problem.ts'
import type { Dialect } from '../../src/v2/dialects/dialect.ts'
import { dialects, newestDialect } from '../../src/v2/dialects/index.ts'
import type { TrainingRuntime, TrainJob } from '../../src/v2/trainjob.ts'
import { startBareServer } from './bare-server.ts'
import { asCase, corpusJobs, goldenJobs, randomJobs, seed, seldomJobs } from './cases.ts'
import type { Manifest } from './manifests.ts'
import { trainerDefinitions } from './trainer-definitions.ts'

/** Jobs of all kinds: those with expected outputs, random ones, and those that others wrote where they are there. */
const jobs = (): readonly KubeObject[] => [...goldenJobs(), ...randomJobs(60), ...corpusJobs().jobs]

/** Everything the conversions for a dialect write, on runtimes of the namespace and of the cluster by turns, and how many jobs it is of. */
function outputs(dialect: Dialect): { readonly objects: readonly Manifest[]; readonly converted: number } {
  const convert = (object: KubeObject, at: number) =>
    convertJob(object, { ...asCase(at), clusterRuntimes: at % 2 === 1, dialect, namespace: 'default' })
  const some = jobs().flatMap((object, at): Conversion[] => {
    try {
      return [convert(object, at)]
    } catch (error) {
      if (error instanceof Problem) return []
      throw error
    }
  })
  const conversions = [...seldomJobs().map(convert), ...some]
  const rewritten = conversions
    .slice(0, 50)
    .flatMap(({ trainJob, runtime }) => rewrittenFor(dialect, runtime, trainJob))
  const objects = conversions.flatMap(({ trainJob, runtime, extras }) => [runtime, trainJob, ...extras])
  return { objects: [...objects, ...rewritten] as unknown as Manifest[], converted: conversions.length }
}

/** The same TrainJob as the oldest release has it, rewritten for a dialect; nothing where one of them cannot say it. */
function rewrittenFor(to: Dialect, runtime: TrainingRuntime, trainJob: TrainJob): KubeObject[] {
  try {
    const oldest = { to: dialects[0] ?? newestDialect, accept: lostCodes }
    const before = rewriteTrainJob(trainJob, runtime, oldest)?.object ?? trainJob
    const after = rewriteTrainJob(before as TrainJob, runtime, { to, accept: lostCodes })?.object
    return after ? [after] : []
  } catch (error) {
    if (error instanceof Problem) return []
    throw error
  }
}

describe(`definitions of every release of Trainer (MIGRATE_TEST_SEED=${seed})`, { timeout: 600_000 }, () => {
  it('take all that is written for them, no field unknown', async (context) => {
    context.skip(
      inject('controlPlane').folder === undefined,
      'an existing cluster is used: no server of our own is started beside it',
    )
    const definitions = await definitionsOfAll().catch((error: Error) => {
      if (process.env['CI'] === 'true') throw error
      return context.skip(`they come from Go modules, and these cannot be had: ${error.message}`)
    })
    const server = await startBareServer((line) => console.error(`[bare server] ${line}`))
    onTestFinished(() => server.stop())
    for (const [dialect, manifests] of definitions) {
      await server.install(manifests)
      const { objects, converted } = outputs(dialect)
      const refused = await Promise.all(objects.map(async (object) => refusalOf(object, await server.check(object))))
      console.error(`${dialect.release}: ${converted} jobs, ${objects.length} objects`)
      expect(converted).toBeGreaterThan(100)
      for (const kind of ['TrainingRuntime', 'ClusterTrainingRuntime']) {
        expect(objects.filter((object) => object.kind === kind).length, kind).toBeGreaterThan(30)
      }
      expect(refused.flat().slice(0, 20), dialect.release).toEqual([])
      await server.uninstall(manifests)
    }
  })
})

async function definitionsOfAll(): Promise<(readonly [Dialect, Manifest[]])[]> {
  return Promise.all(dialects.map(async (dialect) => [dialect, await trainerDefinitions(dialect.release)] as const))
}

function refusalOf({ kind, metadata }: Manifest, why: string | undefined): string[] {
  return why === undefined ? [] : [`${kind} ${metadata.name}: ${why}`]
}
