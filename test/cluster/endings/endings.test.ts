import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect } from '../../../src/cluster/connect.ts'
import { Api } from '../api.ts'
import { createAll } from '../differential.ts'
import { cluster } from '../harness.ts'
import type { Endings, Observed } from './ending.ts'
import { play, Side, watchSides } from './observe.ts'
import { conversionOf, jobOf, scenarios, selection } from './scenarios.ts'

const file = path.join(import.meta.dirname, 'observed.json')

/**
 * `MIGRATE_TEST_ENDINGS=REGEXP` runs the scenarios whose name it finds instead of the selection, `MIGRATE_TEST_UPDATE=endings` records
 * what they do. Lets every scenario happen to a v1 job and to the TrainJob convert makes of it, all at once in one namespace.
 */
async function observe(): Promise<Observed> {
  const on = cluster()
  const namespace = await on.namespace()
  const aborter = new AbortController()
  const environment = { KUBECONFIG: on.kubeconfig, PATH: process.env['PATH'] }
  const door = await connect({}, environment, () => undefined, aborter.signal)
  const api = await Api.fromKubeconfig(on.kubeconfig)
  try {
    const wanted = process.env['MIGRATE_TEST_ENDINGS']
    const chosen = scenarios.filter(({ name }) =>
      wanted === undefined ? selection.includes(name) : new RegExp(wanted).test(name),
    )
    const cases = chosen.map((scenario) => {
      const conversion = conversionOf(scenario, namespace)
      return { scenario, conversion, v1: new Side(conversion, 'v1'), v2: new Side(conversion, 'v2') }
    })
    const watching = watchSides(
      door,
      api,
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

describe('what becomes of jobs when their pods end', { timeout: 900_000 }, () => {
  it('is what was observed before, of v1 and of v2', async () => {
    const now = await observe()
    const before = JSON.parse(readFileSync(file, 'utf8')) as Observed
    if (process.env['MIGRATE_TEST_UPDATE'] === 'endings') {
      const all = { ...before, ...now }
      const inOrder = scenarios.flatMap(({ name }) => (all[name] ? [[name, all[name]]] : []))
      writeFileSync(file, `${JSON.stringify(Object.fromEntries(inOrder), null, 2)}\n`)
    } else {
      expect(now).toEqual(Object.fromEntries(Object.keys(now).map((name) => [name, before[name]])))
    }
  })
})
