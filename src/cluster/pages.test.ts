import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { ClusterError } from './errors.ts'
import { type ListDocument, pagesOf, type UnreadPage } from './pages.ts'
import { ExpiredError } from './status.ts'

const asked = { verb: 'list', resource: 'pods' }
const object = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, uid: `uid-${name}` } })

type Answer = ListDocument<KubeObject> | Error

function page(names: string, next?: string, resourceVersion = '10'): ListDocument<KubeObject> {
  return { metadata: { resourceVersion, continue: next }, items: [...names].map(object) }
}

/** Plays answers in order and notes the continue tokens asked for. */
function server(answers: readonly Answer[], early?: (answer: ListDocument<KubeObject>) => string | undefined) {
  const tokens: (string | undefined)[] = []
  const left = [...answers]
  const fetchPage = async (token: string | undefined): Promise<UnreadPage<KubeObject>> => {
    tokens.push(token)
    const answer = left.shift()
    if (answer === undefined) throw new Error('one page too many')
    if (answer instanceof Error) throw answer
    return { next: early?.(answer), document: () => answer }
  }
  return { tokens, fetchPage }
}

async function read(answers: readonly Answer[]) {
  const { tokens, fetchPage } = server(answers)
  const pages: string[] = []
  const versions: string[] = []
  for await (const { items, resourceVersion } of pagesOf<KubeObject>(resources.pods, fetchPage)) {
    pages.push(items.map((item) => item.metadata.name).join(''))
    versions.push(resourceVersion)
  }
  return { pages, tokens, versions }
}

const expired = (token?: string): Error => new ExpiredError(asked, 'too old', token)

describe('pagesOf', () => {
  it('follows continue tokens to the end', async () => {
    expect(await read([page('ab', 't1'), page('cd', 't2'), page('e')])).toEqual({
      pages: ['ab', 'cd', 'e'],
      tokens: [undefined, 't1', 't2'],
      versions: ['10', '10', '10'],
    })
  })

  it('tells how many are still to come, where the server does', async () => {
    const counted = { ...page('ab', 't1'), metadata: { continue: 't1', remainingItemCount: 3 } }
    const { fetchPage } = server([counted, page('cd', 't2'), page('e')])
    const told: unknown[] = []
    for await (const { remaining } of pagesOf<KubeObject>(resources.pods, fetchPage)) told.push(remaining)
    expect(told).toEqual([3, undefined, 0])
  })

  it('gives one empty page for an empty list', async () => {
    expect(await read([{ metadata: { resourceVersion: '10' }, items: null }])).toMatchObject({ pages: [''] })
  })

  it('goes on with the token the server offers for an expired one, from the moment the list began', async () => {
    expect(await read([page('ab', 't1'), expired('later'), page('cd', '', '20')])).toEqual({
      pages: ['ab', 'cd'],
      tokens: [undefined, 't1', 'later'],
      versions: ['10', '10'],
    })
  })

  it('starts again without an offer, and gives nothing twice', async () => {
    expect(await read([page('ab', 't1'), expired(), page('abc', 't2', '20'), page('d', '', '20')])).toEqual({
      pages: ['ab', 'c', 'd'],
      tokens: [undefined, 't1', undefined, 't2'],
      versions: ['10', '10', '10'],
    })
  })

  it('gives up on a list that expires again and again', async () => {
    const answers = [
      page('a', 't1'),
      expired(),
      page('a', 't2'),
      expired(),
      page('a', 't3'),
      expired(),
      page('a', 't4'),
      expired(),
    ]
    await expect(read(answers)).rejects.toMatchObject({ failure: { kind: 'expired' } })
  })

  it('gives what came before another failure, then the failure', async () => {
    const { fetchPage } = server([page('ab', 't1'), new ClusterError({ kind: 'aborted' })])
    const pages = pagesOf<KubeObject>(resources.pods, fetchPage)
    expect((await pages.next()).value?.items).toHaveLength(2)
    await expect(pages.next()).rejects.toMatchObject({ failure: { kind: 'aborted' } })
  })

  it('has the next page on its way while one is used, and no more than that', async () => {
    const { tokens, fetchPage } = server([page('a', 't1'), page('b', 't2'), page('c')])
    const pages = pagesOf<KubeObject>(resources.pods, fetchPage)
    await pages.next()
    expect(tokens).toEqual([undefined, 't1'])
    await pages.return(undefined)
  })

  describe('whose text tells the next page', () => {
    const told = ({ metadata }: ListDocument<KubeObject>) => metadata?.continue
    const three = [page('ab', 't1'), page('cd', 't2'), page('e')]

    it('asks for it before the page is parsed, and for none twice', async () => {
      const { tokens, fetchPage } = server(three, told)
      const known: (readonly (string | undefined)[])[] = []
      const noting = async (token: string | undefined): Promise<UnreadPage<KubeObject>> => {
        const { next, document } = await fetchPage(token)
        return {
          next,
          document() {
            known.push([...tokens])
            return document()
          },
        }
      }
      const names: string[] = []
      for await (const { items } of pagesOf<KubeObject>(resources.pods, noting))
        names.push(...items.map(({ metadata }) => metadata.name ?? ''))
      expect([names.join(''), known]).toEqual([
        'abcde',
        [
          [undefined, 't1'],
          [undefined, 't1', 't2'],
          [undefined, 't1', 't2'],
        ],
      ])
    })

    it('takes the token of the parsed page where the text told another', async () => {
      const wrong = [page('ab', 't1'), page('zz', 't9'), page('cd')]
      const { tokens, fetchPage } = server(wrong, ({ metadata }) => (metadata?.continue === 't1' ? 'other' : undefined))
      const names: string[] = []
      for await (const { items } of pagesOf<KubeObject>(resources.pods, fetchPage))
        names.push(...items.map(({ metadata }) => metadata.name ?? ''))
      expect([names.join(''), tokens]).toEqual(['abcd', [undefined, 'other', 't1']])
    })

    it('gives the page before another fails, then the failure', async () => {
      const { fetchPage } = server([page('ab', 't1'), new ClusterError({ kind: 'aborted' })], told)
      const pages = pagesOf<KubeObject>(resources.pods, fetchPage)
      expect((await pages.next()).value?.items).toHaveLength(2)
      await new Promise((resolve) => setImmediate(resolve))
      await expect(pages.next()).rejects.toMatchObject({ failure: { kind: 'aborted' } })
    })
  })

  it('lets a reader stop early although the next page fails', async () => {
    const { fetchPage } = server([page('a', 't1'), new ClusterError({ kind: 'aborted' })])
    for await (const { items } of pagesOf<KubeObject>(resources.pods, fetchPage)) {
      expect(items).toHaveLength(1)
      break
    }
    await new Promise((resolve) => setImmediate(resolve))
  })

  it('gives items the apiVersion and kind that lists leave out', async () => {
    const bare = { metadata: { resourceVersion: '1' }, items: [{ metadata: { name: 'a' } } as KubeObject] }
    const { fetchPage } = server([structuredClone(bare), structuredClone(bare)])
    const first = await pagesOf<KubeObject>(resources.pods, fetchPage).next()
    expect(first.value?.items[0]).toMatchObject({ apiVersion: 'v1', kind: 'Pod' })
    const second = await pagesOf<KubeObject>(resources.pytorchJobs, fetchPage).next()
    expect(second.value?.items[0]).toMatchObject({ apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob' })
  })
})
