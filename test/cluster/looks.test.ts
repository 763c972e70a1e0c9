import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/cluster/connect.ts'
import type { Pod } from '../../src/kube/pod.ts'
import type { V1Kind } from '../../src/v1/kinds.ts'
import { runVerb } from '../unit/run-verb.ts'
import { cluster, life } from './harness.ts'
import { v1Job } from './jobs.ts'
import { cases, last, nameOf, pairs, podsOf, sized, ways } from './looks.ts'
import { taintedNode } from './tainted-node.ts'
import { untilSeen } from './until-seen.ts'

/** For some four hundred pods, which take no other test's room. */
const node = taintedNode('looks')
let place = ''

/** What a user gets of the program's words, run by this process: a hundred started ones take two cores a minute. */
async function run(words: readonly string[]) {
  const said: string[] = []
  const environment = { KUBECONFIG: cluster().kubeconfig, PATH: process.env['PATH'] }
  const outcome = await runVerb([...words, '-n', place], {
    now: () => new Date(),
    connect: (flags, signal = new AbortController().signal) =>
      connect(flags, environment, (text) => said.push(text), signal),
  })
  return { ...outcome, said }
}

/** The rows of `list` without class, migration and age. */
async function rows(): Promise<string[]> {
  const { out } = await run(['list', '--no-headers'])
  return out.map((line) => line.replace(/( +\S+){3}$/, '').replaceAll(/ +/g, ' '))
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
    .waitFor('the rows of list', all, 120_000, 500)
    .catch(({ message }: Error) => expect({ missing: missing(), seen }, message).toEqual({ missing: [], seen: [] }))
}

const rowsOf = (word: string, states: (kind: V1Kind) => string) =>
  pairs.map(({ kind }) => `${nameOf({ kind }, word)} ${kind} ${states(kind)}`)

/** Suspends the jobs whose last pod takes its time to go, and lets those pods fail that nobody here would. */
async function disturb(): Promise<void> {
  const failing = Object.entries(ways).filter(([, { becomes }]) => becomes !== undefined)
  const stopping = pairs.map((shape) => ({ ...shape, name: nameOf(shape, 'stops') }))
  await listed(
    ['stops', ...failing.map(([word]) => word)].flatMap((word) => rowsOf(word, () => 'Running 2/2 Running 2/2')),
  )
  const { kubectl, get } = cluster()
  const { items } = await get<{ items: Pod[] }>(['pods'], { namespace: place })
  const patches: (readonly string[])[] = [
    ...stopping.map(({ kind, name }) => [kind, name, '--type=merge', '-p', '{"spec":{"runPolicy":{"suspend":true}}}']),
    ['trainjobs', ...stopping.map(({ name }) => name), '--type=merge', '-p', '{"spec":{"suspend":true}}'],
    ...pairs.flatMap(({ kind }) =>
      failing.flatMap(([word, { becomes }]) => {
        const job = nameOf({ kind }, word)
        const pods = items.filter(
          ({ metadata: { name = '' } }) => name.startsWith(`${job}-`) && new RegExp(last(kind)).test(name),
        )
        return pods.map((pod) => {
          const status = JSON.stringify({ status: becomes?.(pod.spec.containers[0]?.name ?? '') })
          return ['pods', pod.metadata.name ?? '', '--subresource=status', '--type=merge', '-p', status]
        })
      }),
    ),
  ]
  expect(patches.length).toBe(stopping.length + 1 + 2 * failing.length * pairs.length)
  const patched = await Promise.all(patches.map((words) => kubectl(['patch', ...words], { namespace: place })))
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
      const spec = { ...podSpec, ...way.podSpec }
      return v1Job(nameOf(shape, word), { ...shape, podSpec: spec, life: lives, restartPolicy: way.restartPolicy })
    }),
  ]
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  const converted = await migrate(['convert', '-f', '-', '--mpi', 'exec'], { namespace: place, input })
  expect([converted.code, converted.stderr]).toEqual([0, expect.stringContaining(`${items.length} proved`)])
  const documents = converted.stdout.split(/^---\n/m)
  const [trainJobs, others] = [true, false].map((are) =>
    documents.filter((document) => /^kind: TrainJob$/m.test(document) === are).join('---\n'),
  )
  const make = async (text = '', ...more: readonly string[]) =>
    await kubectl(['create', '-f', '-', ...more], { namespace: place, input: text })
  for (const made of [await make(input), await make(others)]) expect([made.code, made.stderr]).toEqual([0, ''])
  // nothing is made yet: of several TrainJobs the first would be there already when the others are typed again
  await untilSeen(() => make(trainJobs, '--dry-run=server'))
  const made = await make(trainJobs)
  expect([made.code, made.stderr]).toEqual([0, ''])
  await disturb()
}, 300_000)

afterAll(async () => {
  await cluster().deleteNamespace(place)
  await cluster().kubectl(['delete', 'node', node.name])
})

describe('every kind, of 1 to 64 pods, in every way that pods live', () => {
  it('is in the list as what it does, on both sides', async () => {
    const all = [
      ...sized.map(([name, shape]) => {
        const ready = `Running ${podsOf(shape)}/${podsOf(shape)}`
        return `${name} ${shape.kind} ${ready} ${ready}`
      }),
      ...Object.entries(ways).flatMap(([word, way]) =>
        rowsOf(word, (kind) => (kind === 'MPIJob' ? way.listedOfMpi : undefined) ?? way.listed),
      ),
    ]
    await listed(all)
    const { code, stdout, stderr } = await cluster().migrate(['list', '--no-headers'], { namespace: place })
    expect([code, stderr, stdout.trimEnd().split('\n').length]).toEqual([0, '', all.length])
  })

  it.concurrent.each(sized)('%s: status has all pods of both sides, in 8 requests', async (name, shape) => {
    const { code, out, said } = await run(['status', `${shape.kind}/${name}`, '-v', '6'])
    const stdout = out.join('\n')
    const pods = podsOf(shape)
    const folded = [...stdout.matchAll(/└─ … (\d+) more, all Running$/gm)].map(([, count]) => Number(count))
    const single = [...stdout.matchAll(/[├└]─ \S+ +● Running /g)].length
    expect({
      code,
      titles: stdout.match(/^v\d {2}.* ● Running \d+\/\d+/gm),
      pods: single + folded.reduce((sum, count) => sum + count, 0),
      folded: folded.length,
      requests: said.filter((line) => line.startsWith('GET ')).length,
    }).toEqual({
      // both sides run at once
      code: 1,
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
    const { code, out, err } = await run(['diff', shape.kind, name])
    const pods = podsOf(shape)
    const mpi = shape.kind === 'MPIJob'
    const [title = ''] = out
    expect([code, err, title.split(/ {3,}/)[1]]).toEqual([
      mpi ? 1 : 0,
      [],
      `${pods} ${pods === 1 ? 'pod' : 'pods'} each, compared rank by rank`,
    ])
    // what v2 needs to reach the workers as v1 did
    const differing = out.filter((line) => / changed: | lost: | differs$/.test(line))
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
    expect(out.join('\n')).toMatch(mpi ? /^2 differences; \d+ equal/m : /^no difference; \d+ equal/m)
  })

  it.concurrent.each(cases.map(({ shape: { kind }, word, way }) => [word, kind, way] as const))(
    '%s: status of a %s says it of the pod, on both sides',
    async (word, kind, { pod, words, mayBeStopped }) => {
      const { code, out } = await run(['status', kind, nameOf({ kind }, word)])
      const shown = out.filter((line) => new RegExp(last(kind)).test(/─ (\S+) /.exec(line)?.[1] ?? ''))
      const sides = mayBeStopped && shown.length === 1 ? 1 : 2
      // 1 where both sides are taken to run
      expect([code > 1, shown]).toEqual([false, Array(sides).fill(expect.stringMatching(pod))])
      if (words) {
        const told = out.filter((line) => words.test(line))
        expect(told.length, out.join('\n')).toBeGreaterThanOrEqual(2)
      }
    },
  )
})
