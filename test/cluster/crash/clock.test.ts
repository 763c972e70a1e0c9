import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../src/kube/object.ts'
import type { Faults } from './fault-proxy.ts'
import { deletePlaces, inPlace, type Place, settles } from './places.ts'
import { alike, back, moved } from './scenarios.ts'

const timeout = 300_000
const hour = 3_600_000

/** Loaded before the program: its clock is ahead of the machine's by the milliseconds that a file holds. */
const clock = `
const { readFileSync } = require('node:fs')
const Real = Date
const ahead = () => Number(readFileSync(process.env.CLOCK_FILE, 'utf8'))
globalThis.Date = class extends Real {
  constructor(...given) { given.length === 0 ? super(Real.now() + ahead()) : super(...given) }
  static now() { return Real.now() + ahead() }
}`

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubectl-migrate-test-'))
  await writeFile(join(folder, 'clock.cjs'), clock)
})
afterAll(async () => {
  await deletePlaces()
  await rm(folder, { recursive: true })
})

/** A clock that somebody sets at each write about a job, by so much. */
async function settable(name: string, by: number): Promise<{ env: Record<string, string>; faults: () => Faults }> {
  const file = join(folder, name)
  let ahead = 0
  await writeFile(file, '0')
  return {
    env: { NODE_OPTIONS: `--require ${join(folder, 'clock.cjs')}`, CLOCK_FILE: file },
    faults: () => async (request, when) => {
      if (when === 'before' && /^(PATCH|DELETE) (pytorchjobs|trainjobs)\//.test(request.title)) {
        ahead += by
        await writeFile(file, String(ahead))
      }
      return undefined
    },
  }
}

/** Milliseconds from the first to the last moment that the record of the last move tells. */
async function recordedSpan({ api }: Place): Promise<number> {
  const path = '/api/v1/namespaces/NAMESPACE/configmaps?labelSelector=kubectl-migrate.dev/record'
  const [record] = (await api('GET', path))['items'] as (KubeObject & { data: { log: string } })[]
  const times = [...(record?.data.log ?? '').matchAll(/"at":"([^"]+)"/g)].map(([, at = '']) => Date.parse(at))
  return Math.max(...times) - Math.min(...times)
}

describe.concurrent('a clock that is set', { timeout }, () => {
  it.each([
    ['forward', 2 * hour],
    ['back', -2 * hour],
  ])(
    '%s at each write about a job ends no wait and lengthens none: the job is moved, and comes back',
    async (name, by) => {
      await inPlace(alike, 'v1', async (place) => {
        const there = await settable(`${name}-there`, by)
        const cutover = await place.run(
          [...alike.cutover, '--timeout', '1m', '--observe', '3s'],
          there.faults,
          there.env,
        )
        expect([cutover.code, cutover.code === 0 ? '' : cutover.stdout + cutover.stderr]).toEqual([0, ''])
        expect(await recordedSpan(place)).toBeGreaterThan(3 * hour)
        await settles(place, moved(alike))
        const again = await settable(`${name}-back`, by)
        const rollback = await place.run([...alike.rollback, '--timeout', '1m'], again.faults, again.env)
        expect([rollback.code, rollback.code === 0 ? '' : rollback.stdout + rollback.stderr]).toEqual([0, ''])
        await settles(place, back(alike))
        return 'v1'
      })
    },
  )
})
