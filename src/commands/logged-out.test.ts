import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runMoving, standing } from '../../test/unit/run-moving.ts'
import { ClusterError } from '../cluster/errors.ts'
import { resources } from '../kube/resources.ts'

const asked = ['get', 'find', 'list', 'pages', 'create', 'patch', 'delete', 'watch', 'raw'] as const

/** A world of one job, and how to log out of it: each request is refused from then on, watches that are open go on. */
function world() {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
  startOperators(cluster)
  const session = { left: Number.POSITIVE_INFINITY }
  const refuse = (): never => {
    throw new ClusterError({ kind: 'unauthenticated', server: 'https://fake.example', message: 'Unauthorized' })
  }
  for (const name of asked) {
    const call = (cluster[name] as (...args: unknown[]) => unknown).bind(cluster)
    const expired =
      name === 'watch' || name === 'pages'
        ? async function* () {
            yield refuse()
          }
        : async () => refuse()
    Object.assign(cluster, { [name]: (...args: unknown[]) => (--session.left >= 0 ? call(...args) : expired()) })
  }
  return { cluster, session }
}

const command = 'cutover job bert --yes --observe 5s'

/** How many requests a whole cutover makes. */
async function requestsOf(words: string): Promise<number> {
  const { cluster, session } = world()
  session.left = 10_000
  expect((await runMoving(words, cluster)).code).toBe(0)
  return 10_000 - session.left
}

describe('a token that expires while a job is moved', () => {
  it('leaves nobody in the dark, at whatever request it does: what stands is said, and the same command goes on', async () => {
    const whole = await requestsOf(command)
    const exits = new Set<number>()
    for (let left = 0; left < whole; left++) {
      const { cluster, session } = world()
      session.left = left
      const ran = await runMoving(command, cluster)
      const stood = standing(cluster)
      const made = cluster.all(resources.trainJobs).length > 0
      exits.add(ran.code)
      const told = {
        code: ran.code,
        done: ran.stdout.startsWith('nlp/bert is cut over: '),
        half: ran.stdout.startsWith('nlp/bert is NEITHER cut over NOR rolled back: not logged in: '),
        stands: ran.stderr.includes('What stands:'),
        next: ran.stderr.includes('  kubectl migrate rollback pytorchjob/bert -n nlp   (goes on from here)\n'),
      }
      const done = { code: 0, done: true, half: false, stands: false, next: false }
      const half = { code: 6, done: false, half: true, stands: true, next: true }
      const before = { code: 3, done: false, half: false, stands: false, next: false }
      const expected = !made ? before : ran.code === 0 && stood === 'v1 suspended 0, v2 3' ? done : half
      expect(told, `after ${left} requests: ${stood}`).toEqual(expected)
      if (ran.writes.length === 0) continue
      session.left = Number.POSITIVE_INFINITY
      expect((await runMoving(command, cluster)).code, `after ${left} requests, logged in again`).toBe(0)
      expect(standing(cluster)).toBe('v1 suspended 0, v2 3')
    }
    expect([...exits].sort()).toEqual([0, 3, 6])
  }, 60_000)

  it.each<[words: string, first: string | undefined, again: string]>([
    ['start job bert --yes --observe 0', undefined, 'start job bert --yes --observe 0'],
    ['rollback job bert --yes', 'cutover job bert --yes --observe 0', 'rollback job bert --yes'],
    ['finalize job bert --yes --even-if-unproven', 'cutover job bert --yes --observe 0', 'finalize job bert --yes'],
  ])(
    'ends `%s` with a word of the job wherever it had written to it',
    async (words, first, again) => {
      let ended = 0
      for (let left = 0; ended < 3; left++) {
        const { cluster, session } = world()
        if (first !== undefined) expect((await runMoving(first, cluster)).code).toBe(0)
        const jobs = () => [...cluster.all(resources.pytorchJobs), ...cluster.all(resources.trainJobs)]
        const specs = () => JSON.stringify(jobs().map(({ kind, spec }) => [kind, spec]))
        const before = specs()
        session.left = left
        const ran = await runMoving(words, cluster)
        if (specs() !== before) expect(ran.stdout, `after ${left} requests`).toMatch(/^nlp\/bert /)
        if (ran.code === 0) ended++
        if (ran.writes.length === 0) continue
        session.left = Number.POSITIVE_INFINITY
        const { code } = await runMoving(ran.code === 0 ? again : words, cluster)
        expect(code, `after ${left} requests, logged in again`).toBe(0)
      }
    },
    60_000,
  )
})
