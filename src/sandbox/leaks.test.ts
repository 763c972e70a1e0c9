import { Agent, request } from 'node:https'
import { afterAll, describe, expect, it } from 'vitest'
import { makeCertificate } from './certificate.ts'
import { type Clock, Timeline } from './clock.ts'
import { clusterObjects, namespace } from './cluster-objects.ts'
import { makeSandbox } from './sandbox.ts'
import { type RunningServer, startServer } from './server.ts'

const cycles = 1000
/** clients at a time */
const clients = 20

/** A clock that knows how many are waiting for it. */
class CountingClock implements Clock {
  readonly timeline = new Timeline(new Date('2026-03-01T12:00:00Z'))
  waiting = 0

  now(): Date {
    return this.timeline.now()
  }

  after(seconds: number, act: () => void): () => void {
    this.waiting++
    let over = false
    const once = (): boolean => {
      if (over) return false
      over = true
      this.waiting--
      return true
    }
    const cancel = this.timeline.after(seconds, () => {
      if (once()) act()
    })
    return () => {
      if (once()) cancel()
    }
  }
}

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'one', namespace: 'nlp' },
  spec: { containers: [{ name: 'main', image: 'train:1' }] },
}

let running: RunningServer | undefined
afterAll(() => running?.close())

const sockets = (): number => process.getActiveResourcesInfo().filter((name) => /Socket|TLS/.test(name)).length

describe('clients that go away', () => {
  it(`leave nothing behind, ${cycles} times, in the middle of watches and of logs`, async () => {
    const clock = new CountingClock()
    let seed = 1
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647
      return seed / 2_147_483_647
    }
    const sandbox = makeSandbox({ clock, random, speed: 1, address: '' })
    for (const object of [...clusterObjects(), namespace('nlp'), pod]) sandbox.add(object, 'test')
    clock.timeline.moveTo(new Date('2026-03-01T12:00:10Z'))
    const { certificate: ca, key } = await makeCertificate(new Date())
    const before = { waiting: clock.waiting, sockets: sockets() }
    let [followed, told] = [0, 0]
    running = await startServer({
      certificate: ca,
      key,
      port: 0,
      users: new Map([['admin', { name: 'admin', groups: ['system:masters'] }]]),
      answer: (asked) => {
        const answer = sandbox.answer(asked)
        if (!('follow' in answer)) return answer
        followed++
        return {
          ...answer,
          follow: (write, end) =>
            answer.follow((text) => {
              told++
              write(text)
            }, end),
        }
      },
    })
    const { port } = running
    const agent = new Agent({ ca, keepAlive: false })
    const paths = [
      '/api/v1/namespaces/nlp/pods?watch=true&allowWatchBookmarks=true',
      '/api/v1/namespaces/nlp/pods/one/log?follow=true',
    ]
    /** goes away as soon as it has asked, as soon as it is answered, or at the first data */
    const leave = (cycle: number): Promise<void> =>
      new Promise((resolve) => {
        const call = request({
          host: '127.0.0.1',
          port,
          agent,
          path: paths[cycle % 2],
          headers: { authorization: 'Bearer admin' },
        })
        call.on('error', () => undefined)
        call.on('close', () => resolve())
        const moment = cycle % 3
        call.on('response', (answer) => {
          answer.on('error', () => undefined)
          if (moment === 1) call.destroy()
          else answer.once('data', () => call.destroy())
        })
        if (moment === 0) call.end(() => setImmediate(() => call.destroy()))
        else call.end()
      })
    let next = 0
    const client = async (): Promise<void> => {
      while (next < cycles) await leave(next++)
    }
    await Promise.all(Array.from({ length: clients }, client))
    await running.close()
    await expect.poll(() => ({ waiting: clock.waiting, sockets: sockets() }), { timeout: 20_000 }).toEqual(before)
    expect(followed).toBeGreaterThan((cycles * 2) / 3 - 1)
    // nobody is told any more
    const last = told
    sandbox.add({ ...pod, metadata: { name: 'two', namespace: 'nlp' } }, 'test')
    clock.timeline.moveTo(new Date('2026-03-01T12:00:20Z'))
    expect(told).toBe(last)
    // a thousand handshakes take long where others want the same two cores
  }, 300_000)
})
