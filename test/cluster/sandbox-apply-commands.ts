import { dump } from 'js-yaml'
import type { Typed } from './sandbox-commands.ts'

const type = (words: string, object?: object): Typed => ({ words, ...(object && { input: dump(object) }) })

const settings = (data: object, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', ...more },
  data,
})
const bert = (image = 'train:1'): object => ({
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { name: 'bert' },
  spec: {
    runPolicy: { suspend: true },
    pytorchReplicaSpecs: { Worker: { replicas: 1, template: { spec: { containers: [{ name: 'pytorch', image }] } } } },
  },
})

/** kubectl apply --server-side, typed at both; managers write in the order of their names, as that is how one second shows them. */
export const applyCommands: Readonly<Record<string, readonly Typed[]>> = {
  'apply --server-side': [
    type('apply --server-side -f -', settings({ a: '1', b: '2' })),
    type('apply --server-side -f -', settings({ a: '1', b: '2' })),
    type('apply --server-side -f - --dry-run=server', settings({ a: '9' })),
    type('diff --server-side -f -', settings({ a: '9' })),
    type('apply --server-side -f -', settings({ a: '1' })),
    type('get cm settings -o yaml'),
    type('apply --server-side -f - --field-manager=team', settings({ a: '2' })),
    type('apply --server-side -f - --field-manager=team --force-conflicts', settings({ a: '2' })),
    type('get cm settings -o yaml --show-managed-fields'),
    type('apply --server-side -f -', settings({ a: '3', b: '4' })),
    type('apply -f -', settings({ a: '5' })),
  ],
  'apply --server-side of what was applied by the client': [
    type('apply -f -', settings({ a: '1', b: '2' })),
    type('apply --server-side -f -', settings({ a: '2' })),
    type('get cm settings -o yaml --show-managed-fields'),
    type('apply view-last-applied cm settings'),
    type('apply --server-side -f -', settings({ c: '3' }, { annotations: { d: '<4>' } })),
    type('get cm settings -o yaml --show-managed-fields'),
  ],
  'apply --server-side of what was created': [
    type('create -f -', settings({ a: '1', b: '2' })),
    type('apply --server-side -f -', settings({ a: '2', b: '2' })),
    type('apply --server-side -f - --force-conflicts', settings({ a: '2', b: '2' })),
    type('patch cm settings -p {"data":{"a":"3"}}'),
    type('apply --server-side -f -', settings({ a: '2', b: '2' })),
  ],
  'apply --server-side of a v1 job': [
    type('apply --server-side -f -', bert()),
    type('apply --server-side -f - --field-manager=team', bert('train:2')),
    type('apply --server-side -f -', { ...bert(), spec: { pytorchReplicaSpecs: { Worker: { replicaz: 2 } } } }),
    type('apply --server-side -f -', bert('train:3')),
    type('get pytorchjob bert -o jsonpath={.spec.pytorchReplicaSpecs.Worker.template.spec.containers}'),
  ],
}
