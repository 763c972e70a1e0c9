import { beforeAll, describe, expect, it } from 'vitest'
import { scenarios, v2EndsAsItGoes } from './scenarios.ts'
import { seed } from './seed.ts'
import { World } from './world.ts'

const scenario = scenarios.find(({ title }) => title === 'a twin beside it') ?? expect.fail('there is no twin')
const start = 'start job bert --yes --observe 0'
const cutover = 'cutover job bert --yes --observe 0'

/** Which of a cutover's writes deletes the twin, from 1. */
async function deletion(): Promise<number> {
  const world = new World({ seed, ...scenario })
  await world.run(start)
  return (await world.run(cutover)).writes.indexOf('DELETE trainjobs/bert-v2') + 1
}

describe('a twin, a whole copy, that has trained the job to its end when a cutover deletes it', () => {
  let write = 0
  beforeAll(async () => {
    // the program loads its verbs in real time, which the first run is not to take for time that passes
    await deletion()
    write = await deletion()
  })

  it.each([
    ['just before', 'before', false],
    ['just before, and the run is killed', 'before', true],
    ['just after', 'after', false],
    ['just after, and the run is killed', 'after', true],
  ] as const)('%s: v2 is not started, and v1 runs on', async (_, moment, killed) => {
    const world = new World({ seed, ...scenario, atWrite: v2EndsAsItGoes(moment, 'bert-v2') })
    expect((await world.run(start)).code).toBe(0)
    if (killed) {
      expect((await world.run(cutover, { write, when: 'after' })).code).toBe(137)
      world.pass(3)
    }
    const { code, stdout } = await world.run(cutover)
    world.pass(40)
    expect([code, stdout]).toEqual([1, expect.stringContaining('its twin bert-v2 had finished when it was deleted')])
    expect([world.pods.sides(), world.pods.faults]).toEqual([['v1'], []])
  })
})
