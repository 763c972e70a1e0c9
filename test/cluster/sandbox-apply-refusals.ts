import type { Asked } from './sandbox-answers.ts'
import { applyJob, applyMap, applyTo, configMaps, get, job, jobs, map, patch, type } from './sandbox-apply-objects.ts'

/** Applies that change nothing, are refused, or are written in another way than most. */
export const oddApplies: Readonly<Record<string, readonly Asked[]>> = {
  'dry runs of an apply': [
    applyMap('alice', map({ a: '1' }), '&dryRun=All'),
    get(`${configMaps}/x`),
    applyMap('alice', map({ a: '1' })),
    applyMap('alice', map({ a: '2' }), '&dryRun=All'),
    applyMap('bob', map({ a: '2' }), '&dryRun=All'),
    get(`${configMaps}/x`),
  ],
  'applies that say too little': [
    { method: 'PATCH', path: `${configMaps}/x`, body: map({ a: '1' }), type },
    { ...patch(`${configMaps}/x?force=true`, {}) },
    applyMap('alice', { apiVersion: 'v1', kind: 'ConfigMap' }),
    applyMap('alice', { kind: 'ConfigMap', metadata: { name: 'x' } }),
    applyMap('alice', { apiVersion: 'v1', metadata: { name: 'x' } }),
  ],
  'applies of another object': [
    applyMap('alice', map({}, { name: 'y' })),
    applyMap('alice', map({}, { namespace: 'other' })),
    applyMap('alice', { ...map(), kind: 'Secret' }),
    applyMap('alice', { ...map(), apiVersion: 'v2' }),
    applyJob('alice', { ...job(), apiVersion: 'kubeflow.org/v2' }),
    applyMap('alice', map({}, { uid: '00000000-0000-4000-8000-000000000000' })),
    applyMap('alice', map({ a: '1' })),
    applyMap('alice', map({ a: '1' }, { uid: '00000000-0000-4000-8000-000000000000' })),
    applyJob('alice', job()),
    applyJob('alice', { ...job(), metadata: { name: 'bert', uid: '00000000-0000-4000-8000-000000000000' } }),
    patch(`${jobs}/bert`, { metadata: { uid: '00000000-0000-4000-8000-000000000000' } }),
    applyMap('alice', map({ a: '2' }, { resourceVersion: '1' })),
    applyMap('alice', map({ a: '2' }, { name: 'y' })),
    applyMap('alice', map({ a: '2' }, { namespace: 'other' })),
    applyTo('/api/v1/namespaces/none-such/configmaps/x')('alice', map()),
  ],
  'applies of what cannot be merged': [
    applyMap('alice', map({}, { managedFields: [] })),
    applyMap('alice', map({ a: 1 })),
    applyMap('alice', map(undefined, { labels: 'x' })),
    applyMap('alice', { ...map(), dota: {} }),
    applyMap('alice', { ...map(), immutable: 'yes' }),
    applyMap('alice', { ...map(), dota: {} }, '&fieldValidation=Strict'),
    applyJob('alice', job('train:1', { imagge: 'x' })),
    applyJob('alice', job('train:1', { command: 'x' })),
    applyJob('alice', job('train:1', { ports: [{ containerPort: 'x' }] })),
    applyJob('alice', job('train:1', {}, { runPolicy: { suspend: true, schedulingPolicy: { minAvailable: 'x' } } })),
    applyMap('alice', '"text"'),
    applyMap('alice', '[]'),
  ],
  'an apply in YAML': [
    applyMap('alice', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: "1"\n  # b\n'),
  ],
  'an immutable ConfigMap, applied': [
    applyMap('alice', { ...map({ a: '1' }), immutable: true }),
    applyMap('alice', { ...map({ a: '2' }), immutable: true }),
    applyMap('alice', { ...map({ a: '1' }), immutable: true }),
  ],
  'values that are null or empty': [
    applyMap('alice', map({ a: '', b: '' })),
    applyMap('alice', map({}, { labels: {}, annotations: {} })),
    applyMap('bob', map({ b: null })),
    applyJob('alice', job('train:1', { env: [], resources: {} })),
    applyJob('alice', job('train:1', { resources: { limits: {} } })),
  ],
}
