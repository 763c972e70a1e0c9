import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kube/object.ts'
import type { WatchEvent } from './cluster.ts'
import { ClusterError, type ClusterErrorCause } from './errors.ts'
import { ExpiredError } from './status.ts'
import { watchOf } from './watch.ts'

const asked = { verb: 'watch', resource: 'pods' }
const gone: ClusterErrorCause = {
  kind: 'unreachable',
  server: 'https://one',
  code: 'ECONNRESET',
  reason: '',
  sent: true,
}
const forbidden: ClusterErrorCause = { kind: 'forbidden', ...asked, group: '', message: '' }

const object = (name: string, resourceVersion: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, resourceVersion },
})
const line = (type: string, name: string, resourceVersion: string): string =>
  `${JSON.stringify({ type, object: object(name, resourceVersion) })}\n`
const error410 = `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410 } })}\n`

/** What one opened connection does: pieces of text, then its end or an error. */
type Connection = readonly (string | Error)[]

interface Played {
  readonly events: string[]
  /** `list`, `open RV` and `sleep` in order */
  readonly log: string[]
  readonly error?: unknown
}

/** Watches against a script and stops once the script is used up. */
async function play(
  connections: readonly (Connection | Error)[],
  options: { resourceVersion?: string; lists?: readonly (readonly [names: string, version: string] | Error)[] } = {},
): Promise<Played> {
  const controller = new AbortController()
  const log: string[] = []
  const events: string[] = []
  const lists = [...(options.lists ?? [])]
  const left = [...connections]
  const end = (): Error => {
    controller.abort()
    return new ClusterError({ kind: 'aborted' })
  }
  const watch = watchOf<KubeObject>(
    { signal: controller.signal, resourceVersion: options.resourceVersion },
    {
      async list() {
        log.push('list')
        const answer = lists.shift() ?? end()
        if (answer instanceof Error) throw answer
        const [names, resourceVersion] = answer
        return { items: [...names].map((name) => object(name, resourceVersion)), resourceVersion }
      },
      async open(resourceVersion) {
        log.push(`open ${resourceVersion}`)
        const connection = left.shift() ?? end()
        if (connection instanceof Error) throw connection
        return (async function* () {
          for (const piece of connection) {
            if (piece instanceof Error) throw piece
            yield Buffer.from(piece)
          }
        })()
      },
      failure: (status) =>
        status === undefined
          ? new ClusterError({ kind: 'internal', ...asked, status: 0, message: '' })
          : new ExpiredError(asked, '', undefined),
      async sleep() {
        log.push('sleep')
      },
    },
  )
  try {
    for await (const event of watch) events.push(describeEvent(event))
    return { events, log }
  } catch (error) {
    return { events, log, error }
  }
}

function describeEvent(event: WatchEvent): string {
  if (event.type !== 'RESYNC') return `${event.type} ${event.object.metadata.name}`
  return `RESYNC ${event.items.map((item) => item.metadata.name).join('')}`
}

describe('watchOf', () => {
  it('lists first when it is not told where to begin', async () => {
    expect(await play([[line('ADDED', 'b', '11')]], { lists: [['a', '10']] })).toEqual({
      events: ['RESYNC a', 'ADDED b'],
      log: ['list', 'open 10', 'sleep', 'open 11'],
    })
  })

  it('begins where it is told to, and goes on from the last event or bookmark', async () => {
    const played = await play(
      [
        [line('MODIFIED', 'a', '12'), line('DELETED', 'b', '13')],
        [line('BOOKMARK', '', '20')],
        [line('ADDED', 'c', '21')],
      ],
      { resourceVersion: '7' },
    )
    expect(played.events).toEqual(['MODIFIED a', 'DELETED b', 'ADDED c'])
    expect(played.log.filter((entry) => entry !== 'sleep')).toEqual(['open 7', 'open 13', 'open 20', 'open 21'])
  })

  it('puts lines together however they were cut, characters too', async () => {
    const bytes = line('ADDED', 'größe', '11') + line('ADDED', 'b', '12')
    const pieces = [...Buffer.from(bytes)].map((byte) => String.fromCharCode(byte))
    const asBytes = pieces.map((piece) => Buffer.from(piece, 'latin1'))
    const controller = new AbortController()
    const names: unknown[] = []
    const watch = watchOf<KubeObject>(
      { signal: controller.signal, resourceVersion: '1' },
      {
        list: async () => ({ items: [], resourceVersion: '' }),
        open: async () =>
          (async function* () {
            yield* asBytes
          })(),
        failure: () => new ClusterError({ kind: 'aborted' }),
        sleep: async () => controller.abort(),
      },
    )
    for await (const event of watch) if (event.type === 'ADDED') names.push(event.object.metadata.name)
    expect(names).toEqual(['größe', 'b'])
  })

  it('drops a last line that was cut off, and asks for it again', async () => {
    const whole = line('ADDED', 'b', '12')
    const played = await play([[line('ADDED', 'a', '11'), whole.slice(0, 20)], [whole]], { resourceVersion: '1' })
    expect(played.events).toEqual(['ADDED a', 'ADDED b'])
    expect(played.log.filter((entry) => entry.startsWith('open'))).toEqual(['open 1', 'open 11', 'open 12'])
  })

  it('waits and goes on after a connection that broke', async () => {
    const played = await play(
      [[line('ADDED', 'a', '11'), new ClusterError(gone)], new ClusterError(gone), [line('ADDED', 'b', '12')]],
      {
        resourceVersion: '1',
      },
    )
    expect(played).toMatchObject({
      events: ['ADDED a', 'ADDED b'],
      log: ['open 1', 'sleep', 'open 11', 'sleep', 'open 11', 'sleep', 'open 12'],
    })
  })

  it.each<[string, Connection | Error]>([
    ['said in the stream', [error410]],
    ['said at once', new ExpiredError(asked, 'too old', undefined)],
  ])('lists anew when its place is too old: 410 %s', async (_, connection) => {
    const played = await play([connection, [line('ADDED', 'c', '31')]], {
      resourceVersion: '1',
      lists: [['ab', '30']],
    })
    expect(played).toMatchObject({
      events: ['RESYNC ab', 'ADDED c'],
      log: ['open 1', 'list', 'open 30', 'sleep', 'open 31'],
    })
  })

  it('does not ask in a circle when every list is too old', async () => {
    const expired = Array.from({ length: 9 }, () => [error410])
    const lists = Array.from({ length: 9 }, (_, index) => ['a', String(index)] as const)
    const { error, log } = await play(expired, { lists })
    expect(error).toBeInstanceOf(ExpiredError)
    expect(log.filter((entry) => entry === 'sleep')).toHaveLength(7)
  })

  it('goes on after what no API server writes', async () => {
    const played = await play([['<html>\n'], ['[1]\n'], [line('ADDED', 'a', '2')]], { resourceVersion: '1' })
    expect(played).toMatchObject({
      events: ['ADDED a'],
      log: ['open 1', 'sleep', 'open 1', 'sleep', 'open 1', 'sleep', 'open 2'],
    })
  })

  it('gives up on a server that stays away', async () => {
    const away = Array.from({ length: 9 }, () => new ClusterError(gone))
    const { error, log } = await play(away, { resourceVersion: '1' })
    expect(error).toMatchObject({ failure: gone })
    expect(log.filter((entry) => entry === 'sleep')).toHaveLength(8)
  })

  it.each<[string, ClusterErrorCause]>([
    ['forbidden', forbidden],
    ['an API that is absent', { kind: 'apiAbsent', ...asked }],
    ['a certificate', { kind: 'certificate', server: '', code: '', reason: '' }],
    ['expired credentials', { kind: 'unauthenticated', server: '', message: '' }],
  ])('throws what waiting cannot cure: %s', async (_, failure) => {
    expect(await play([new ClusterError(failure)], { resourceVersion: '1' })).toMatchObject({
      error: { failure },
      log: ['open 1'],
    })
  })

  it('throws when the first list fails', async () => {
    const played = await play([], { lists: [new ClusterError(forbidden)] })
    expect(played).toMatchObject({ error: { failure: forbidden }, log: ['list'] })
  })

  it('asks nothing when it is over before it begins', async () => {
    const watch = watchOf<KubeObject>(
      { signal: AbortSignal.abort() },
      {
        list: () => Promise.reject(new Error('asked')),
        open: () => Promise.reject(new Error('asked')),
        failure: () => new ClusterError({ kind: 'aborted' }),
        sleep: () => Promise.reject(new Error('asked')),
      },
    )
    expect(await watch.next()).toEqual({ done: true, value: undefined })
  })
})
