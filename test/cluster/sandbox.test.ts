import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cluster } from './harness.ts'
import { type LogKubelet, startLogKubelet } from './log-kubelet.ts'
import { answersOf } from './sandbox-answers.ts'
import { applies } from './sandbox-applies.ts'
import { applyCommands } from './sandbox-apply-commands.ts'
import { commands, type Typed } from './sandbox-commands.ts'
import { logsOf } from './sandbox-logs.ts'
import { eventsIn, moves, objectsIn, running } from './sandbox-moves.ts'
import { shapeOfOutcome } from './sandbox-outcomes.ts'
import { requests } from './sandbox-requests.ts'
import { type Sides, startSides } from './sandbox-sides.ts'
import { eventsOf, type KubectlWatch, kubectlWatches, printedOf, type Watched, watches } from './sandbox-watches.ts'

let sides: Sides
let kubelet: LogKubelet
beforeAll(async () => {
  sides = await startSides()
  kubelet = await startLogKubelet(cluster().kubeconfig)
})
afterAll(async () => {
  await sides.stop()
  await kubelet.stop()
})

describe('the sandbox answers as the API server does:', () => {
  it.concurrent.each(Object.entries({ ...requests, ...applies }))('%s', async (_, asked) => {
    const { real, ours } = await answersOf(sides, asked)
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
  it.concurrent.each(Object.entries({ ...commands, ...applyCommands }))('%s', async (_, typed: readonly Typed[]) => {
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

describe('kubectl says of logs in the sandbox what it says of those that a kubelet serves:', () => {
  it.concurrent('followed, in parts, of one that waits and one without a node', async () => {
    const said = await logsOf(sides, kubelet)
    expect(said.map(({ words, ours }) => ({ words, said: ours }))).toEqual(
      said.map(({ words, real }) => ({ words, said: real })),
    )
  })
})

describe('kubectl that watches prints of the sandbox what it prints of the API server:', () => {
  it.concurrent.each(kubectlWatches.map((watch): [string, KubectlWatch] => [watch.words, watch]))(
    '%s',
    async (_, watch) => {
      const { real, ours } = await printedOf(sides, watch, cluster().kubectl)
      expect(ours).toEqual(real)
    },
  )
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
      const suspended = ['wait', '--for=condition=Suspended', 'pytorchjob/bert', '--timeout=90s']
      await waitFor(`the job is suspended on ${name}`, async () => (await kubectl(suspended, options)).code === 0)
      return shapeOfOutcome(await migrate(words.split(' '), options), namespace)
    })
    expect(ours).toEqual(real)
  })
})

describe('a move in the sandbox leaves what one on the API server leaves:', () => {
  it('there and back', async () => {
    const { kubectl, migrate, waitFor } = cluster()
    const namespace = await sides.namespace()
    const at = (kubeconfig: string) => ({ namespace, env: { KUBECONFIG: kubeconfig, KUBECACHEDIR: sides.cache } })
    await sides.ask(async ({ name, kubeconfig }) => {
      await kubectl(['create', '-f', '-'], { ...at(kubeconfig), input: JSON.stringify(running) })
      const runs = ['wait', '--for=condition=Running', 'pytorchjob/bert', '--timeout=60s']
      await waitFor(`the job runs on ${name}`, async () => (await kubectl(runs, at(kubeconfig))).code === 0, 120_000)
    })
    for (const words of moves) {
      const { real, ours } = await sides.ask(async ({ kubeconfig }) => await migrate(words.split(' '), at(kubeconfig)))
      expect([ours, real].map(({ code, stderr }) => ({ words, code, told: code === 0 ? '' : stderr }))).toEqual([
        { words, code: 0, told: '' },
        { words, code: 0, told: '' },
      ])
      // an operator's last look may come after the command's end
      const look = () => sides.ask(async ({ kubeconfig }) => await objectsIn(namespace, at(kubeconfig)))
      const same = async () => {
        const both = await look()
        return JSON.stringify(both.real) === JSON.stringify(both.ours) ? both : undefined
      }
      const seen = await waitFor(`both hold the same after ${words}`, same, 60_000).catch(look)
      expect({ words, after: seen.ours }).toEqual({ words, after: seen.real })
      const told = await sides.ask(async ({ kubeconfig }) => await eventsIn(at(kubeconfig)))
      expect({ words, told: told.ours }).toEqual({ words, told: told.real })
    }
  }, 300_000)
})
