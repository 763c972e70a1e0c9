import { describe, expect, it } from 'vitest'
import type { Schema } from '../schema.ts'
import { atomOf } from './atom.ts'
import { compare } from './compare.ts'
import { fieldsOf, withNamedFields, withoutFields } from './fields-of.ts'
import { merged } from './merge.ts'

const schema: Schema = {
  type: 'object',
  properties: {
    image: { type: 'string' },
    args: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' },
    plain: { type: 'array', items: { type: 'string' } },
    finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    ports: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: {
        type: 'object',
        properties: {
          port: { type: 'integer' },
          protocol: { type: 'string', default: 'TCP' },
          name: { type: 'string' },
        },
      },
    },
    volumes: {
      type: 'array',
      'x-kubernetes-patch-strategy': 'merge,retainKeys',
      'x-kubernetes-patch-merge-key': 'name',
      items: { type: 'object', properties: { name: { type: 'string' }, free: {} } },
    },
    selector: { type: 'object', additionalProperties: { type: 'string' }, 'x-kubernetes-map-type': 'atomic' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    anything: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    either: { 'x-kubernetes-int-or-string': true },
  },
}
const atom = atomOf(schema)

describe('the fields that an object sets', () => {
  it.each<[what: string, object: object, fields: object]>([
    ['a scalar', { image: 'a', either: 1 }, { 'f:image': {}, 'f:either': {} }],
    [
      'lists and maps that are one value',
      { args: ['a'], plain: ['b'], selector: { a: 'b' } },
      { 'f:args': {}, 'f:plain': {}, 'f:selector': {} },
    ],
    ['items of a set', { finalizers: ['a', 'b'] }, { 'f:finalizers': { 'v:"a"': {}, 'v:"b"': {} } }],
    [
      'items by their keys, also by those that they leave out',
      { ports: [{ port: 80, name: 'x' }] },
      { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} } } },
    ],
    [
      'items of a list that says how it is patched',
      { volumes: [{ name: 'v' }] },
      { 'f:volumes': { 'k:{"name":"v"}': { '.': {}, 'f:name': {} } } },
    ],
    ["a map, which is nobody's itself", { labels: { a: '1' } }, { 'f:labels': { 'f:a': {} } }],
    ['one that is empty', { labels: {}, finalizers: [] }, { 'f:labels': {} }],
    [
      'what no schema describes',
      { anything: { a: { b: [1, { c: 1 }] } } },
      { 'f:anything': { 'f:a': { '.': {}, 'f:b': {} } } },
    ],
    ['null', { labels: null, image: null }, { 'f:labels': {}, 'f:image': {} }],
  ])('%s', (_, object, fields) => {
    expect(fieldsOf(atom, object)).toEqual(fields)
  })

  it('and the named ones that they lie in', () => {
    const fields = {
      'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { 'f:name': {} } },
      'f:anything': { 'f:a': { 'f:b': {} } },
    }
    expect(withNamedFields(atom, fields)).toEqual({
      'f:ports': { '.': {}, 'k:{"port":80,"protocol":"TCP"}': { 'f:name': {} } },
      'f:anything': { '.': {}, 'f:a': { 'f:b': {} } },
    })
  })
})

describe('what is applied to an object', () => {
  it.each<[what: string, live: object, applied: object, whole: object]>([
    ['replaces scalars and keeps the rest', { image: 'a', args: ['x'] }, { image: 'b' }, { image: 'b', args: ['x'] }],
    [
      'replaces what is one value',
      { args: ['x', 'y'], selector: { a: 'b' } },
      { args: ['z'], selector: { c: 'd' } },
      { args: ['z'], selector: { c: 'd' } },
    ],
    [
      'adds to maps',
      { labels: { a: '1', b: '2' } },
      { labels: { b: '3', c: '4' } },
      { labels: { a: '1', b: '3', c: '4' } },
    ],
    ['adds to sets', { finalizers: ['a', 'b'] }, { finalizers: ['c', 'a'] }, { finalizers: ['c', 'a', 'b'] }],
    [
      'merges items',
      { ports: [{ port: 80, protocol: 'TCP', name: 'a' }] },
      { ports: [{ port: 80 }] },
      { ports: [{ port: 80, protocol: 'TCP', name: 'a' }] },
    ],
    [
      'tells items apart by all keys',
      { ports: [{ port: 80 }] },
      { ports: [{ port: 80, protocol: 'UDP' }] },
      { ports: [{ port: 80 }, { port: 80, protocol: 'UDP' }] },
    ],
    ['keeps a map that it leaves to null', { labels: { a: '1' } }, { labels: null }, { labels: { a: '1' } }],
    ['replaces another form', { either: 1 }, { either: 'x' }, { either: 'x' }],
  ])('%s', (_, live, applied, whole) => {
    expect(merged(atom, live, applied)).toEqual(whole)
  })

  // sigs.k8s.io/structured-merge-diff v6.4.2 was asked for these
  it.each<[live: string, applied: string, whole: string]>([
    ['1234', '5678', '12345678'],
    ['1234', '4321', '4321'],
    ['123', '53', '1253'],
    ['abcd', 'cXa', 'bcdXa'],
    ['', 'ab', 'ab'],
    ['ab', 'b', 'ab'],
  ])('orders items: %s and %s', (live, applied, whole) => {
    const result = merged(atom, { finalizers: [...live] }, { finalizers: [...applied] }) as { finalizers: string[] }
    expect(result.finalizers.join('')).toBe(whole)
  })
})

describe('what differs between two versions', () => {
  it.each<[what: string, before: object, after: object, found: object]>([
    ['nothing', { image: 'a', args: ['x'] }, { args: ['x'], image: 'a' }, {}],
    ['a scalar', { image: 'a' }, { image: 'b' }, { modified: { 'f:image': {} } }],
    [
      'what is new, with what it lies in',
      {},
      { labels: { a: '1' } },
      { added: { 'f:labels': { '.': {}, 'f:a': {} } } },
    ],
    [
      'what is gone, with what it lay in',
      { labels: { a: '1' } },
      {},
      { removed: { 'f:labels': { '.': {}, 'f:a': {} } } },
    ],
    [
      'a key of a map',
      { labels: { a: '1' } },
      { labels: { b: '1' } },
      { removed: { 'f:labels': { 'f:a': {} } }, added: { 'f:labels': { 'f:b': {} } } },
    ],
    [
      'a field of an item, wherever it stands',
      { ports: [{ port: 80 }, { port: 81, name: 'x' }] },
      { ports: [{ port: 81, name: 'y' }, { port: 80 }] },
      { modified: { 'f:ports': { 'k:{"port":81,"protocol":"TCP"}': { 'f:name': {} } } } },
    ],
    [
      'the order of a list that is one value',
      { args: ['a', 'b'] },
      { args: ['b', 'a'] },
      { modified: { 'f:args': {} } },
    ],
    [
      'items that have one key',
      { finalizers: ['a', 'a'] },
      { finalizers: ['a'] },
      { removed: { 'f:finalizers': { 'v:"a"': {} } }, added: { 'f:finalizers': { 'v:"a"': {} } } },
    ],
    ['another form', { either: 1 }, { either: 'x' }, { modified: { 'f:either': {} } }],
  ])('%s', (_, before, after, found) => {
    expect(compare(atom, before, after)).toEqual({ removed: {}, modified: {}, added: {}, ...found })
  })
})

describe('an object without fields', () => {
  it.each<[what: string, object: object, gone: object, left: object]>([
    ['loses a field', { image: 'a', labels: { a: '1' } }, { 'f:image': {} }, { labels: { a: '1' } }],
    ['loses an item', { finalizers: ['a', 'b'] }, { 'f:finalizers': { 'v:"a"': {} } }, { finalizers: ['b'] }],
    [
      'loses a field of an item',
      { ports: [{ port: 80, name: 'x' }] },
      { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { 'f:name': {} } } },
      { ports: [{ port: 80 }] },
    ],
    [
      'has nothing where the last one goes',
      { labels: { a: '1' }, image: 'x' },
      { 'f:labels': { 'f:a': {} } },
      { labels: null, image: 'x' },
    ],
  ])('%s', (_, object, gone, left) => {
    expect(withoutFields(atom, object, gone as never)).toEqual(left)
  })
})
