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

/** Verbs that read, typed at a v1 job that is suspended. */
const verbs = ['list', 'list -o json', 'status bert', 'convert bert', 'diff job bert', 'cutover job bert --dry-run']

describe('kubectl-migrate says of a job in the sandbox what it says of one on the API server:', () => {
  it.concurrent.each(verbs)('%s', async (words) => {
    const { kubectl, migrate, waitFor } = cluster()
    const namespace = await sides.namespace()
    const { real, ours } = await sides.ask(async ({ name, kubeconfig }) => {
      const options = { namespace, env: { KUBECONFIG: kubeconfig } }
      const job = commands['a v1 job']?.find((typed) => typed.words === 'create -f -')
      await kubectl(['create', '-f', '-'], { ...options, ...(job?.input && { input: job.input }) })
      const suspended = ['wait', '--for=condition=Suspended', 'pytorchjob/bert', '--timeout=20s']
      await waitFor(`the job is suspended on ${name}`, async () => (await kubectl(suspended, options)).code === 0)
      return shapeOfOutcome(await migrate(words.split(' '), options), namespace)
    })
    expect(ours).toEqual(real)
  })
})
