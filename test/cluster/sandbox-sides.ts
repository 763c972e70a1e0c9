import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clusterObjects } from '../../src/sandbox/cluster-objects.ts'
import { startSandbox } from '../../src/sandbox/host.ts'
import { Api } from './api.ts'
import { cluster } from './harness.ts'

/** One of the two that are asked the same. */
export interface Side {
  readonly name: 'the API server' | 'the sandbox'
  readonly kubeconfig: string
  readonly api: Api
}

/** The real cluster and a sandbox, and namespaces that are there on both. */
export interface Sides {
  /** where kubectl may keep what it discovers */
  readonly cache: string
  /** asks both at the same time */
  ask<T>(question: (side: Side) => Promise<T>): Promise<{ readonly real: T; readonly ours: T }>
  namespace(): Promise<string>
  stop(): Promise<void>
}

/** Starts a sandbox beside the cluster of this test run; call it in a hook. */
export async function startSides(): Promise<Sides> {
  const { kubeconfig } = cluster()
  const beginning = clusterObjects().map((object) => ({ object, ago: 60 }))
  const options = { port: 0, speed: 1, namespace: 'default', now: () => new Date(), random: Math.random }
  const sandbox = await startSandbox({ ...options, beginning })
  const real: Side = { name: 'the API server', kubeconfig, api: await Api.fromKubeconfig(kubeconfig) }
  const ours: Side = {
    name: 'the sandbox',
    kubeconfig: sandbox.kubeconfig,
    api: await Api.fromKubeconfig(sandbox.kubeconfig),
  }
  const cache = await mkdtemp(join(tmpdir(), 'kubectl-migrate-test-'))
  const made: string[] = []
  const ask: Sides['ask'] = async (question) => {
    const [theirs, our] = await Promise.all([question(real), question(ours)])
    return { real: theirs, ours: our }
  }
  return {
    cache,
    ask,
    async namespace() {
      const name = `same-${randomBytes(4).toString('hex')}`
      const answers = await ask(({ api }) => api.request('POST', '/api/v1/namespaces', { metadata: { name } }))
      for (const { status } of Object.values(answers)) if (status !== 201) throw new Error(JSON.stringify(answers))
      made.push(name)
      return name
    },
    async stop() {
      await Promise.all(made.map((name) => real.api.request('DELETE', `/api/v1/namespaces/${name}`)))
      real.api.close()
      ours.api.close()
      await sandbox.stop()
      await rm(cache, { recursive: true, force: true })
    },
  }
}
