import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultsOf } from './judge.ts'
import { drawnPoints, flowsOf, type Known, learn, singlePoints } from './points.ts'
import type { Flow } from './scenarios.ts'
import { all, least, seed } from './seed.ts'
import { type Story, tell } from './story.ts'

/** Crash points that are drawn at the least, beside those that every run tries. */
const drawn = all ? 5000 : 150

/** The tests of all flows of one direction. */
export function testFlows(direction: Flow['direction']): void {
  const known: Known[] = []
  let crashes = 0

  const failuresOf = async (stories: readonly Story[]): Promise<string[]> => {
    const failures: string[] = []
    for (const story of stories) {
      const told = await tell(story)
      crashes += told.killed.length
      const knows = known.find(({ scenario, flow }) => scenario === story.scenario && flow === story.flow)
      const faults = knows ? faultsOf(story, told, knows) : ['nobody knows how it ends']
      if (faults.length > 0) failures.push(`${titleOf(story, told.killed)}\n${faults.join('\n')}`)
    }
    return failures
  }

  describe(`killed at its writes (MIGRATE_TEST_CRASH_SEED=${seed})`, () => {
    beforeAll(async () => {
      // the program loads its verbs in real time, which the first run is not to take for time that passes
      const [[, scenario, flow] = []] = flowsOf(direction)
      if (scenario && flow) await learn(scenario, flow)
    })

    it.each(flowsOf(direction))(
      '%s ends as if nothing had been, whatever it was killed at',
      async (_, scenario, flow) => {
        const learnt = await learn(scenario, flow)
        expect([...learnt.ends.values()].flatMap(({ faults }) => faults)).toEqual([])
        known.push(learnt)
        expect(await failuresOf(singlePoints(learnt, seed))).toEqual([])
      },
    )

    it('so it does when what follows is killed too', async () => {
      const failures = await failuresOf(drawnPoints(known, drawn, seed))
      // a run that has come to its end cannot be killed any more: as many again are drawn as were not
      for (let more = 1; crashes < least; more++) {
        failures.push(...(await failuresOf(drawnPoints(known, least - crashes, seed + more))))
      }
      expect(failures).toEqual([])
    })

    afterAll(() => {
      console.log(`${crashes} crash points of flows ${direction}`)
      expect(crashes).toBeGreaterThanOrEqual(least)
    })
  })
}

function titleOf({ scenario, flow, follow, pause, elsewhere, seed: own }: Story, killed: readonly string[]): string {
  const where = elsewhere ? ' on another machine' : ''
  return `${scenario.title}: ${flow.title} killed ${killed.join(', then ')}; after ${pause} s${where}: ${follow} (seed ${own})`
}
