import type { ChildProcess } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import type { TestCluster } from './harness.ts'
import { type Asked, askOne, bodyShape } from './sandbox-answers.ts'
import { shapeOfOutcome } from './sandbox-outcomes.ts'
import type { Side, Sides } from './sandbox-sides.ts'

export interface Watched {
  /** done before the watch begins */
  readonly before: readonly Asked[]
  /** the watch; VERSION is the resourceVersion that the last answer before carried */
  readonly path: string
  /** events that come before anything is done; default none */
  readonly first?: number
  /** bookmarks between events count: an API server sends some more than once, as its timers fall */
  readonly bookmarks?: boolean
  /** done while it goes on, each after the last one's answer */
  readonly during: readonly Asked[]
  /** so many are waited for and compared */
  readonly events: number
  /** the client goes away when so many have come, before anything is done, and comes back from the version of the last when all is done */
  readonly leavesAfter?: number
}

const configMaps = '/api/v1/namespaces/NAMESPACE/configmaps'
const own = 'labelSelector=a%3Db'

const make = (name: string, labels: object = { a: 'b' }): Asked => {
  return { method: 'POST', path: configMaps, body: { metadata: { name, labels } } }
}
const label = (name: string, labels: object): Asked => {
  return { method: 'PATCH', path: `${configMaps}/${name}`, body: { metadata: { labels } } }
}
/** Nothing happens to it. */
const makeGatedPod = (name: string): Asked => ({
  method: 'POST',
  path: '/api/v1/namespaces/NAMESPACE/pods',
  body: {
    metadata: { name, labels: { a: 'b' } },
    spec: {
      automountServiceAccountToken: false,
      schedulingGates: [{ name: 'example.com/gate' }],
      containers: [{ name: 'main', image: 'train:1' }],
    },
  },
})
const apply = (name: string, labels: object, manager = 'alice'): Asked => ({
  method: 'PATCH',
  path: `${configMaps}/${name}?fieldManager=${manager}`,
  body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels } },
  type: 'application/apply-patch+yaml',
})
const remove = (name: string): Asked => ({ method: 'DELETE', path: `${configMaps}/${name}` })
const list: Asked = { method: 'GET', path: `${configMaps}?${own}` }

export const watches: Readonly<Record<string, Watched>> = {
  'what is there comes first, and then what happens': {
    before: [make('x'), make('y')],
    path: `${configMaps}?watch=true&${own}`,
    during: [label('x', { c: 'd' }), make('z'), remove('y')],
    events: 5,
  },
  'from a version on': {
    before: [make('x'), list],
    path: `${configMaps}?watch=true&${own}&resourceVersion=VERSION`,
    during: [label('x', { c: 'd' }), make('y')],
    events: 2,
  },
  'an object that comes into a selection, and leaves it': {
    before: [make('x', {}), list],
    path: `${configMaps}?watch=true&${own}&resourceVersion=VERSION`,
    during: [label('x', { a: 'b' }), label('x', { c: 'd' }), label('x', { a: null }), remove('x'), make('end')],
    events: 4,
  },
  'a write that changes nothing is no event': {
    before: [make('x'), list],
    path: `${configMaps}?watch=true&${own}&resourceVersion=VERSION`,
    during: [label('x', { a: 'b' }), label('x', { c: 'd' })],
    events: 1,
  },
  'an apply that changes nothing is no event': {
    before: [apply('x', { a: 'b' }), list],
    path: `${configMaps}?watch=true&${own}&resourceVersion=VERSION`,
    during: [
      apply('x', { a: 'b' }),
      apply('x', { a: 'b' }, 'bob'),
      apply('x', { a: 'b' }, 'bob'),
      label('x', { c: 'd' }),
    ],
    events: 2,
  },
  'a client that goes away and comes back is told what happened meanwhile': {
    before: [make('x')],
    path: `${configMaps}?watch=true&${own}`,
    first: 1,
    leavesAfter: 1,
    during: [label('x', { c: 'd' }), make('y'), remove('x'), remove('y')],
    events: 5,
  },
  'one object': {
    before: [make('x'), make('y'), list],
    path: `${configMaps}?watch=true&fieldSelector=metadata.name%3Dx&resourceVersion=VERSION`,
    during: [label('y', { c: 'd' }), label('x', { c: 'd' }), remove('x')],
    events: 2,
  },
  'an object with a finalizer': {
    before: [list],
    path: `${configMaps}?watch=true&${own}&resourceVersion=VERSION`,
    during: [
      { ...make('x'), body: { metadata: { name: 'x', labels: { a: 'b' }, finalizers: ['example.com/keep'] } } },
      remove('x'),
      { method: 'PATCH', path: `${configMaps}/x`, body: { metadata: { finalizers: null } } },
    ],
    events: 3,
  },
  'its list first, and a bookmark after it': {
    before: [make('x')],
    path: `${configMaps}?watch=true&${own}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    first: 2,
    during: [make('y')],
    events: 3,
  },
  'a bookmark of a built-in kind': {
    before: [],
    path: '/api/v1/namespaces/NAMESPACE/pods?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
    during: [],
    events: 1,
  },
  'a bookmark before the server ends it': {
    before: [list],
    path: `${configMaps}?watch=true&${own}&resourceVersion=VERSION&allowWatchBookmarks=true&timeoutSeconds=6`,
    // the API server tells of a version only when it has seen a newer one of the kind
    during: [make('other', {})],
    bookmarks: true,
    events: 1,
  },
}

/** What both tell: the type and object of each event. */
export async function eventsOf(
  sides: Sides,
  watched: Watched,
): Promise<{ readonly real: unknown; readonly ours: unknown }> {
  const namespace = await sides.namespace()
  return sides.ask((side) => watchOne(side, watched, namespace))
}

async function watchOne(
  side: Side,
  { before, path, first = 0, bookmarks = false, during, events, leavesAfter }: Watched,
  namespace: string,
): Promise<unknown[]> {
  const state = { version: '0' }
  for (const asked of before) await askOne(side, asked, namespace, state)
  const there = path.replaceAll('NAMESPACE', namespace).replaceAll('VERSION', state.version)
  const lines: string[] = []
  const begun = Promise.withResolvers<void>()
  const done = Promise.withResolvers<void>()
  const end = (): void => {
    begun.resolve()
    done.resolve()
  }
  const take = (line: string): void => {
    if (!bookmarks && isPlainBookmark(line)) return
    const count = lines.push(line)
    if (count === first) begun.resolve()
    if (count === events) done.resolve()
  }
  let stop = await side.api.stream(there, take, end)
  if (first > 0) await begun.promise
  if (leavesAfter !== undefined) stop()
  for (const asked of during) await askOne(side, asked, namespace, state)
  if (leavesAfter !== undefined) {
    const last = JSON.parse(lines[leavesAfter - 1] ?? '') as { object: { metadata: { resourceVersion: string } } }
    stop = await side.api.stream(`${there}&resourceVersion=${last.object.metadata.resourceVersion}`, take, end)
  }
  await done.promise
  stop()
  return lines.slice(0, events).map((line) => bodyShape(JSON.parse(line), namespace))
}

/** A bookmark that says nothing but a version. */
function isPlainBookmark(line: string): boolean {
  const { type, object } = JSON.parse(line) as { type: string; object: { metadata?: { annotations?: object } } }
  return type === 'BOOKMARK' && object.metadata?.annotations === undefined
}

/** kubectl that watches: it is ended as by Ctrl-C when it has printed so many lines. */
export interface KubectlWatch {
  readonly before: readonly Asked[]
  readonly words: string
  /** lines of what is there when it begins, the heading among them */
  readonly there: number
  /** done when those are printed, each after the last one's answer, until so many lines are printed */
  readonly during: readonly Asked[]
  readonly lines: number
  /** milliseconds between what is done; default none */
  readonly pause?: number
}

/** A label that changes again and again. */
const labels = Array.from({ length: 100 }, (_, at) => label('x', { c: `d${at}` }))

const selected = '-l a=b'

export const kubectlWatches: readonly KubectlWatch[] = [
  {
    before: [make('x'), make('y')],
    words: `get cm ${selected} -w --output-watch-events`,
    there: 3,
    during: [label('x', { c: 'd' }), make('z'), remove('y')],
    lines: 6,
  },
  { before: [make('x')], words: `get cm ${selected} -w`, there: 2, during: [remove('x'), make('y')], lines: 4 },
  {
    before: [make('x'), make('y')],
    words: 'get cm x -w -o name',
    there: 1,
    // kubectl watches one object from now on, after it has printed it, and leaves out what it finds: a change may come too early
    during: labels,
    pause: 1000,
    lines: 2,
  },
  {
    before: [makeGatedPod('x')],
    words: `get pods ${selected} -w`,
    there: 2,
    during: [makeGatedPod('y')],
    lines: 3,
  },
]

/** What kubectl prints of both. */
export async function printedOf(
  sides: Sides,
  { before, words, there, during, lines, pause = 0 }: KubectlWatch,
  kubectl: TestCluster['kubectl'],
): Promise<{ readonly real: unknown; readonly ours: unknown }> {
  const namespace = await sides.namespace()
  return sides.ask(async (side) => {
    const state = { version: '0' }
    for (const asked of before) await askOne(side, asked, namespace, state)
    let failed: unknown
    let printed = 0
    const act = async (): Promise<void> => {
      for (const asked of during) {
        if (printed >= lines) return
        await askOne(side, asked, namespace, state)
        if (pause > 0) await setTimeout(pause)
      }
    }
    const onStart = (child: ChildProcess): void => {
      child.stdout?.on('data', (text: Buffer) => {
        const before = printed
        printed += text.toString().split('\n').length - 1
        if (before < there && printed >= there) {
          act().catch((error) => {
            failed = error
            child.kill('SIGKILL')
          })
        }
        if (printed >= lines) child.kill('SIGINT')
      })
    }
    const env = { KUBECONFIG: side.kubeconfig, KUBECACHEDIR: sides.cache }
    const outcome = await kubectl(words.split(' '), { namespace, env, onStart })
    if (failed !== undefined) throw failed
    const stdout = outcome.stdout.split('\n').slice(0, lines).join('\n')
    return shapeOfOutcome({ ...outcome, stdout }, namespace)
  })
}
