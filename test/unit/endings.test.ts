import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { differences, differencesOf } from '../cluster/endings/differences.ts'
import type { Observed } from '../cluster/endings/ending.ts'
import { conversionOf, scenarios } from '../cluster/endings/scenarios.ts'

const observed = JSON.parse(
  readFileSync(new URL('../cluster/endings/observed.json', import.meta.url), 'utf8'),
) as Observed

/** Codes in the ledger of a scenario's job that name one of its differences, by difference. */
function namedIn(name: string): Record<string, string[]> {
  const scenario = scenarios.find((one) => one.name === name)
  const endings = observed[name]
  if (!scenario || !endings) throw new Error(`${name} was not observed`)
  const told = new Set(conversionOf(scenario).findings.map(({ code }) => code))
  return Object.fromEntries(
    differencesOf(endings).map((difference) => [difference, differences[difference].filter((code) => told.has(code))]),
  )
}

describe('how jobs end', () => {
  it('was observed for every scenario, and for no other', () => {
    expect(Object.keys(observed)).toEqual(scenarios.map(({ name }) => name))
  })

  it.each(scenarios.map(({ name }) => name))('%s: the same in v2, or the ledger names the difference', (name) => {
    const unnamed = Object.entries(namedIn(name)).filter(([, codes]) => codes.length === 0)
    expect(unnamed).toEqual([])
  })

  it('differs in every way that has a name', () => {
    const found = new Set(scenarios.flatMap(({ name }) => Object.keys(namedIn(name))))
    expect(Object.keys(differences).filter((difference) => !found.has(difference))).toEqual([])
  })

  it('is told by codes that each explain a difference somewhere', () => {
    const found = new Set(scenarios.flatMap(({ name }) => Object.values(namedIn(name)).flat()))
    expect(
      Object.values(differences)
        .flat()
        .filter((code) => !found.has(code)),
    ).toEqual([])
  })
})
