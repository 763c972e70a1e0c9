import { afterAll, beforeEach, describe, expect, inject, it } from 'vitest'
import '../provided.ts'
import type { Faults } from '../crash/fault-proxy.ts'
import { deletePlaces, inPlace, type Place, type Run, settles, succeeds } from '../crash/places.ts'
import { alike, back, moved } from '../crash/scenarios.ts'
import { comesUp, goesDown, jobSetStandsBy, type Process } from './outage.ts'

const scenario = alike
beforeEach(({ skip }) => {
  skip(inject('controlPlane').folder === undefined, 'only processes of a control plane of our own are taken down')
})
afterAll(deletePlaces)

/** A request of a run, at which it stands while a process goes down. */
interface Moment {
  readonly verb: 'cutover' | 'rollback'
  readonly write: string
  readonly when: 'before' | 'after'
}

const moment = (verb: Moment['verb'], when: Moment['when'], write: string): Moment => ({ verb, write, when })

/** Before the hold, after it, on the way back. */
const few: readonly Moment[] = [
  moment('cutover', 'before', 'PATCH pytorchjobs/bert'),
  moment('cutover', 'after', 'PATCH pytorchjobs/bert'),
  moment('rollback', 'after', 'DELETE trainjobs/bert'),
]
const others: readonly Moment[] = [
  moment('cutover', 'before', 'POST NAMESPACE/trainjobs'),
  moment('cutover', 'after', 'POST NAMESPACE/trainjobs'),
  moment('cutover', 'before', 'PATCH trainjobs/bert'),
  moment('cutover', 'after', 'PATCH trainjobs/bert'),
  moment('rollback', 'before', 'DELETE trainjobs/bert'),
  moment('rollback', 'before', 'PATCH pytorchjobs/bert'),
  moment('rollback', 'after', 'PATCH pytorchjobs/bert'),
]
/** `npm run test:crash`: every moment, and processes that stay down */
const thorough = process.env['MIGRATE_TEST_CRASH'] === 'all'
const moments = thorough ? [...few, ...others] : few

/** Lets several runs come to their moments, then takes a process down, lets them go on, and brings it up again when told. */
async function outage(
  name: Process,
  all: readonly Moment[],
  flags: readonly string[],
  upWhen: (ended: Promise<unknown>) => Promise<unknown>,
  then: (moment: Moment, place: Place, run: Run) => Promise<'v1' | 'v2'>,
): Promise<void> {
  let arrived = 0
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  let up: Promise<unknown> = Promise.resolve()
  let failed = (_why: unknown): void => undefined
  const notBack = new Promise<never>((_resolve, reject) => {
    failed = reject
  })
  const runs: Promise<unknown>[] = []
  const arrive = async (): Promise<void> => {
    if (++arrived === all.length) {
      await goesDown(name)
      up = upWhen(Promise.all(runs)).then(() => comesUp(name))
      // said at once: the runs would wait for it until their time is up
      up.catch(failed)
      open()
    }
    await gate
  }
  const standing = (place: Place, { write, when }: Moment): Faults => {
    let met = false
    return async ({ kind, title }, is) => {
      // the others may take longer to come than a request may last: what is asked in its place stands as well
      if (met) await gate
      if (met || kind !== 'write' || is !== when || title.replace(place.namespace, 'NAMESPACE') !== write) return
      met = true
      await arrive()
      return undefined
    }
  }
  const ran = all.map((each) =>
    inPlace(scenario, each.verb === 'cutover' ? 'v1' : 'v2', async (place) => {
      const running = place.run([...scenario[each.verb], ...flags], () => standing(place, each))
      runs.push(running)
      const run = await running
      await up
      return await then(each, place, run)
    }),
  )
  await Promise.race([Promise.all(ran), notBack])
}

/** What a run says that could not go on: v1 is as it was, or what stands is told. */
const halted: Readonly<Record<number, RegExp>> = {
  0: /./,
  1: /was NOT cut over: .*v1 was never stopped/,
  3: /was NOT cut over: .*v1 was never stopped/,
  5: /was NOT cut over: .*(v1 was never stopped|rolled back: )/,
  6: /NEITHER cut over NOR rolled back|was NOT rolled back/,
}

/** Exit codes of runs whose operator never comes back; it may have seen what was written just before it went. */
const withoutIt = {
  'training-operator': ({ verb, write, when }: Moment): readonly number[] => {
    // v1's webhook refuses the way back, or nobody makes v1's pods
    if (write === 'PATCH pytorchjobs/bert' && when === 'after') return [0, 6]
    if (verb === 'rollback') return [6]
    return write === 'PATCH trainjobs/bert' ? [0] : [3]
  },
  trainer: ({ verb, write, when }: Moment): readonly number[] => {
    // what is to be removed goes without it
    if (verb === 'rollback') return [0]
    if (write === 'POST NAMESPACE/trainjobs' && when === 'before') return [3]
    return write === 'PATCH trainjobs/bert' && when === 'after' ? [0, 5] : [5]
  },
  // its webhook refuses Trainer's JobSets, and every change of one: what is to be removed goes without it
  jobset: ({ verb, write, when }: Moment): readonly number[] => {
    if (verb === 'rollback') return [0]
    if (write === 'POST NAMESPACE/trainjobs') return when === 'before' ? [1] : [1, 5]
    return write === 'PATCH trainjobs/bert' && when === 'after' ? [0, 5] : [5]
  },
}

const unseen = /was NOT cut over: nobody saw how its pods ended/

/** All come back: what then stands still is a fault of the run, told long after the slowest of operators, schedulers and kubelets asks again. */
const inTime = ['--timeout', '8m']

const soon = () => new Promise((wake) => setTimeout(wake, 2000))

const stranded = ({ code, stdout, stderr }: Run): string => (code === 6 ? stdout + stderr : '')

const told = ({ code, stdout, stderr }: Run) => [code, halted[code]?.test(stdout) || `${stdout}${stderr}`]

describe('while a job is moved', { timeout: 1_500_000 }, () => {
  it.each<Process>(['training-operator', 'trainer', 'jobset'])('%s is restarted', async (name) => {
    await outage(name, moments, inTime, soon, async ({ verb }, place, run) => {
      expect(stranded(run)).toBe('')
      expect(told(run)).toEqual([run.code, true])
      if (run.code !== 0) await succeeds(place, scenario[verb])
      await settles(place, verb === 'cutover' ? moved(scenario) : back(scenario))
      return verb === 'cutover' ? 'v2' : 'v1'
    })
  })

  it('JobSet answers its webhooks, and its controller does nothing: v1 is never stopped', async () => {
    await inPlace(scenario, 'v1', async (place) => {
      const before = await place.state()
      await jobSetStandsBy()
      try {
        const run = await place.run([...scenario.cutover, '--timeout', '10s'])
        const said = 'was NOT cut over: not within 0:10: JobSet’s controller has not taken up JobSet bert yet'
        expect([run.code, run.stdout]).toEqual([1, expect.stringContaining(said)])
        expect(run.requests.filter(({ title }) => title === 'PATCH pytorchjobs/bert')).toEqual([])
        await settles(place, before.v1, async () => (await place.state()).v1)
        expect((await place.state()).objects.filter((name) => /^(TrainJob|JobSet|Job)\//.test(name))).toEqual([])
      } finally {
        await goesDown('jobset')
        await comesUp('jobset')
      }
      await succeeds(place, scenario.cutover)
      return 'v2'
    })
  })

  it('kube-apiserver is restarted', async () => {
    const atOnce = async () => undefined
    await outage('kube-apiserver', moments, inTime, atOnce, async ({ verb }, place, run) => {
      // what became of pods before it went down it does not tell any more: then nothing is run again until somebody says so
      if (run.code === 1 && unseen.test(run.stdout)) {
        const stopped = async () => {
          const { ready, suspend } = (await place.state()).v1
          return { ready, suspend }
        }
        await settles(place, { ready: 0, suspend: true }, stopped)
        await succeeds(place, [...scenario.rollback, '--rerun'])
        await settles(place, back(scenario).v1, async () => (await place.state()).v1)
        return 'v1'
      }
      expect(stranded(run)).toBe('')
      expect(told(run)).toEqual([run.code, true])
      if (run.code !== 0) await succeeds(place, scenario[verb])
      await settles(place, verb === 'cutover' ? moved(scenario) : back(scenario))
      return verb === 'cutover' ? 'v2' : 'v1'
    })
  })

  it.runIf(thorough).each(['training-operator', 'trainer', 'jobset'] as const)(
    '%s goes down, and stays down',
    async (name) => {
      const whenAllHaveEnded = (ended: Promise<unknown>) => ended
      await outage(name, moments, ['--timeout', '30s'], whenAllHaveEnded, async (at, place, run) => {
        expect(told(run)).toEqual([run.code, true])
        if (name === 'jobset' && run.code !== 0) expect(run.stdout).toMatch(/JobSet|jobset-webhook-service/)
        expect([at, withoutIt[name](at)]).toEqual([at, expect.arrayContaining([run.code])])
        await succeeds(place, scenario.rollback)
        await settles(place, back(scenario).v1, async () => (await place.state()).v1)
        return 'v1'
      })
    },
  )
})
