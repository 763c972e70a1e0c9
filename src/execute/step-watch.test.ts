import { describe, expect, it } from 'vitest'
import { ClusterError } from '../cluster/errors.ts'
import type { Facts, Progress, Subject } from '../migration/facts.ts'
import type { ExecutionEvent } from '../migration/outcome.ts'
import type { Part, Step } from '../migration/step.ts'
import { Halted } from './halt.ts'
import { StepWatch } from './step-watch.ts'

const asked = { verb: 'list', resource: 'pods' }
const away = new ClusterError({ kind: 'timeout', by: 'request', server: 'https://here', sent: true, ...asked })

interface Script {
  /** what the step answers, one look after another; the last one again and again */
  readonly looks: readonly Progress[]
  readonly step?: Partial<Pick<Step<Subject>, 'confirm' | 'lasts'>>
  readonly limit?: number
  /** that the watch broke, and what reading afresh then does */
  readonly blind?: boolean
  readonly refresh?: () => void
  readonly interruptedAt?: number
}

/** Watches a step on a clock of which every look and every tick takes a second. */
async function watched(
  { looks, step, limit = 10_000, blind = false, refresh, interruptedAt }: Script,
  undoing = false,
) {
  let now = 0
  let at = 0
  const refreshed: Part[][] = []
  const reported: string[] = []
  const interrupted = new AbortController()
  const look = () => {
    at++
    if (at === interruptedAt) interrupted.abort()
    return looks[Math.min(at, looks.length) - 1] as Progress
  }
  const watch = new StepWatch<Subject>({
    observer: {
      facts: {} as Facts,
      version: 0,
      blind,
      changedSince: () => (blind ? Promise.reject(away) : new Promise(() => undefined)),
      refresh: async (parts) => {
        refreshed.push([...parts])
        refresh?.()
      },
    },
    journal: { flush: async () => undefined },
    plan: {} as Subject,
    signal: interrupted.signal,
    elapsed: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds
    },
    tick: 1000,
    report: (event: ExecutionEvent) => reported.push('reason' in event ? event.reason : event.type),
  })
  const watchedStep = {
    id: 'start',
    title: 'start v2',
    verify: look,
    undone: look,
    ...step,
  } as unknown as Step<Subject>
  const end = await watch.until(watchedStep, undoing, limit).catch((error: unknown) => {
    if (error instanceof Halted) return `${error.halt.why}: ${error.halt.reason}`
    throw error
  })
  return { end, looks: at, now, reported, refreshed }
}

const waiting = { waiting: '1 of 2 pods runs' }
const done = { done: 'both pods run' }

describe('a step is looked at', () => {
  it('until it is done, a tick apart', async () => {
    const { end, looks, now, reported } = await watched({ looks: [waiting, waiting, done] })
    expect([end, looks, now]).toEqual(['both pods run', 3, 2000])
    expect(reported).toEqual(['1 of 2 pods runs', '1 of 2 pods runs'])
  })

  it.each<[what: string, script: Script, end: string]>([
    ['it fails', { looks: [waiting, { failed: 'a pod failed' }] }, 'failed: a pod failed'],
    ['it ends by itself', { looks: [{ ended: 'v1 succeeded' }] }, 'ended: v1 succeeded'],
    ['its time is over', { looks: [waiting], limit: 3000 }, 'timeout: 1 of 2 pods runs'],
    ['somebody interrupts', { looks: [waiting], interruptedAt: 2 }, 'interrupted: interrupted'],
  ])('until %s', async (_, script, end) => {
    expect((await watched(script)).end).toBe(end)
  })

  it('as long as what is done must last, but where it is settled', async () => {
    const lasts = { lasts: () => 5000 }
    expect((await watched({ looks: [done], step: lasts })).now).toBe(5000)
    expect((await watched({ looks: [{ ...done, settled: true }], step: lasts })).now).toBe(0)
  })

  it('with a time of its own from where another limit ends', async () => {
    const queued = { waiting: 'Kueue has no quota', within: 60_000 }
    const { end, now } = await watched({ looks: [...Array<Progress>(20).fill(queued), waiting], limit: 3000 })
    expect([end, now]).toEqual(['timeout: 1 of 2 pods runs', 22_000])
  })

  it('once more, afresh, before what must be confirmed is believed', async () => {
    const step = { confirm: { verify: ['v2Pods'] as Part[] } }
    const { end, looks, refreshed } = await watched({ looks: [done, waiting, done], step })
    expect([end, looks, refreshed]).toEqual(['both pods run', 4, [['v2Pods'], ['v2Pods']]])
  })
})

describe('where the cluster can be watched no longer', () => {
  it('the way there ends', async () => {
    await expect(watched({ looks: [waiting], blind: true })).rejects.toBe(away)
  })

  it('the way back reads everything at every tick, also while that fails for a time', async () => {
    let failures = 2
    const refresh = () => {
      if (failures-- > 0) throw away
    }
    const { end, refreshed } = await watched({ looks: [waiting, waiting, waiting, done], blind: true, refresh }, true)
    expect([end, refreshed.length]).toEqual(['both pods run', 3])
  })
})
