import { describe, expect, it } from 'vitest'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { formatFieldPath } from '../kube/field-path.ts'
import { configMapReferences } from './config-map-references.ts'

const spec = 'spec.pytorchReplicaSpecs.Worker.template.spec'

describe('ConfigMaps that the pods of a job refer to', () => {
  it('are those of volumes, projected volumes, env and envFrom, with the keys that are taken', () => {
    const volumes = [
      { name: 'code', configMap: { name: 'code' } },
      { name: 'some', configMap: { name: 'some', items: [{ key: 'run.sh', path: 'run.sh' }] } },
      { name: 'mixed', projected: { sources: [{ secret: { name: 'token' } }, { configMap: { name: 'mixed' } }] } },
      { name: 'none', emptyDir: {} },
    ]
    const container = {
      env: [
        { name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } },
        { name: 'B', valueFrom: { secretKeyRef: { name: 'token', key: 'b' } } },
      ],
    }
    const initContainers = [
      { name: 'init', image: 'i', envFrom: [{ configMapRef: { name: 'all' } }, { secretRef: { name: 't' } }] },
    ]
    const object = pytorchManifest({ worker: { container, pod: { volumes, initContainers } } })
    expect(configMapReferences(object).map(({ path, ...rest }) => ({ ...rest, path: formatFieldPath(path) }))).toEqual([
      { name: 'code', path: `${spec}.volumes[0].configMap` },
      { name: 'some', key: 'run.sh', path: `${spec}.volumes[1].configMap` },
      { name: 'mixed', path: `${spec}.volumes[2].projected.sources[1].configMap` },
      { name: 'settings', key: 'a', path: `${spec}.containers[0].env[0]` },
      { name: 'all', path: `${spec}.initContainers[0].envFrom[0]` },
    ])
  })

  it.each([
    {},
    { kind: 'PyTorchJob' },
    { kind: 'PyTorchJob', spec: { pytorchReplicaSpecs: { Worker: null } } },
    {
      kind: 'PyTorchJob',
      spec: { pytorchReplicaSpecs: { Worker: { template: { spec: { volumes: [null, { configMap: 1 }] } } } } },
    },
    { kind: 'Pod', spec: { volumes: [{ configMap: { name: 'x' } }] } },
  ])('are none in %j', (object) => {
    expect(configMapReferences(object)).toEqual([])
  })
})
