import type { Asked } from './sandbox-answers.ts'
import { kindApplies } from './sandbox-apply-kinds.ts'
import { applyMap, configMaps, force, get, jsonPatch, map, patch, post, put } from './sandbox-apply-objects.ts'
import { oddApplies } from './sandbox-apply-refusals.ts'

/** Server-side apply, and who owns what: each is asked of both, from an empty namespace. */
export const applies: Readonly<Record<string, readonly Asked[]>> = {
  'an object that is applied, again, and with less': [
    applyMap('alice', map({ a: '1', b: '2' })),
    applyMap('alice', map({ a: '1', b: '2' })),
    applyMap('alice', map({ a: '3' }, { labels: { l: '1' } })),
    applyMap('alice', map(undefined, { annotations: { n: '1' } })),
    get(`${configMaps}/x`),
  ],
  'what two apply': [
    applyMap('alice', map({ a: '1', b: '2' })),
    applyMap('bob', map({ b: '2', c: '3' })),
    applyMap('alice', map({ a: '1' })),
    applyMap('bob', map({ c: '3' })),
    applyMap('bob', map()),
  ],
  'conflicts of appliers': [
    applyMap('alice', map({ a: '1', b: '2' }, { labels: { l: '1' } })),
    applyMap('bob', map({ a: '2' })),
    applyMap('bob', map({ a: '2', b: '3', c: '4' }, { labels: { l: '2' } })),
    applyMap('bob', map({ a: '2', c: '4' }), force),
    applyMap('alice', map({ a: '1', b: '2' })),
    applyMap('alice', map({ b: '2' })),
    get(`${configMaps}/x`),
  ],
  'conflicts with other writes': [
    post(configMaps, map({ a: '1', b: '2' })),
    applyMap('alice', map({ a: '2', b: '2' })),
    applyMap('alice', map({ a: '1' })),
    patch(`${configMaps}/x?fieldManager=bob`, { data: { a: '5', z: '6' } }),
    applyMap('alice', map({ a: '1' })),
    applyMap('alice', map({ a: '1' }), force),
    put(`${configMaps}/x?fieldManager=bob`, map({ a: '7' })),
    applyMap('alice', map({ a: '1', z: '1' }), force),
    jsonPatch(`${configMaps}/x?fieldManager=bob`, [{ op: 'remove', path: '/data' }]),
  ],
  'objects that nobody is recorded for': [
    post(configMaps, map({ a: '1' })),
    jsonPatch(`${configMaps}/x`, [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]),
    patch(`${configMaps}/x`, { data: { b: '2' } }),
    applyMap('alice', map({ a: '2' })),
    applyMap('alice', map({ a: '2' }), force),
  ],
  'managed fields that somebody writes': [
    applyMap('alice', map({ a: '1', b: '2' })),
    jsonPatch(`${configMaps}/x?fieldManager=bob`, [
      {
        op: 'add',
        path: '/metadata/managedFields',
        value: [
          {
            manager: 'carol',
            operation: 'Apply',
            apiVersion: 'v1',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:data': { 'f:b': {} } },
          },
        ],
      },
    ]),
    patch(`${configMaps}/x?fieldManager=bob`, {
      metadata: { managedFields: [{ manager: 'x', operation: 'No' }] },
      data: { c: '1' },
    }),
    applyMap('carol', map()),
  ],
  ...kindApplies,
  ...oddApplies,
}
