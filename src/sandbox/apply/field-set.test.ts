import { describe, expect, it } from 'vitest'
import { difference, type FieldSet, intersection, pathsOf, pathText, union, withoutTrees } from './field-set.ts'

const text = (set: FieldSet): string[] => pathsOf(set).map(pathText)

const labels: FieldSet = { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {}, 'f:b': {} } } }

describe('sets of fields', () => {
  it('tell their fields by path, those of a node before those below it', () => {
    const set: FieldSet = {
      'f:spec': {
        'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {} } },
        'f:finalizers': { 'v:"x.y/z"': {} },
        'f:a': {},
      },
    }
    expect(text(set)).toEqual([
      '.spec.a',
      '.spec.finalizers[="x.y/z"]',
      '.spec.ports[port=80,protocol="TCP"]',
      '.spec.ports[port=80,protocol="TCP"].name',
    ])
  })

  it.each<[what: string, found: FieldSet, wanted: FieldSet]>([
    ['a union with what lies below', union({ 'f:a': {} }, { 'f:a': { 'f:b': {} } }), { 'f:a': { '.': {}, 'f:b': {} } }],
    ['a union with nothing', union(labels, {}), labels],
    [
      'an intersection, of fields and not of what they lie in',
      intersection(labels, { 'f:metadata': { 'f:labels': { 'f:b': {}, 'f:c': {} } } }),
      { 'f:metadata': { 'f:labels': { 'f:b': {} } } },
    ],
    ['an intersection with nothing in common', intersection(labels, { 'f:metadata': { '.': {}, 'f:name': {} } }), {}],
    [
      'a difference that leaves what lies below',
      difference(labels, { 'f:metadata': { 'f:labels': {} } }),
      { 'f:metadata': { 'f:labels': { 'f:a': {}, 'f:b': {} } } },
    ],
    ['a difference that leaves nothing', difference(labels, labels), {}],
    [
      'what is left without whole trees',
      withoutTrees({ 'f:spec': { 'f:a': {} }, 'f:status': { 'f:b': {} } }, { 'f:status': {} }),
      { 'f:spec': { 'f:a': {} } },
    ],
    [
      'what is left without a tree below',
      withoutTrees(labels, { 'f:metadata': { 'f:labels': { 'f:a': {} } } }),
      { 'f:metadata': { 'f:labels': { '.': {}, 'f:b': {} } } },
    ],
  ])('%s', (_, found, wanted) => {
    expect(found).toEqual(wanted)
  })

  it('are the same set where nothing is taken away', () => {
    expect(difference(labels, { 'f:spec': {} })).toBe(labels)
    expect(withoutTrees(labels, { 'f:metadata': { 'f:annotations': {} }, 'f:status': {} })).toBe(labels)
  })
})
