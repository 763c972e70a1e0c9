import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { type OperatorsOptions, startOperators } from '../../test/unit/operators.ts'
import { runMoving, standing } from '../../test/unit/run-moving.ts'
import type { Env } from '../env.ts'
import { hookEvents } from '../migration/hooks.ts'

interface Call {
  readonly event: string
  readonly state: string
  readonly [field: string]: unknown
}

function world(operators: OperatorsOptions = {}): FakeCluster {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
  startOperators(cluster, operators)
  return cluster
}

/** Hooks that remember their calls; `codes` by event, else they succeed. */
function hooks(codes: Readonly<Record<string, number | undefined>> = {}) {
  const calls: Call[] = []
  const stood: string[] = []
  const hook =
    (cluster: FakeCluster): Env['hook'] =>
    async (command, { input, line }) => {
      const call = JSON.parse(input) as Call
      calls.push(call)
      stood.push(standing(cluster))
      line(`${command} speaks`)
      return call.event in codes ? codes[call.event] : 0
    }
  return { calls, stood, hook }
}

const all = hookEvents.map((event) => `--hook ${event}=./${event}`).join(' ')
const cutover = `cutover job bert --yes ${all}`
const fails: OperatorsOptions['fate'] = ({ role }) => (role === 'node' ? { phase: 'Failed' } : undefined)

describe('hooks', () => {
  it('are run between the steps, and get what happens as JSON', async () => {
    const cluster = world()
    const { calls, stood, hook } = hooks()
    const { code, stderr } = await runMoving(cutover, cluster, { hook: hook(cluster) })
    expect(code).toBe(0)
    expect(calls.map(({ event, state }, at) => `${event} ${state}: ${stood[at]}`)).toEqual([
      'before-hold moving: v1 runs 3, v2 0',
      'after-hold moving: v1 suspended 0, v2 0',
      'after-start moving: v1 suspended 0, v2 3',
      'done moved: v1 suspended 0, v2 3',
    ])
    expect(calls[0]).toEqual({
      apiVersion: 'kubectl-migrate.dev/v1',
      kind: 'HookCall',
      event: 'before-hold',
      state: 'moving',
      migration: expect.stringMatching(/^[0-9a-f-]{36}$/),
      namespace: 'nlp',
      v1: { kind: 'PyTorchJob', name: 'bert', uid: 'uid-v1-bert' },
      v2: { kind: 'TrainJob', name: 'bert', uid: expect.any(String) },
    })
    expect(stderr).toMatch(/^\S+ hook before-hold: \.\/before-hold speaks$/m)
  })

  it.each<[event: string, code: number, ends: string, told: string[]]>([
    ['before-hold', 1, 'nothing of it is left, v1 was never stopped', ['before-hold moving', 'rolled-back undone']],
    [
      'after-hold',
      5,
      'rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running',
      ['before-hold moving', 'after-hold moving', 'rolled-back undone'],
    ],
    [
      'after-start',
      5,
      'rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running',
      ['before-hold moving', 'after-hold moving', 'after-start moving', 'rolled-back undone'],
    ],
  ])('that fail %s take back what was done', async (event, code, ends, told) => {
    const cluster = world()
    const { calls, hook } = hooks({ [event]: 3 })
    const ran = await runMoving(cutover, cluster, { hook: hook(cluster) })
    expect(
      ran.stdout.replace(
        'v1 resumed, 3 of 3 pods running, TrainJob removed',
        'TrainJob removed, v1 resumed, 3 of 3 pods running',
      ),
    ).toBe(`nlp/bert was NOT cut over: hook ${event} (./${event}) ended with exit code 3; ${ends}\n`)
    expect([ran.code, standing(cluster)]).toEqual([code, 'v1 runs 3, v2 0'])
    expect(calls.map((call) => `${call.event} ${call.state}`)).toEqual(told)
  })

  it('that fail at the end change nothing of it, which is said', async () => {
    const cluster = world()
    const { code, stderr } = await runMoving(cutover, cluster, { hook: hooks({ done: 1 }).hook(cluster) })
    expect(stderr).toContain('note: hook done (./done) ended with exit code 1\n')
    expect(code).toBe(0)
  })

  it('tell of a way back that v2’s failure made', async () => {
    const cluster = world({ fate: fails })
    const { calls, hook } = hooks()
    expect((await runMoving(cutover, cluster, { hook: hook(cluster) })).code).toBe(5)
    expect(calls.map(({ event }) => event)).toEqual(['before-hold', 'after-hold', 'rolled-back'])
  })

  it('are killed at Ctrl-C, which then is the reason', async () => {
    const cluster = world()
    const interruption = new AbortController()
    const hook: Env['hook'] = async (_, { input, signal }) => {
      if ((JSON.parse(input) as Call).event !== 'after-hold') return 0
      interruption.abort()
      return signal.aborted ? undefined : 0
    }
    const { code, stdout } = await runMoving(cutover, cluster, { hook, signal: interruption.signal })
    expect(stdout).toMatch(/^nlp\/bert was NOT cut over: interrupted; rolled back: /)
    expect([code, standing(cluster)]).toEqual([130, 'v1 runs 3, v2 0'])
  })

  it.each(['before=./x', 'before-hold', 'before-hold='])('of --hook %s there are none', async (text) => {
    const { code, stderr } = await runMoving(`cutover job bert --yes --hook ${text}`, world())
    expect(stderr).toContain(`error: --hook cannot be ${JSON.stringify(text)}: it takes EVENT=CMD\n`)
    expect(stderr).toContain('events: before-hold, after-hold, after-start, done, rolled-back, failed')
    expect(code).toBe(2)
  })
})
