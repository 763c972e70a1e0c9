import { describe, expect, it } from 'vitest'
import { kindManifest } from '../../test/unit/kind-manifest.ts'
import type { KubeObject } from '../kube/object.ts'
import { parseV1Job } from '../v1/job.ts'
import { claimNames, sharedVolumes } from './shared-volumes.ts'

interface Case {
  readonly source: Record<string, unknown>
  readonly name?: string
  readonly mount?: Record<string, unknown>
  readonly container?: Record<string, unknown>
  readonly modes?: readonly string[]
}

function judge({ source, name = 'v', mount = {}, container = {}, modes }: Case) {
  const manifest = kindManifest('PyTorchJob', {
    Worker: {
      replicas: 1,
      container: { volumeMounts: [{ name, mountPath: '/mnt', ...mount }], ...container },
      pod: { volumes: [{ name, ...source }] },
    },
  })
  const parsed = parseV1Job(manifest)
  if (!('job' in parsed)) throw new Error(JSON.stringify(parsed.problems))
  const claim: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c' },
    spec: { accessModes: modes },
  }
  return sharedVolumes(parsed.job, new Map(modes ? [['c', claim]] : []))
}

const pvc = { persistentVolumeClaim: { claimName: 'c' } }

describe('volumes two trainings would both write to', () => {
  it.each<[string, Case]>([
    ['emptyDir', { source: { emptyDir: {} } }],
    ['a claim of each pod', { source: { ephemeral: { volumeClaimTemplate: {} } } }],
    ['configMap', { source: { configMap: { name: 'c' } } }],
    ['secret', { source: { secret: { secretName: 's' } } }],
    ['projected', { source: { projected: { sources: [] } } }],
    ['a claim nobody can write to', { source: pvc, modes: ['ReadOnlyMany'] }],
    ['a claim that is mounted read-only', { source: pvc, modes: ['ReadWriteMany'], mount: { readOnly: true } }],
    [
      'a claim whose volume is read-only',
      { source: { persistentVolumeClaim: { claimName: 'c', readOnly: true } }, modes: ['ReadWriteMany'] },
    ],
    ['nfs, read-only', { source: { nfs: { server: 's', path: '/e', readOnly: true } } }],
    ['a device file of the host', { source: { hostPath: { path: '/dev/infiniband' } } }],
    ['a socket of the host', { source: { hostPath: { path: '/run/x.sock', type: 'Socket' } } }],
    ['what nothing mounts', { source: pvc, modes: ['ReadWriteMany'], container: { volumeMounts: [] } }],
  ])('not %s', (_, given) => {
    expect(judge(given)).toEqual([])
  })

  it.each<[string, Case, string, string[], string]>([
    [
      'a claim of many',
      { source: pvc, modes: ['ReadWriteMany'] },
      'PersistentVolumeClaim c, ReadWriteMany',
      ['writable at /mnt'],
      'readonly',
    ],
    [
      'a claim of one node',
      { source: pvc, modes: ['ReadWriteOnce'], name: 'ckpt' },
      'PersistentVolumeClaim c, ReadWriteOnce',
      ['writable at /mnt', 'pods on another node than v1’s cannot mount it'],
      'subpath',
    ],
    [
      'a claim of one pod',
      { source: pvc, modes: ['ReadWriteOncePod'] },
      'PersistentVolumeClaim c, ReadWriteOncePod',
      ['writable at /mnt', 'one pod at a time may use it'],
      'emptydir',
    ],
    [
      'a claim that is not there',
      { source: pvc },
      'PersistentVolumeClaim c, which is not there',
      ['writable at /mnt'],
      'readonly',
    ],
    [
      'a folder of the host',
      { source: { hostPath: { path: '/data' } } },
      'hostPath /data',
      ['writable at /mnt'],
      'readonly',
    ],
    [
      'shared memory of the host',
      { source: { hostPath: { path: '/dev/shm' } } },
      'hostPath /dev/shm',
      ['writable at /mnt'],
      'readonly',
    ],
    ['nfs', { source: { nfs: { server: 's', path: '/e' } } }, 'nfs s:/e', ['writable at /mnt'], 'readonly'],
    [
      'a driver',
      { source: { csi: { driver: 'blob.example.com' } } },
      'csi blob.example.com',
      ['writable at /mnt'],
      'readonly',
    ],
    [
      'a raw device',
      {
        source: pvc,
        modes: ['ReadWriteMany'],
        container: { volumeMounts: [], volumeDevices: [{ name: 'v', devicePath: '/dev/x' }] },
      },
      'PersistentVolumeClaim c, ReadWriteMany',
      ['a raw device'],
      'readonly',
    ],
    [
      'an output path in args',
      {
        source: pvc,
        modes: ['ReadWriteMany'],
        container: { args: ['train.py', '--save-dir', '/mnt/out', '--data=/mnt/in'] },
      },
      'PersistentVolumeClaim c, ReadWriteMany',
      ['writable at /mnt', '--save-dir /mnt/out lies in it'],
      'subpath',
    ],
    [
      'an output path in env',
      {
        source: pvc,
        modes: ['ReadWriteMany'],
        container: {
          env: [
            { name: 'CHECKPOINT_DIR', value: '/mnt/a' },
            { name: 'OUT', value: '/other' },
          ],
        },
      },
      'PersistentVolumeClaim c, ReadWriteMany',
      ['writable at /mnt', 'CHECKPOINT_DIR=/mnt/a lies in it'],
      'subpath',
    ],
  ])('%s', (_, given, what, evidence, suggested) => {
    const [volume] = judge(given)
    expect(volume).toMatchObject({ what, evidence })
    expect(volume?.ways[0]).toBe(suggested)
  })

  it('names each claim once', () => {
    const parsed = parseV1Job(
      kindManifest('PyTorchJob', { Worker: { replicas: 1, pod: { volumes: [{ name: 'v', ...pvc }] } } }),
    )
    expect('job' in parsed && claimNames(parsed.job)).toEqual(['c'])
  })
})
