import { expect, it } from 'vitest'
import { nextPageOf } from './next-page.ts'

const list = (metadata: object, more: object = {}) =>
  JSON.stringify({
    apiVersion: 'kubeflow.org/v1',
    items: [{ metadata: { name: 'a' } }],
    kind: 'PyTorchJobList',
    metadata,
    ...more,
  })

it.each([
  [
    'as the API server writes custom resources',
    `${list({ continue: 'eyJ2Ijoi', remainingItemCount: 9, resourceVersion: '7' })}\n`,
    'eyJ2Ijoi',
  ],
  ['the last page', list({ resourceVersion: '7' }), undefined],
  ['an empty token', list({ continue: '', resourceVersion: '7' }), undefined],
  ['a token with escapes, which parsing tells', list({ continue: 'a"b', resourceVersion: '7' }), undefined],
  [
    'metadata before the items, as of built-in resources',
    JSON.stringify({ metadata: { continue: 'x' }, items: [] }),
    undefined,
  ],
  [
    'metadata of something within',
    list({ resourceVersion: '7' }, { more: { metadata: { continue: 'x' } } }),
    undefined,
  ],
  ['metadata of the last item', JSON.stringify({ items: [{ metadata: { continue: 'x' } }] }), undefined],
])('%s', (_, text, token) => {
  expect(nextPageOf(text)).toBe(token)
})
