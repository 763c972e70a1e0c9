import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kindInfo, type V1Kind, v1Kinds } from '../../src/v1/kinds.ts'
import { cluster, life } from './harness.ts'
import { v1Job } from './jobs.ts'
import { taintedNode } from './tainted-node.ts'

interface Shape {
  readonly kind: V1Kind
  readonly roles: Readonly<Record<string, number>>
}

/** Each kind with one pod, with two, and two kinds with 64. */
const sizes: readonly Shape[] = [
  { kind: 'PyTorchJob', roles: { Master: 1 } },
  { kind: 'PyTorchJob', roles: { Master: 1, Worker: 1 } },
  { kind: 'TFJob', roles: { Worker: 1 } },
  { kind: 'TFJob', roles: { Chief: 1, Worker: 1 } },
  { kind: 'TFJob', roles: { PS: 2, Worker: 62 } },
  { kind: 'MPIJob', roles: { Launcher: 1 } },
  { kind: 'MPIJob', roles: { Launcher: 1, Worker: 1 } },
  { kind: 'MPIJob', roles: { Launcher: 1, Worker: 63 } },
  { kind: 'XGBoostJob', roles: { Master: 1 } },
  { kind: 'XGBoostJob', roles: { Master: 1, Worker: 1 } },
  { kind: 'PaddleJob', roles: { Worker: 1 } },
  { kind: 'PaddleJob', roles: { Master: 1, Worker: 1 } },
  { kind: 'JAXJob', roles: { Worker: 1 } },
  { kind: 'JAXJob', roles: { Worker: 2 } },
]

const podsOf = ({ roles }: Shape): number => Object.values(roles).reduce((sum, count) => sum + count, 0)
const nameOf = ({ kind }: Pick<Shape, 'kind'>, ending: string | number) => `${kindInfo(kind)?.framework}-${ending}`
const sized = sizes.map((shape) => [nameOf(shape, podsOf(shape)), shape] as const)

interface Way {
  readonly life: Readonly<Record<string, string>>
  /** not the last pod alone */
  readonly all?: true
  readonly restartPolicy?: string
  /** what `list` has of both sides */
  readonly listed: string
  readonly listedOfMpi?: string
  /** what `status` has of the last pod, on both sides */
  readonly pod: RegExp
}

/** Every way in which the last of two pods does not do as it should. MPI's launcher waits in v2 for its workers. */
const ways: Readonly<Record<string, Way>> = {
  waits: {
    life: { [life.waiting]: 'ImagePullBackOff' },
    listed: 'ImagePullBackOff 1/2 ImagePullBackOff 1/2',
    listedOfMpi: 'ImagePullBackOff 1/2 ImagePullBackOff 0/2',
    pod: /▲ ImagePullBackOff /,
  },
  starts: {
    life: { [life.startSeconds]: '3600' },
    listed: 'Starting 1/2 Starting 1/2',
    listedOfMpi: 'Starting 1/2 Pending 0/2',
    pod: /○ Pending /,
  },
  unready: {
    life: { [life.neverReady]: 'true' },
    listed: 'Starting 1/2 Starting 1/2',
    listedOfMpi: 'Starting 1/2 Starting 0/2',
    pod: /○ Running, not ready /,
  },
  fails: {
    life: { [life.exitCode]: '3' },
    restartPolicy: 'Never',
    listed: 'Failed - Failed -',
    pod: /▲ Error /,
  },
  ends: { life: { [life.runSeconds]: '1' }, all: true, listed: 'Succeeded - Complete -', pod: /✓ Completed / },
  stops: {
    life: { [life.stopSeconds]: '3600' },
    listed: 'Suspending 0/2 Suspending 0/2',
    pod: /○ Terminating /,
  },
}

/** The last pod's name, on either side. */
const last = (kind: V1Kind) =>
  kind === 'JAXJob' ? '-(worker-1|node-0-1-\\w+)$' : '-(worker-0(-0-\\w+)?|node-0-1-\\w+)$'

const pairs = v1Kinds.map(({ kind }) => sizes.find((shape) => shape.kind === kind && podsOf(shape) === 2) as Shape)
const cases = pairs.flatMap((shape) => Object.entries(ways).map(([word, way]) => ({ shape, word, way })))

/** For some four hundred pods, which take no other test's room. */
const node = taintedNode('looks')
let place = ''

/** The rows of `list` without class, migration and age. */
async function rows(): Promise<string[]> {
  const { stdout } = await cluster().migrate(['list', '--no-headers'], { namespace: place })
  const lines = stdout.trimEnd().split('\n')
  return lines.map((line) => line.replace(/( +\S+){3}$/, '').replaceAll(/ +/g, ' '))
}

/** Waits until `list` has these rows, whatever else it has. */
async function listed(expected: readonly string[]): Promise<void> {
  let seen: readonly string[] = []
  const all = async () => {
    seen = await rows()
    return expected.every((row) => seen.includes(row))
  }
  const missing = () => expected.filter((row) => !seen.includes(row))
  await cluster()
    .waitFor('the rows of list', all, 120_000, 1000)
    .catch(({ message }: Error) => expect({ missing: missing(), seen }, message).toEqual({ missing: [], seen: [] }))
}

/** Suspends the jobs whose last pod takes its time to go. */
async function stop(): Promise<void> {
  const stopping = pairs.map((shape) => ({ ...shape, name: nameOf(shape, 'stops') }))
  await listed(stopping.map(({ kind, name }) => `${name} ${kind} Running 2/2 Running 2/2`))
  const patches: (readonly [what: readonly string[], spec: object])[] = [
    ...stopping.map(({ kind, name }) => [[kind, name], { runPolicy: { suspend: true } }] as const),
    [['trainjobs', ...stopping.map(({ name }) => name)], { suspend: true }],
  ]
  const { kubectl } = cluster()
  const patched = await Promise.all(
    patches.map(([what, spec]) =>
      kubectl(['patch', ...what, '--type=merge', '-p', JSON.stringify({ spec })], { namespace: place }),
    ),
  )
  expect(patched.map(({ stderr }) => stderr).join('')).toBe('')
}

beforeAll(async () => {
  const { createNamespace, create, migrate, kubectl } = cluster()
  place = await createNamespace()
  await create('default', node.object)
  const podSpec = { tolerations: [node.toleration], nodeSelector: { 'kubernetes.io/hostname': node.name } }
  const items = [
    ...sized.map(([name, shape]) => v1Job(name, { ...shape, podSpec })),
    ...cases.map(({ shape, word, way }) => {
      const lives = { ...way.life, ...(!way.all && { [life.only]: last(shape.kind) }) }
      return v1Job(nameOf(shape, word), { ...shape, podSpec, life: lives, restartPolicy: way.restartPolicy })
    }),
  ]
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  const converted = await migrate(['convert', '-f', '-', '--mpi', 'exec'], { namespace: place, input })
  expect([converted.code, converted.stderr]).toEqual([0, expect.stringContaining(`${items.length} proved`)])
  const make = async (text: string) => await kubectl(['create', '-f', '-'], { namespace: place, input: text })
  for (const made of [await make(input), await make(converted.stdout)]) {
    expect([made.code, made.stderr]).toEqual([0, ''])
  }
  await stop()
}, 300_000)

afterAll(async () => {
  await cluster().deleteNamespace(place)
  await cluster().kubectl(['delete', 'node', node.name])
})

const utf8 = { LANG: 'C.UTF-8', LC_ALL: undefined, TERM: 'xterm' }

describe('every kind, of 1 to 64 pods, in every way that pods live', () => {
  it('is in the list as what it does, on both sides', async () => {
    await listed([
      ...sized.map(([name, shape]) => {
        const ready = `Running ${podsOf(shape)}/${podsOf(shape)}`
        return `${name} ${shape.kind} ${ready} ${ready}`
      }),
      ...cases.map(({ shape: { kind }, word, way }) => {
        const states = (kind === 'MPIJob' ? way.listedOfMpi : undefined) ?? way.listed
        return `${nameOf({ kind }, word)} ${kind} ${states}`
      }),
    ])
  })

  it.concurrent.each(sized)('%s: status has all pods of both sides, in 8 requests', async (name, shape) => {
    const words = ['status', `${shape.kind}/${name}`, '-v', '6']
    const { code, stdout, stderr } = await cluster().migrate(words, { namespace: place, env: utf8 })
    const pods = podsOf(shape)
    const folded = [...stdout.matchAll(/└─ … (\d+) more, all Running$/gm)].map(([, count]) => Number(count))
    const single = [...stdout.matchAll(/[├└]─ \S+ +● Running /g)].length
    expect({
      code,
      titles: stdout.match(/^v\d {2}.* ● Running \d+\/\d+/gm),
      pods: single + folded.reduce((sum, count) => sum + count, 0),
      folded: folded.length,
      requests: stderr.split('\n').filter((line) => line.startsWith('GET ')).length,
    }).toEqual({
      code: 0,
      titles: [
        `v1  ${shape.kind} ${name}   ● Running ${pods}/${pods}`,
        `v2  TrainJob ${name}   ● Running ${pods}/${pods}`,
      ],
      pods: 2 * pods,
      folded: pods > 8 ? 2 : 0,
      requests: 8,
    })
  })

  it.concurrent.each(sized)('%s: diff compares all its pods, and names what differs', async (name, shape) => {
    const { code, stdout, stderr } = await cluster().migrate(['diff', shape.kind, name], { namespace: place })
    const pods = podsOf(shape)
    const mpi = shape.kind === 'MPIJob'
    const [title = ''] = stdout.split('\n')
    expect([code, stderr, title.split(/ {3,}/)[1]]).toEqual([
      mpi ? 1 : 0,
      '',
      `${pods} ${pods === 1 ? 'pod' : 'pods'} each, compared rank by rank`,
    ])
    // what v2 needs to reach the workers as v1 did
    const differing = stdout.split('\n').filter((line) => / changed: | lost: | differs$/.test(line))
    expect(
      differing.map((line) =>
        line
          .trim()
          .split(/ {3,}/)
          .slice(1, 2)
          .concat(line.split(': ').at(-1) ?? ''),
      ),
    ).toEqual(
      mpi
        ? [
            ['volumes[mpi-job-config].configMap.name', 'mpi-exec'],
            ['serviceAccountName', 'mpi-exec'],
          ]
        : [],
    )
    expect(stdout).toMatch(mpi ? /^2 differences; \d+ equal/m : /^no difference; \d+ equal/m)
  })

  // each way with one kind after another, so that all kinds are looked at
  it.concurrent.each(
    Object.entries(ways).map(([word, way], at) => [word, (pairs[at % pairs.length] as Shape).kind, way] as const),
  )('%s: status of a %s says it of the pod, on both sides', async (word, kind, { pod }) => {
    const words = ['status', kind, nameOf({ kind }, word)]
    const { code, stdout } = await cluster().migrate(words, { namespace: place, env: utf8 })
    const shown = stdout.split('\n').filter((line) => new RegExp(last(kind)).test(/─ (\S+) /.exec(line)?.[1] ?? ''))
    expect([code, shown]).toEqual([0, [expect.stringMatching(pod), expect.stringMatching(pod)]])
  })
})
