import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cluster } from './harness.ts'
import { answersOf } from './sandbox-answers.ts'
import { commands, type Typed } from './sandbox-commands.ts'
import { shapeOfOutcome } from './sandbox-outcomes.ts'
import { requests } from './sandbox-requests.ts'
import { type Sides, startSides } from './sandbox-sides.ts'
import { eventsOf, type Watched, watches } from './sandbox-watches.ts'

let sides: Sides
beforeAll(async () => {
  sides = await startSides()
})
afterAll(() => sides.stop())

describe('the sandbox answers as the API server does:', () => {
  it.concurrent.each(Object.keys(requests))('%s', async (name) => {
    const { real, ours } = await answersOf(sides, requests[name] ?? [])
    expect(ours).toEqual(real)
  })
})

describe('a watch of the sandbox tells what one of the API server tells:', () => {
  it.concurrent.each(Object.entries(watches))('%s', async (_, watched: Watched) => {
    const { real, ours } = await eventsOf(sides, watched)
    expect(ours).toEqual(real)
  })
})

describe('kubectl says of the sandbox what it says of the API server:', () => {
  it.concurrent.each(Object.entries(commands))('%s', async (_, typed: readonly Typed[]) => {
    const { kubectl } = cluster()
    const namespace = await sides.namespace()
    for (const { words, input } of typed) {
      const { real, ours } = await sides.ask(async ({ kubeconfig }) => {
        const env = { KUBECONFIG: kubeconfig, KUBECACHEDIR: sides.cache }
        return shapeOfOutcome(await kubectl(words.split(' '), { namespace, env, ...(input && { input }) }), namespace)
      })
      expect({ words, ...(ours as object) }).toEqual({ words, ...(real as object) })
    }
  })
})
