import { describe, expect, it } from 'vitest'
import { refusal, sandboxWorld } from '../../test/unit/sandbox-world.ts'

const pods = '/api/v1/namespaces/nlp/pods'
const configMaps = '/api/v1/namespaces/nlp/configmaps'
const types = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const

/** A pod of two containers, and a ConfigMap, to patch. */
function patching() {
  const { ask } = sandboxWorld()
  const containers = ['main', 'side'].map((name) => ({ name, image: `${name}:1` }))
  ask('POST', pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one' }, spec: { containers } })
  ask('POST', configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: '1' } })
  return (type: keyof typeof types, path: string, body: unknown) =>
    ask('PATCH', path, body, { contentType: types[type] })
}

describe('a strategic merge patch', () => {
  it('merges containers by their names, wherever their schema is written', () => {
    const patch = patching()
    const answer = patch('strategic', `${pods}/one`, { spec: { containers: [{ name: 'side', image: 'side:2' }] } })
    expect(answer).toMatchObject({
      code: 200,
      body: {
        spec: {
          containers: [
            { name: 'main', image: 'main:1' },
            { name: 'side', image: 'side:2' },
          ],
        },
      },
    })
  })

  it.each([
    [
      'an item without its key',
      { spec: { containers: [{ image: 'x', ports: [1] }] } },
      'map: map[image:x ports:[1]] does not contain declared merge key: name',
    ],
    ['an order nobody knows', { metadata: { $patch: 'burn' } }, 'unknown patch type: burn in map: map[$patch:burn]'],
  ])('is refused for %s', (_, body, message) => {
    expect(refusal(patching()('strategic', `${pods}/one`, body))).toEqual([500, undefined, message])
  })
})

describe('a patch of a ConfigMap', () => {
  it.each<[what: string, type: 'json' | 'merge', body: unknown, answer: unknown[]]>([
    [
      'an operation that is none',
      'json',
      [1],
      [
        400,
        'BadRequest',
        'error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp',
      ],
    ],
    [
      'a path that is none',
      'json',
      [{ op: 'add', path: 'data', value: '1' }],
      [422, 'Invalid', 'the server rejected our request due to an error in our request'],
    ],
    ['nothing', 'merge', null, [400, 'BadRequest', 'Invalid JSON Patch']],
    [
      'bytes that are no base64',
      'merge',
      { binaryData: { b: 'no base64!' } },
      [422, 'Invalid', expect.stringMatching(/illegal base64 data at input byte 2$/)],
    ],
    [
      'bytes that are cut off',
      'merge',
      { binaryData: { b: 'abcdef' } },
      [422, 'Invalid', expect.stringMatching(/illegal base64 data at input byte 4$/)],
    ],
  ])('is refused for %s', (_, type, body, answer) => {
    expect(refusal(patching()(type, `${configMaps}/x`, body))).toEqual(answer)
  })

  it('of no operation changes nothing, and no key is left where all are taken away', () => {
    const patch = patching()
    expect(patch('json', `${configMaps}/x`, null)).toMatchObject({ code: 200, body: { data: { a: '1' } } })
    const { body } = patch('merge', `${configMaps}/x`, { data: { a: null } }) as { body: object }
    expect(body).not.toHaveProperty('data')
  })

  it('names the whole of what it would make where a field is unknown', () => {
    const answer = patching()('merge', `${configMaps}/x?fieldValidation=Strict`, { dota: {} })
    expect(refusal(answer)).toEqual([
      422,
      'Invalid',
      expect.stringMatching(
        /^ "" is invalid: patch: Invalid value: ".*": strict decoding error: unknown field "dota"$/,
      ),
    ])
  })
})
