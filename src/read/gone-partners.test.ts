import { expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { heldV1, runningTrainJob, torchRuntime } from '../../test/unit/objects.ts'
import { resources } from '../kube/resources.ts'
import { annotations } from '../v2/trainjob.ts'
import { readJobs } from './jobs.ts'
import type { Pair } from './pairs.ts'

const objects = [
  ...['a', 'b'].flatMap((namespace) =>
    Array.from({ length: 120 }, (_, at) => {
      const name = `job-${String(at).padStart(3, '0')}`
      return [heldV1(name, { namespace }), ...(at % 2 === 0 ? [runningTrainJob(name, { namespace, nodes: 1 })] : [])]
    }).flat(),
  ),
  torchRuntime(),
]
/** The TrainJob of a/job-003, whose name comes after all others. */
const late = runningTrainJob('zz', {
  namespace: 'a',
  nodes: 1,
  annotations: { [annotations.source]: 'PyTorchJob/job-003' },
})

/** Rows somebody waits for, in a cluster where names asked for during the lists are those of `now`. */
async function told({ now, forbidden = false }: { now: readonly object[]; forbidden?: boolean }): Promise<string[]> {
  const forbid = ({ verb, resource }: { verb: string; resource: string }) =>
    forbidden && verb === 'get' && resource.startsWith('trainjobs')
  const cluster = new FakeCluster({ objects: now as typeof objects, forbid })
  // a list in pages is of one moment, before
  const before = new FakeCluster({ objects: [...objects, late] })
  const pages = cluster.pages.bind(cluster)
  cluster.pages = (resource, options) => {
    const asked = resource === resources.trainJobs && !options.metadataOnly ? before.pages.bind(before) : pages
    return asked(resource, options)
  }
  const given: Pair[] = []
  const early = { wait: async () => undefined, give: (some: readonly Pair[]) => void given.push(...some) }
  const { pairs } = await readJobs(cluster, {}, early)
  return [...given, ...pairs]
    .filter(({ v1, v2 }) => (v1?.namespace ?? v2?.namespace) === 'a')
    .map(({ v1, v2 }) => `${v1?.name ?? '-'} ${v2?.name ?? '-'}`)
    .filter((line) => line.includes('job-003') || line.includes('zz'))
}

it.each([
  ['is there all the time: one pair', { now: [...objects, late] }, ['job-003 zz']],
  ['is deleted after the list began: its v1 job alone', { now: objects }, ['job-003 -']],
  ['may not be asked for by name: both, as the list has it', { now: objects, forbidden: true }, ['job-003 -', '- zz']],
] as const)('a TrainJob of a long list that %s', async (_, world, lines) => {
  expect(await told(world)).toEqual(lines)
})
