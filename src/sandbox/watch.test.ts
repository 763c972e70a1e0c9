import { describe, expect, it } from 'vitest'
import { sandboxWorld } from '../../test/unit/sandbox-world.ts'

const configMaps = '/api/v1/namespaces/nlp/configmaps'
const configMap = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
})

/** Follows a path until it is stopped; events as `ADDED x`. */
function watching({ ask }: ReturnType<typeof sandboxWorld>, query: string) {
  const events: string[] = []
  let ended = false
  const answer = ask('GET', `${configMaps}?watch=true&${query}`)
  if (!('follow' in answer)) throw new Error(JSON.stringify(answer))
  const stop = answer.follow(
    (line) => {
      const { type, object } = JSON.parse(line) as {
        type: string
        object: { metadata?: { name?: string }; code?: number }
      }
      events.push(`${type} ${object.metadata?.name ?? object.code ?? ''}`.trim())
    },
    () => {
      ended = true
    },
  )
  return { events, stop, ended: () => ended }
}

describe('a watch in the sandbox', () => {
  it('begins with what is there, and tells every change', () => {
    const world = sandboxWorld()
    world.ask('POST', configMaps, configMap('x'))
    const { events } = watching(world, '')
    world.ask('PATCH', `${configMaps}/x`, { data: { a: '1' } })
    world.ask('DELETE', `${configMaps}/x`)
    expect(events).toEqual(['ADDED x', 'MODIFIED x', 'DELETED x'])
  })

  it('goes on after a resource version', () => {
    const world = sandboxWorld()
    world.ask('POST', configMaps, configMap('x'))
    const { metadata } = world.get<{ metadata: { resourceVersion: string } }>(configMaps)
    world.ask('POST', configMaps, configMap('y'))
    expect(watching(world, `resourceVersion=${metadata.resourceVersion}`).events).toEqual(['ADDED y'])
  })

  it('sees objects come into its selection and leave it', () => {
    const world = sandboxWorld()
    const { events } = watching(world, 'labelSelector=team%3Da')
    world.ask('POST', configMaps, configMap('x'))
    world.ask('PATCH', `${configMaps}/x`, { metadata: { labels: { team: 'a' } } })
    world.ask('PATCH', `${configMaps}/x`, { metadata: { labels: { team: 'b' } } })
    expect(events).toEqual(['ADDED x', 'DELETED x'])
  })

  it('ends with 410 where its beginning is forgotten', () => {
    const world = sandboxWorld(5)
    world.ask('POST', configMaps, configMap('x'))
    for (let count = 0; count < 12; count++) world.ask('PATCH', `${configMaps}/x`, { data: { count: String(count) } })
    const { events, ended } = watching(world, 'resourceVersion=2')
    expect([events, ended()]).toEqual([['ERROR 410'], true])
  })

  it('sends bookmarks where they are asked for, and ends at its timeout', () => {
    const world = sandboxWorld()
    const { events, ended } = watching(world, 'allowWatchBookmarks=true&timeoutSeconds=90')
    world.ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'elsewhere' } })
    world.ask('POST', '/api/v1/namespaces/elsewhere/configmaps', configMap('x'))
    world.pass(61)
    expect([events, ended()]).toEqual([['BOOKMARK'], false])
    world.pass(30)
    expect([events, ended()]).toEqual([['BOOKMARK', 'BOOKMARK'], true])
  })

  it.each([
    ['sends no bookmark', 'allowWatchBookmarks=true', []],
    [
      'sends only the bookmark after its list',
      'allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
      ['BOOKMARK'],
    ],
  ])('%s where nothing of its kind is newer', (_, query, told) => {
    const world = sandboxWorld()
    const { events, ended } = watching(world, `${query}&timeoutSeconds=90`)
    world.ask('POST', '/api/v1/namespaces/nlp/secrets', { ...configMap('x'), kind: 'Secret' })
    world.pass(91)
    expect([events, ended()]).toEqual([told, true])
  })

  it('tells nothing more when it is stopped', () => {
    const world = sandboxWorld()
    const { events, stop } = watching(world, '')
    stop()
    world.ask('POST', configMaps, configMap('x'))
    expect(events).toEqual([])
  })
})
