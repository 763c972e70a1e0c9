import { promises } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { KubeObject } from '../kube/object.ts'
import { makeCertificate } from './certificate.ts'
import { Timeline } from './clock.ts'
import { runCommand, type Surroundings } from './exec.ts'
import { type Holder, lockFolder } from './folder-lock.ts'
import { masters } from './rights.ts'
import { makeSandbox, type Sandbox } from './sandbox.ts'
import { type RunningServer, startServer, type User } from './server.ts'
import { readState, StateProblem, writeState } from './state-file.ts'

/** An object of the beginning, and how long ago it was made: seconds. */
export interface Beginning {
  readonly object: KubeObject
  readonly ago: number
}

export interface HostOptions {
  /** 0: any that is free */
  readonly port: number
  readonly speed: number
  readonly beginning: readonly Beginning[]
  /** namespace of the kubeconfig's context */
  readonly namespace: string
  /** where its state is kept, and gone on from, and who takes that folder; absent: it is lost when it stops */
  readonly home?: Holder & { readonly folder: string }
  readonly now: () => Date
  readonly random: () => number
}

export interface RunningSandbox {
  readonly port: number
  /** path of a kubeconfig for it, in a folder that goes when it stops */
  readonly kubeconfig: string
  /** it has gone on from the state in its folder */
  readonly resumed: boolean
  /** Runs a shell command that sees the sandbox; resolves with its exit code, 128 + n where signal n ended it. */
  exec(command: string, surroundings: Surroundings): Promise<number>
  stop(): Promise<void>
}

const token = 'sandbox-admin'

/** Whose token stands in the kubeconfig: somebody who may do everything, and speak for others (`--as`). */
const users: ReadonlyMap<string, User> = new Map([[token, { name: 'sandbox-admin', groups: [masters] }]])

/**
 * Starts the simulated cluster on loopback, with its past already lived through. Throws StateProblem for a folder it cannot go on from,
 * or that another sandbox has.
 */
export async function startSandbox(options: HostOptions): Promise<RunningSandbox> {
  const { home } = options
  if (home === undefined) return await start(options, undefined)
  const release = await lockFolder(home.folder, home)
  try {
    const running = await start(options, home.folder)
    return { ...running, stop: () => running.stop().finally(release) }
  } catch (error) {
    await release()
    throw error
  }
}

async function start(options: HostOptions, home: string | undefined): Promise<RunningSandbox> {
  const { speed, random, now } = options
  const kept = home === undefined ? undefined : await readState(home)
  const first = Math.max(0, ...options.beginning.map(({ ago }) => ago))
  const timeline = new Timeline(kept ? new Date(kept.time) : new Date(now().getTime() - first * 1000))
  const certificate = await makeCertificate(now())
  // a port that is taken is told before a past is lived through; nobody is answered until then, as living through it gives no turn to others
  const server = await startServer({
    ...certificate,
    port: options.port,
    users,
    answer: (request) => {
      timeline.moveTo(now())
      return sandbox.answer(request)
    },
  })
  const address = `127.0.0.1:${server.port}`
  const sandbox = makeSandbox({ clock: timeline, random, speed, address })
  const present = now().getTime()
  if (kept) sandbox.resume(kept)
  for (const { object, ago } of kept ? [] : [...options.beginning].sort((a, b) => b.ago - a.ago)) {
    timeline.moveTo(new Date(present - ago * 1000))
    sandbox.add(object, 'kubectl-client-side-apply')
  }
  const stopTime = followTime(timeline, now)
  const keeper =
    home === undefined
      ? undefined
      : await keepState(home, sandbox).catch(async (error) => {
          stopTime()
          await server.close()
          throw error
        })
  const folder = await promises.mkdtemp(path.join(tmpdir(), 'kubectl-migrate-sandbox-'))
  const kubeconfig = path.join(folder, 'kubeconfig')
  const text = kubeconfigText(`https://${address}`, certificate.certificate, options.namespace)
  await promises.writeFile(kubeconfig, text, { mode: 0o600 })
  return {
    port: server.port,
    kubeconfig,
    exec: (command, { variables, ...around }) =>
      runCommand(command, { ...around, variables: { ...variables, KUBECONFIG: kubeconfig } }),
    resumed: kept !== undefined,
    stop: async () => {
      await stop(server, folder, [stopTime])
      await keeper?.stop()
      sandbox.stop()
    },
  }
}

async function stop(server: RunningServer, folder: string, others: readonly (() => void)[]): Promise<void> {
  for (const end of others) end()
  await server.close()
  await promises.rm(folder, { recursive: true, force: true })
}

/** milliseconds between looks whether something is to be kept */
const keepEvery = 5000

/** Keeps the state now, from time to time where something was written, and at the end. */
async function keepState(folder: string, sandbox: Sandbox): Promise<{ stop(): Promise<void> }> {
  let last = sandbox.state()
  await writeState(folder, last).catch((error: Error) => {
    throw new StateProblem(`${folder} cannot keep the sandbox: ${error.message}`, { cause: error })
  })
  let writing: Promise<void> = Promise.resolve()
  const keep = (): void => {
    const state = sandbox.state()
    if (state.version === last.version) return
    last = state
    // a disk that is full for a while is no end: the last state is kept at the end, or fails there
    writing = writing.then(() => writeState(folder, state)).catch(() => undefined)
  }
  const timer = setInterval(keep, keepEvery)
  return {
    stop: async () => {
      clearInterval(timer)
      await writing
      await writeState(folder, sandbox.state())
    },
  }
}

/** Lets the timeline follow the wall clock: it is moved whenever something is due. */
function followTime(timeline: Timeline, now: () => Date): () => void {
  let timer: NodeJS.Timeout | undefined
  const plan = (): void => {
    clearTimeout(timer)
    const { next } = timeline
    if (next === undefined) return
    timer = setTimeout(
      () => {
        timeline.moveTo(now())
        plan()
      },
      Math.min(Math.max(next.getTime() - now().getTime(), 0), 2 ** 31 - 1),
    )
  }
  timeline.moveTo(now())
  timeline.onEarlier = plan
  plan()
  return () => {
    timeline.onEarlier = () => undefined
    clearTimeout(timer)
  }
}

/** JSON is YAML: kubectl reads it as any kubeconfig. */
function kubeconfigText(server: string, certificate: string, namespace: string): string {
  const name = 'sandbox'
  const authority = Buffer.from(certificate).toString('base64')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'sandbox-admin', user: { token } }],
    contexts: [{ name, context: { cluster: name, user: 'sandbox-admin', namespace } }],
    'current-context': name,
  }
  return `${JSON.stringify(config, undefined, 2)}\n`
}
