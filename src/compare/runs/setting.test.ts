import { describe, expect, it } from 'vitest'
import type { Container, Pod } from '../../kube/pod.ts'
import { settingOf } from './setting.ts'

const digest = `sha256:${'a'.repeat(64)}`

function pod(container: Partial<Container>, imageID?: string, spec: object = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'bert-0' },
    spec: { containers: [{ name: 'side' }, { name: 'node', ...container }], ...spec },
    status: { containerStatuses: [{ name: 'node', ...(imageID ? { imageID } : {}) }] },
  }
}
const setting = (...pods: Pod[]) => settingOf(pods.map((one) => ({ pod: one, container: 'node' })))

describe('the setting of a run', () => {
  it.each<[string, Pod[], object]>([
    ['of no pod is unknown', [], {}],
    [
      'has the digest the node pulled, and a process a pod',
      [pod({ image: 'a:1' }, `docker-pullable://a@${digest}`), pod({ image: 'a:1' }, `a@${digest}`)],
      { image: digest, worldSize: '2', processes: '1' },
    ],
    [
      'has no digest where one pod has none: a tag says nothing',
      [pod({ image: 'a:1' }, `a@${digest}`), pod({ image: 'a:1' })],
      { worldSize: '2', processes: '1' },
    ],
    [
      'has the processes of torchrun, its seed and its data',
      [pod({ command: ['sh', '-c', 'torchrun --nproc_per_node=4 train.py --seed 7 --data-dir /data'] })],
      { worldSize: '4', processes: '4', seed: '7', dataPath: '/data' },
    ],
    [
      'has those of its environment',
      [
        pod({
          env: [
            { name: 'PET_NPROC_PER_NODE', value: 'auto' },
            { name: 'SEED', value: '3' },
            { name: 'DATA_PATH', value: '/d' },
          ],
          resources: { limits: { 'nvidia.com/gpu': 8 } },
        }),
      ],
      { worldSize: '8', processes: '8', seed: '3', dataPath: '/d' },
    ],
    [
      'has the claims that are mounted',
      [
        pod({ volumeMounts: [{ name: 'v', mountPath: '/data' }] }, undefined, {
          volumes: [
            { name: 'v', persistentVolumeClaim: { claimName: 'nlp-data' } },
            { name: 'w', persistentVolumeClaim: { claimName: 'unused' } },
          ],
        }),
      ],
      { worldSize: '1', processes: '1', dataPath: 'claim nlp-data at /data' },
    ],
  ])('%s', (_name, pods, expected) => {
    expect(setting(...pods)).toEqual(expected)
  })
})
