import { runProgram } from '../../src/cli/program.ts'
import { createCluster } from '../../src/cluster/client.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { createRequests } from '../../src/cluster/requests.ts'
import type { Settings } from '../../src/cluster/settings.ts'
import type { Answer, Sending, Transport } from '../../src/cluster/transport.ts'
import type { Env } from '../../src/env.ts'
import { describeError } from '../../src/present/errors.ts'
import type { Timeline } from '../../src/sandbox/clock.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { type FakeEnvOptions, fakeEnv } from '../unit/fake-env.ts'

/** Where a process ends: at one of its writes, counted from 1, just before the API server has it or just after. */
export interface Crash {
  readonly write: number
  readonly when: 'before' | 'after'
}

export interface ProgramRun {
  /** 137 where it was killed */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** `PATCH pytorchjobs/bert` each: what it wrote, or was about to */
  readonly writes: readonly string[]
  /** texts by path: what there was, and what it left */
  readonly files: ReadonlyMap<string, string>
}

/** What a process runs in. */
export interface Surroundings {
  readonly sandbox: Sandbox
  readonly timeline: Timeline
  readonly random: () => number
  readonly namespace: string
  readonly host: string
  readonly pid: number
  /** what else there is around it: files, a terminal, lines that somebody types */
  readonly fake?: FakeEnvOptions
  /** whether time also goes on while it only listens, as `logs -f` does; all its modules must be loaded by then */
  readonly listens?: boolean
  /** called just before a write is sent on, and when the API server has answered it */
  readonly atWrite?: (title: string, when: 'before' | 'after') => void
}

/**
 * Runs the program on its words as one process that reaches the sandbox through the client of src/cluster, in simulated time: where nothing is
 * left to do, the time of the next thing that is planned comes. A killed process does nothing any more: what it has asked is never answered,
 * what it asks is never heard, and it never wakes.
 */
export async function runProcess(
  words: readonly string[],
  surroundings: Surroundings,
  crash?: Crash,
): Promise<ProgramRun> {
  const { timeline } = surroundings
  const process = new Process(surroundings, crash)
  const { env, stdout, stderr, files } = fakeEnv({ columns: 200, ...surroundings.fake })
  let code: number | undefined
  void runProgram(process.envOf(env), words)
    .catch((error) => {
      const { lines, exit } = describeError(error, env.name)
      env.err.write(`${lines.join('\n')}\n`)
      return exit
    })
    .then((exit) => {
      code = exit
    })
  while (code === undefined && !process.killed) {
    await turn()
    if (code !== undefined || process.killed) break
    // a module is loaded in real time
    if (!process.sleeps) await new Promise((resolve) => setTimeout(resolve, 1))
    else if (timeline.next !== undefined) timeline.moveTo(timeline.next)
  }
  process.end()
  return { code: process.killed ? 137 : (code ?? 0), stdout: stdout(), stderr: stderr(), writes: process.writes, files }
}

/** Everything that can go on without time going on has done so. */
async function turn(): Promise<void> {
  for (let turns = 0; turns < 2; turns++) await new Promise((resolve) => setImmediate(resolve))
}

const never = new Promise<never>(() => undefined)

const settings: Settings = {
  context: 'sandbox',
  namespace: 'nlp',
  server: 'https://sandbox',
  cluster: { server: 'https://sandbox' } as Settings['cluster'],
  user: {} as Settings['user'],
  userName: 'admin',
}

/** One process: its connection to the API server and its clock, which end with it. */
class Process implements Transport {
  readonly writes: string[] = []
  killed = false
  readonly #world: Surroundings
  readonly #crash: Crash | undefined
  /** how to end what it has open at the API server, and how to forget when it wanted to wake */
  readonly #open = new Set<() => void>()
  readonly #alarms = new Set<() => void>()
  #over = false

  constructor(world: Surroundings, crash: Crash | undefined) {
    this.#world = world
    this.#crash = crash
  }

  envOf(env: Env): Env {
    const { timeline, host, pid } = this.#world
    return {
      ...env,
      now: () => timeline.now(),
      elapsed: () => timeline.now().getTime(),
      sleep: (milliseconds) => this.#sleep(milliseconds),
      self: { user: 'jane', host, pid, place: `boot of ${host}`, started: String(pid) },
      isAlive: (other) => other.pid === pid,
      connect: async (flags) => this.#connect(env.signal, flags.namespace),
    }
  }

  /** Whether it waits for a time: of a request of its own, or of a sleep. */
  get sleeps(): boolean {
    return this.#alarms.size > 0 || (this.#world.listens === true && this.#open.size > 0)
  }

  /** Nothing of it is left. */
  end(): void {
    this.#over = true
    for (const cancel of this.#alarms) cancel()
    this.close()
  }

  close(): void {
    for (const stop of this.#open) stop()
    this.#open.clear()
  }

  async send(sending: Sending): Promise<Answer> {
    const { sandbox, random } = this.#world
    await this.#sleep(1 + random() * 20)
    const url = new URL(sending.path, settings.server)
    const title = writeTitle(sending.method, url)
    if (title !== undefined) this.#at(title, 'before')
    if (this.#over) return await never
    const answer = sandbox.answer({
      method: sending.method,
      url,
      accept: String(sending.headers['Accept'] ?? ''),
      contentType: String(sending.headers['Content-Type'] ?? ''),
      userAgent: String(sending.headers['User-Agent'] ?? ''),
      body: new TextEncoder().encode(sending.body ?? ''),
      user: 'jane',
      groups: ['system:masters', 'system:authenticated'],
    })
    if (title !== undefined) this.#at(title, 'after')
    if (this.#over) return await never
    if ('follow' in answer) return answered(200, this.#chunks(answer.follow, sending.signal))
    return answered(answer.code, once('text' in answer ? answer.text : JSON.stringify(answer.body)))
  }

  #connect(signal: AbortSignal, namespace = this.#world.namespace): Cluster {
    const requests = createRequests({
      settings: { ...settings, namespace },
      transport: this,
      credentials: { current: async () => ({}), renew: async () => false },
      userAgent: 'kubectl-migrate/test',
      compression: false,
      verbosity: 0,
      warn: () => undefined,
      signal,
      sleep: (milliseconds) => this.#sleep(milliseconds),
    })
    return createCluster({ ...settings, namespace }, requests)
  }

  #at(title: string, when: Crash['when']): void {
    if (this.#over) return
    if (when === 'before') this.writes.push(title)
    this.#world.atWrite?.(title, when)
    if (this.writes.length !== this.#crash?.write || when !== this.#crash.when) return
    this.killed = true
    this.end()
  }

  #sleep(milliseconds: number): Promise<void> {
    if (this.#over) return never
    return new Promise((resolve) => {
      const cancel = this.#world.timeline.after(Math.ceil(milliseconds) / 1000, () => {
        this.#alarms.delete(cancel)
        if (!this.#over) resolve()
      })
      this.#alarms.add(cancel)
    })
  }

  async *#chunks(
    follow: (write: (text: string) => void, end: () => void) => () => void,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const waiting: string[] = []
    let ended = false
    let wake: () => void = () => undefined
    const tell = (): void => {
      if (!this.#over) wake()
    }
    const stop = follow(
      (text) => {
        waiting.push(text)
        tell()
      },
      () => {
        ended = true
        tell()
      },
    )
    const abort = (): void => {
      ended = true
      tell()
    }
    this.#open.add(stop)
    signal.addEventListener('abort', abort, { once: true })
    try {
      while (!ended || waiting.length > 0) {
        if (waiting.length > 0) yield new TextEncoder().encode(waiting.splice(0).join(''))
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        if (signal.aborted) return
      }
    } finally {
      stop()
      this.#open.delete(stop)
      signal.removeEventListener('abort', abort)
    }
  }
}

function answered(status: number, body: AsyncIterable<Uint8Array>): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    async text() {
      const parts: Uint8Array[] = []
      for await (const part of body) parts.push(part)
      return Buffer.concat(parts).toString('utf8')
    },
    chunks: () => body,
    discard: () => undefined,
  }
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}

/** Of a request that changes something; undefined for one that asks, that only tells of a write, or that renews the lock of a run that takes long. */
export function writeTitle(method: string, { pathname, searchParams }: URL): string | undefined {
  const end = pathname.split('/').slice(-2).join('/')
  if (method === 'GET' || searchParams.has('dryRun') || /(?:reviews|\/events)$/.test(pathname)) return undefined
  return /^leases\//.test(end) && method === 'PATCH' ? undefined : `${method} ${end}`
}
