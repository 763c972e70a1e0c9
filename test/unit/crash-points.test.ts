import { describe, expect, it } from 'vitest'
import { endingPoints, moves, pointsOf, pointsOfKind, scenarios } from '../cluster/crash/drawn.ts'
import { kinds } from '../cluster/crash/scenarios.ts'

describe('the points at which the program is killed on the real control plane', () => {
  it('are at least 200 in every run', () => {
    const ofScenarios = [...scenarios.flatMap(pointsOf), ...kinds.flatMap(pointsOfKind)]
    expect(ofScenarios.length + Object.values(endingPoints).flat().length).toBeGreaterThanOrEqual(200)
  })

  it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))('%s: are at each write', (_, scenario) => {
    const tried = pointsOf(scenario).map(([title]) => title.replace(/^(?:before|after) /, ''))
    const writes = Object.values(moves).flatMap(({ writes }) =>
      writes(scenario).map((title, at) => `write ${at + 1}, ${title}`),
    )
    expect([...new Set(tried)].sort()).toEqual([...new Set(writes)].sort())
  })

  it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))(
    '%s: are just before and just after each write of a job',
    (_, scenario) => {
      const ofJobs = pointsOf(scenario).filter(([title]) => /jobs/.test(title))
      const sides = (when: string) =>
        ofJobs.filter(([, , crash]) => crash.when === when).map(([title]) => title.replace(when, ''))
      expect(sides('before').sort()).toEqual(sides('after').sort())
      expect(ofJobs).not.toEqual([])
    },
  )
})
