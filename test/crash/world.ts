import type { KubeObject } from '../../src/kube/object.ts'
import type { Pod } from '../../src/kube/pod.ts'
import type { Answer } from '../../src/sandbox/api.ts'
import { Timeline } from '../../src/sandbox/clock.ts'
import { clusterObjects, namespace as namespaceNamed } from '../../src/sandbox/cluster-objects.ts'
import { makeSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'
import { PodWatch } from './pod-watch.ts'
import { type Crash, type ProgramRun, runProcess } from './program.ts'

const namespace = 'nlp'

export interface WorldOptions {
  readonly seed: number
  readonly objects: readonly KubeObject[]
  /** which sides may run beside each other */
  readonly together?: boolean
  /** default: a time of its own */
  readonly start?: Date
  /** how many times faster than life pods come and go, default 1 */
  readonly speed?: number
  readonly atWrite?: (world: World, title: string, when: 'before' | 'after') => void
  readonly atPod?: (world: World, pod: Pod) => void
}

/** A cluster in simulated time with one job, of which every pod is watched. */
export class World {
  readonly sandbox: Sandbox
  readonly timeline: Timeline
  readonly pods: PodWatch
  readonly #random: () => number
  readonly #options: WorldOptions
  #pid = 4711

  constructor(options: WorldOptions) {
    this.#options = options
    this.#random = randomFrom(options.seed)
    this.timeline = new Timeline(options.start ?? new Date('2026-03-01T12:00:00Z'))
    const { speed = 1 } = options
    this.sandbox = makeSandbox({ clock: this.timeline, random: this.#random, speed, address: '127.0.0.1:6443' })
    for (const object of [...clusterObjects(), namespaceNamed(namespace), ...options.objects]) {
      this.sandbox.add(object, 'test')
    }
    this.pods = new PodWatch(options.together ?? false)
    const watching = this.ask('GET', `/api/v1/namespaces/${namespace}/pods?watch=1&timeoutSeconds=1000000`)
    if (!('follow' in watching)) throw new Error('pods cannot be watched')
    watching.follow(
      (text) => {
        for (const line of text.trim().split('\n')) this.#see(JSON.parse(line))
      },
      () => undefined,
    )
    this.pass(5)
  }

  /** @param host where the process runs: of one elsewhere nobody knows whether it lives */
  async run(words: string, crash?: Crash, host = 'laptop'): Promise<ProgramRun> {
    const { atWrite } = this.#options
    const surroundings = {
      sandbox: this.sandbox,
      timeline: this.timeline,
      random: this.#random,
      namespace,
      host,
      pid: ++this.#pid,
      ...(atWrite && { atWrite: (title: string, when: 'before' | 'after') => atWrite(this, title, when) }),
    }
    return await runProcess(words.split(' '), surroundings, crash)
  }

  pass(seconds: number): void {
    this.timeline.moveTo(new Date(this.timeline.now().getTime() + seconds * 1000))
  }

  ask(method: string, path: string, body?: unknown): Answer {
    return this.sandbox.answer({
      method,
      url: new URL(path, 'https://sandbox'),
      accept: 'application/json',
      contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      userAgent: 'test/1',
      body: body === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(body)),
      user: 'admin',
      groups: ['system:masters'],
    })
  }

  list(path: string): KubeObject[] {
    const answer = this.ask('GET', path.replace('NAMESPACE', namespace))
    if (!('body' in answer) || answer.code !== 200) throw new Error(`${path}: ${JSON.stringify(answer)}`)
    return (answer.body as { items: KubeObject[] }).items
  }

  #see({ type, object }: { type: string; object: Pod }): void {
    this.pods.see(type, object)
    if (type !== 'DELETED') this.#options.atPod?.(this, object)
  }
}

/** mulberry32 */
export function randomFrom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
