import type { KubeObject } from '../../src/kube/object.ts'
import type { Answer } from '../../src/sandbox/api.ts'
import { Timeline } from '../../src/sandbox/clock.ts'
import { clusterObjects, namespace } from '../../src/sandbox/cluster-objects.ts'
import type { Request } from '../../src/sandbox/request.ts'
import { makeSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'

/** A sandbox whose time stands still until a test moves it. */
export interface SandboxWorld {
  readonly sandbox: Sandbox
  /** lets so many seconds go by */
  pass(seconds: number): void
  ask(method: string, path: string, body?: unknown, more?: Partial<Request>): Answer
  /** the body of a request that must succeed */
  get<T = KubeObject>(path: string): T
}

export function sandboxWorld(remembered?: number): SandboxWorld {
  const timeline = new Timeline(new Date('2026-03-01T12:00:00Z'))
  let seed = 1
  const random = (): number => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const sandbox = makeSandbox({ clock: timeline, random, speed: 1, remembered, address: '127.0.0.1:6443' })
  for (const object of [...clusterObjects(), namespace('nlp')]) sandbox.add(object, 'test')
  const ask: SandboxWorld['ask'] = (method, path, body, more = {}) =>
    sandbox.answer({
      method,
      url: new URL(path, 'https://sandbox'),
      accept: 'application/json',
      contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      userAgent: 'test/1',
      body: body === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(body)),
      user: 'admin',
      groups: ['system:masters'],
      ...more,
    })
  return {
    sandbox,
    pass: (seconds) => timeline.moveTo(new Date(timeline.now().getTime() + seconds * 1000)),
    ask,
    get<T>(path: string): T {
      const answer = ask('GET', path)
      if (!('body' in answer) || answer.code !== 200) throw new Error(`${path}: ${JSON.stringify(answer)}`)
      return answer.body as T
    },
  }
}

/** Code, reason and message of a refusal; the whole answer of anything else. */
export function refusal(answer: Answer): unknown {
  if (!('body' in answer)) return answer
  const { reason, message } = answer.body as { reason?: string; message?: string }
  return [answer.code, reason, message]
}
