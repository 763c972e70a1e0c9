import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outlineOwnedFields } from './owned-fields.ts'

const entry = (manager: string, fieldsV1: object) => ({
  apiVersion: 'kubeflow.org/v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
  manager,
  operation: 'Update',
  time: '2026-11-27T16:28:57Z',
})

const job = (name: string, ...managedFields: object[]) => ({
  apiVersion: 'kubeflow.org/v1',
  metadata: { managedFields, name },
  spec: { text: '"fieldsType":"FieldsV1","fieldsV1":{"f:a":{}},"manager":"x"' },
})

const page = (...items: object[]) => JSON.stringify({ apiVersion: 'v1', items, metadata: { continue: '' } })

describe('fields that managers own', () => {
  it('are told by their top level, in every entry of every object', () => {
    const spec = { 'f:spec': { '.': {}, 'k:{"name":"a}],\\"manager\\":"}': { 'f:manager': {} } }, 'f:metadata': {} }
    const status = { 'f:status': { 'f:conditions': {} } }
    const text = page(
      job('a', entry('kubectl', spec), entry('operator', status)),
      job('b'),
      job('c', entry('kubectl', {})),
    )
    expect(JSON.parse(outlineOwnedFields(text))).toEqual(
      JSON.parse(
        page(
          job('a', entry('kubectl', { 'f:spec': {}, 'f:metadata': {} }), entry('operator', { 'f:status': {} })),
          job('b'),
          job('c', entry('kubectl', {})),
        ),
      ),
    )
  })

  it.each([
    ['no managed fields', page({ metadata: { name: 'a' } })],
    [
      'keys in another order, as of built-in kinds',
      page({
        metadata: { managedFields: [{ manager: 'a', fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': { 'f:a': {} } } }] },
      }),
    ],
    ['an entry that is cut off', '{"fieldsType":"FieldsV1","fieldsV1":{"f:spec":{},'],
    ['a web page', '<html>"fieldsType":"FieldsV1","fieldsV1":{ },"manager":'.replace('{ }', '{ <p> }')],
    [
      'something else of that name',
      '{"fieldsType":"FieldsV1","fieldsV1":{"a":[{},{"manager":1}]}}'.replace('{},{', '{"b":{},"manager":1},{'),
    ],
  ])('stay as they are in a text with %s', (_, text) => {
    expect(outlineOwnedFields(text)).toBe(text)
  })

  it('are all that changes, whatever keys and texts an object has', () => {
    const keys = fc.oneof(fc.constantFrom('manager', 'fieldsV1', 'fieldsType', 'a},"manager":'), fc.string())
    const value = fc.jsonValue({ stringUnit: 'grapheme' })
    fc.assert(
      fc.property(
        fc.dictionary(keys, value),
        fc.dictionary(fc.string(), fc.dictionary(keys, fc.dictionary(keys, fc.constant({})))),
        (spec, fields) => {
          const owned = Object.fromEntries(Object.entries(fields).map(([key, value]) => [`f:${key}`, prefixed(value)]))
          const object = (fieldsV1: object) => ({ metadata: { managedFields: [entry('kubectl', fieldsV1)] }, spec })
          const outline = Object.fromEntries(Object.keys(owned).map((key) => [key, {}]))
          const read = JSON.parse(outlineOwnedFields(page(object(owned))))
          expect(read).toEqual(JSON.parse(page(object(outline))))
        },
      ),
    )
  })
})

/** With the keys that a set of fields has: each begins with what it is. */
function prefixed(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      `f:${key}`,
      typeof inner === 'object' && inner !== null ? prefixed(inner) : {},
    ]),
  )
}
