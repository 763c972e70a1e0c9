import { describe, expect, it } from 'vitest'
import { clusterObjects } from '../cluster-objects.ts'
import { apiVersionOf, type ServedResource, served, servedAs } from '../served.ts'
import { addedOf } from './added.ts'
import { compare } from './compare.ts'
import { union } from './field-set.ts'
import { atomFor, nothing } from './tracked.ts'

const resourceOf = (object: { readonly apiVersion: string; readonly kind: string }): ServedResource =>
  served.find((one) => one.kind === object.kind && apiVersionOf(one) === object.apiVersion) as ServedResource

describe('the fields of an object that is new', () => {
  const pods = servedAs('pods')
  const pod = (image: string, more: object = {}) => ({
    metadata: { name: 'x', ownerReferences: [{ uid: image, name: 'y' }] },
    spec: { containers: [{ name: 'main', image, resources: {}, ...more }] },
  })
  const added = (object: object) => addedOf(atomFor(pods), object, nothing(pods))

  it('are those it has beside what its type always has', () => {
    expect(added(pod('a', { ports: [{ containerPort: 80 }] }))).toEqual({
      'f:metadata': {
        'f:name': {},
        'f:ownerReferences': { '.': {}, 'k:{"uid":"a"}': {} },
      },
      'f:spec': {
        'f:containers': {
          'k:{"name":"main"}': {
            '.': {},
            'f:name': {},
            'f:image': {},
            'f:resources': {},
            'f:ports': { '.': {}, 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
          },
        },
      },
    })
  })

  it('are one set for all of a shape', () => {
    const spec = (image: string) => added(pod(image))?.['f:spec']
    expect(spec('a')).toBe(spec('b'))
    expect(added(pod('a', { tty: true }))?.['f:spec']).not.toEqual(spec('a'))
  })

  it('are those that a comparison with nothing finds', () => {
    const found = clusterObjects().map((object) =>
      addedOf(atomFor(resourceOf(object)), object, nothing(resourceOf(object))),
    )
    const compared = clusterObjects().map((object) => {
      const { modified, added: fields } = compare(atomFor(resourceOf(object)), nothing(resourceOf(object)), object)
      return union(modified, fields)
    })
    expect(found.length).toBeGreaterThan(10)
    expect(found.map((set) => set ?? {})).toEqual(compared)
  })
})
