import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { connect } from '../../../src/cluster/connect.ts'
import { Api } from '../api.ts'
import { createAll } from '../differential.ts'
import { cluster } from '../harness.ts'
import { type Ending, type Endings, type Observed, seenAlso } from './ending.ts'
import { play, Side, watchSides } from './observe.ts'
import { conversionOf, jobOf, type Scenario, scenarios, selection } from './scenarios.ts'

const file = path.join(import.meta.dirname, 'observed.json')

/** How many scenarios happen at once: with many more the operators of a busy machine take longer than a scenario waits for news. */
const atOnce = 16

/**
 * `MIGRATE_TEST_ENDINGS=REGEXP` runs the scenarios whose name it finds instead of the selection. `MIGRATE_TEST_UPDATE=endings` records
 * what they do, `MIGRATE_TEST_UPDATE=more-endings` what they do beside what they were seen to do before.
 */
async function observeAll(): Promise<Record<string, Endings>> {
  const wanted = process.env['MIGRATE_TEST_ENDINGS']
  const chosen = scenarios.filter(({ name }) =>
    wanted === undefined ? selection.includes(name) : new RegExp(wanted).test(name),
  )
  const all: Record<string, Endings> = {}
  for (let at = 0; at < chosen.length; at += atOnce) Object.assign(all, await observe(chosen.slice(at, at + atOnce)))
  return all
}

/** Lets every scenario happen to a v1 job and to the TrainJob convert makes of it, all at once in a namespace. */
async function observe(chosen: readonly Scenario[]): Promise<Record<string, Endings>> {
  const on = cluster()
  const namespace = await on.namespace()
  const aborter = new AbortController()
  const environment = { KUBECONFIG: on.kubeconfig, PATH: process.env['PATH'] }
  const door = await connect({}, environment, () => undefined, aborter.signal)
  const api = await Api.fromKubeconfig(on.kubeconfig)
  try {
    const cases = chosen.map((scenario) => {
      const conversion = conversionOf(scenario, namespace)
      return { scenario, conversion, v1: new Side(conversion, 'v1'), v2: new Side(conversion, 'v2') }
    })
    const watching = watchSides(
      door,
      namespace,
      cases.flatMap(({ v1, v2 }) => [v1, v2]),
      aborter.signal,
    ).catch((error: unknown) => {
      if (!aborter.signal.aborted) throw error
    })
    const runtimes = new Map(cases.map(({ conversion: { runtime } }) => [runtime.metadata.name, runtime]))
    const first = [...runtimes.values(), ...cases.flatMap(({ conversion }) => conversion.extras)]
    expect(await createAll(on, namespace, first)).toEqual([])
    expect(
      await createAll(
        on,
        namespace,
        cases.flatMap(({ scenario, conversion }) => [jobOf(scenario), conversion.trainJob]),
      ),
    ).toEqual([])
    const played = Promise.all(
      cases.map(async ({ scenario, v1, v2 }): Promise<[string, Endings]> => {
        const [ofV1, ofV2] = await Promise.all([play(api, scenario, v1), play(api, scenario, v2)])
        return [scenario.name, { v1: ofV1, v2: ofV2 }]
      }),
    )
    const all = await Promise.race([played, watching.then(() => played)])
    return Object.fromEntries(all)
  } finally {
    aborter.abort()
    door.close()
    api.close()
  }
}

describe('what becomes of jobs when their pods end', { timeout: 3_600_000 }, () => {
  it('is what was observed before, of v1 and of v2', async () => {
    const now = await observeAll()
    const before = JSON.parse(readFileSync(file, 'utf8')) as Observed
    const update = process.env['MIGRATE_TEST_UPDATE']
    if (update === 'endings' || update === 'more-endings') {
      const base = update === 'endings' ? {} : before
      const all = { ...before, ...mapped(now, (name, seen) => seenAlso(base[name], seen)) }
      const inOrder = scenarios.flatMap(({ name }) => (all[name] ? [[name, all[name]]] : []))
      writeFileSync(file, `${JSON.stringify(Object.fromEntries(inOrder), null, 2)}\n`)
    } else {
      const known = (ways: readonly Ending[] = [], way: Ending) =>
        ways.find((one) => isDeepStrictEqual(one, way)) ?? ways[0]
      const expected = mapped(now, (name, { v1, v2 }) => ({
        v1: known(before[name]?.v1, v1),
        v2: known(before[name]?.v2, v2),
      }))
      expect(now).toEqual(expected)
    }
  })
})

function mapped<From, To>(
  values: Readonly<Record<string, From>>,
  to: (name: string, value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(name, value)]))
}
