import { describe, expect, it } from 'vitest'
import { podReferences } from './pod-references.ts'

describe('what a pod takes from its namespace', () => {
  it.each<[what: string, spec: unknown, references: string[]]>([
    ['nothing', { containers: [{ name: 'node' }] }, []],
    ['no spec at all', undefined, []],
    [
      'volumes',
      {
        volumes: [
          { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
          { name: 'conf', configMap: { name: 'conf' } },
          { name: 'keys', secret: { secretName: 'keys' } },
          { name: 'csi', csi: { driver: 'd', nodePublishSecretRef: { name: 'csi' } } },
          { name: 'ceph', cephfs: { monitors: [], secretRef: { name: 'ceph' } } },
          { name: 'all', projected: { sources: [{ configMap: { name: 'part' } }, { secret: { name: 'other' } }] } },
          { name: 'scratch', emptyDir: {} },
        ],
      },
      [
        'PersistentVolumeClaim data',
        'ConfigMap conf',
        'Secret keys',
        'Secret csi',
        'Secret ceph',
        'ConfigMap part',
        'Secret other',
      ],
    ],
    [
      'env of every container, each name once',
      {
        containers: [
          { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'keys', key: 'a' } } }] },
          { envFrom: [{ configMapRef: { name: 'conf' } }, { secretRef: { name: 'keys' } }] },
        ],
        initContainers: [{ env: [{ name: 'B', valueFrom: { configMapKeyRef: { name: 'init', key: 'b' } } }] }],
      },
      ['Secret keys', 'ConfigMap conf', 'ConfigMap init'],
    ],
    [
      'account and registries',
      { serviceAccountName: 'trainer', imagePullSecrets: [{ name: 'registry' }] },
      ['ServiceAccount trainer', 'Secret registry'],
    ],
  ])('%s', (_, spec, references) => {
    expect(podReferences(spec).map(({ kind, name }) => `${kind} ${name}`)).toEqual(references)
  })
})
