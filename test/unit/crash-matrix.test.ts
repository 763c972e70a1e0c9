import { describe, expect, it } from 'vitest'
import { kindInfo } from '../../src/v1/kinds.ts'
import { flowsOf } from '../crash/points.ts'
import { type Scenario, scenarios } from '../crash/scenarios.ts'
import { least, realKills } from '../crash/seed.ts'

const specOf = ({ objects }: Scenario) => objects[0]?.['spec'] as Record<string, unknown>
const replicasOf = (scenario: Scenario): unknown[] => {
  const specs = specOf(scenario)[kindInfo(scenario.objects[0]?.kind ?? '')?.specKey ?? ''] as Record<
    string,
    { template: unknown }
  >
  return Object.values(specs).map(({ template }) => template)
}
const types = (scenario: Scenario, words: RegExp) =>
  scenario.flows.some(({ before, command }) => [...before, command].some((typed) => words.test(typed)))
const titled = (words: RegExp) => (scenario: Scenario) => words.test(scenario.title)

/** What jobs, and what happens to them, the program is killed at in the sandbox. */
const matrix: Readonly<Record<string, (scenario: Scenario) => boolean>> = {
  'replicas alike': (scenario) => new Set(replicasOf(scenario).map((one) => JSON.stringify(one))).size === 1,
  'roles that differ': (scenario) => new Set(replicasOf(scenario).map((one) => JSON.stringify(one))).size > 1,
  'a twin beside it': (scenario) => types(scenario, /^start /) && !types(scenario, /--keep-name/),
  'a twin that takes its place': (scenario) => types(scenario, /--keep-name/),
  'both sides at once': (scenario) => scenario.together === true && types(scenario, /--overlap/),
  'suspended by its owner': (scenario) =>
    (specOf(scenario)['runPolicy'] as { suspend?: boolean } | undefined)?.suspend === true,
  'v2 fails': (scenario) => titled(/^v2 fails/)(scenario) && scenario.atPod !== undefined,
  'v2 completes at once': (scenario) => titled(/^v2 completes/)(scenario) && scenario.atPod !== undefined,
  'v1 ends before the hold': (scenario) => titled(/^v1 ends just before/)(scenario) && scenario.atWrite !== undefined,
  'v1 ends after the hold': (scenario) => titled(/^v1 ends just after/)(scenario) && scenario.atWrite !== undefined,
  ...Object.fromEntries(
    ['PyTorchJob', 'TFJob', 'MPIJob', 'XGBoostJob', 'PaddleJob', 'JAXJob'].map((kind) => [
      kind,
      ({ objects }: Scenario) => objects[0]?.kind === kind,
    ]),
  ),
}

describe('the points at which the program is killed in the sandbox', () => {
  it.each(Object.entries(matrix))('have a scenario of %s', (_, isOne) => {
    expect(scenarios.filter(isOne)).not.toEqual([])
  })

  it('go on with the same command, and on the way there with rollback too', () => {
    const flows = flowsOf('there').map(([title, , { command, others }]) => [
      title,
      [command, ...others].some((one) => one.startsWith('rollback')),
    ])
    expect(flows).toEqual(flows.map(([title]) => [title, true]))
  })

  it('are 2,000 in every run, of which one in 50 is a real SIGKILL', () => {
    expect(least * 2).toBeGreaterThanOrEqual(2000)
    expect(realKills * 50).toBeGreaterThanOrEqual(2200)
  })
})
