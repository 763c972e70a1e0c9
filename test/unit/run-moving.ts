import { parseWords } from '../../src/cli/parse.ts'
import type { ConnectionFlags } from '../../src/cluster/cluster.ts'
import { command as cutover } from '../../src/commands/cutover.ts'
import { command as finalize } from '../../src/commands/finalize.ts'
import { command as rollback } from '../../src/commands/rollback.ts'
import { command as start } from '../../src/commands/start.ts'
import type { Env } from '../../src/env.ts'
import { type Resource, resources } from '../../src/kube/resources.ts'
import { describeError } from '../../src/present/errors.ts'
import { isSuspended } from '../../src/v1/state.ts'
import type { FakeCluster } from './fake-cluster.ts'
import { fakeEnv } from './fake-env.ts'

const verbs = { start, cutover, rollback, finalize }

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** create, patch and delete of this run */
  readonly writes: string[]
}

export interface MovingOptions {
  readonly files?: Readonly<Record<string, string>>
  readonly connection?: ConnectionFlags
  readonly hook?: Env['hook']
  readonly signal?: AbortSignal
  /** what its clock says, which somebody may set */
  readonly now?: () => Date
  /** lines somebody types on a terminal */
  readonly input?: string
  /** the process is killed when this write, counted from 1 or of this resource, was made (or just before it) */
  readonly killed?: { readonly write: number | Resource; readonly when: 'before' | 'after' }
}

/** Runs a verb that moves a job in this cluster; `killed` in place of an outcome where it was. */
export async function runMoving(words: string, cluster: FakeCluster, options: MovingOptions = {}): Promise<Ran> {
  const [verb = '', ...rest] = words.split(' ')
  const command = verbs[verb as keyof typeof verbs]
  const { files, hook, signal, now, input } = options
  const typed = input === undefined ? {} : { tty: true, input }
  const world = { columns: 200, files, hook, signal, now, ...typed, cluster: mortal(cluster, options.killed) }
  const { env, stdout, stderr } = fakeEnv(world)
  cluster.closed = false
  const before = cluster.log.length
  const { positionals, flags } = parseWords(rest, command.flags)
  const given = { positionals, flags, connection: options.connection ?? {}, allNamespaces: false, verbosity: 0 }
  const running = (command.run as (of: typeof env, invocation: unknown) => Promise<number>)(env, given)
  const code = await Promise.race([dead(cluster), running]).catch((error) => {
    const told = describeError(error, env.name)
    env.err.write(`${told.lines.join('\n')}\n`)
    return told.exit
  })
  cluster.closed = true
  await new Promise((resolve) => setTimeout(resolve, 5))
  const writes = cluster.log.slice(before).filter((line) => /^(create|patch|delete) /.test(line))
  return { code, stdout: stdout(), stderr: stderr(), writes }
}

const deaths = new WeakMap<FakeCluster, () => void>()

/** Resolves when the process that uses this cluster is killed. */
function dead(cluster: FakeCluster): Promise<number> {
  return new Promise((resolve) => {
    deaths.set(cluster, () => resolve(137))
  })
}

/** The cluster as a process sees it that ends at one of its writes: nothing it asks afterwards is heard or answered. */
function mortal(cluster: FakeCluster, killed: MovingOptions['killed']): FakeCluster {
  let writes = 0
  let over = false
  const die = (): Promise<never> => {
    over = true
    deaths.get(cluster)?.()
    return new Promise(() => undefined)
  }
  return new Proxy(cluster, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown
      if (typeof member !== 'function') return member
      const call = member.bind(target) as (...args: unknown[]) => unknown
      if (name !== 'create' && name !== 'patch' && name !== 'delete') {
        return (...args: unknown[]) => (over ? new Promise(() => undefined) : call(...args))
      }
      return async (...args: unknown[]) => {
        if (over) return new Promise(() => undefined)
        const counts = args[0] !== resources.selfSubjectReviews && args[0] !== resources.newEvents
        if (counts) writes++
        const here = counts && (killed?.write === writes || killed?.write === args[0])
        if (here && killed?.when === 'before') return die()
        const answer = await call(...args)
        return here ? die() : answer
      }
    },
  })
}

/** `v1 suspended 0, v2 3`: what stands, and how many pods of each side are alive. */
export function standing(cluster: FakeCluster): string {
  const pods = cluster.all(resources.pods).filter(({ status }) => (status as { phase?: string })?.phase === 'Running')
  const count = (label: string) => pods.filter(({ metadata }) => label in (metadata.labels ?? {})).length
  const [v1] = cluster.all(resources.pytorchJobs)
  const state = v1 ? (isSuspended(v1) ? 'suspended' : 'runs') : 'gone'
  return `v1 ${state} ${count('training.kubeflow.org/job-name')}, v2 ${count('jobset.sigs.k8s.io/jobset-name')}`
}
