import { describe, expect, it } from 'vitest'
import type { Container, PodSpec } from '../kube/pod.ts'
import { checkpointPlaces } from './checkpoint-places.ts'
import type { Replica } from './job.ts'

const container = (more: Partial<Container>): Container => ({ name: 'pytorch', image: 'train:1', ...more })
const placesOf = (spec: PodSpec): string[] =>
  checkpointPlaces({ replicas: [{ template: { spec } } as unknown as Replica] })

describe('a volume', () => {
  it.each<[what: string, source: object, expected: boolean, mount?: object]>([
    ['a claim', { persistentVolumeClaim: { claimName: 'c' } }, true],
    ['a claim, mounted read-only', { persistentVolumeClaim: { claimName: 'c' } }, false, { readOnly: true }],
    ['a claim that is read-only', { persistentVolumeClaim: { claimName: 'c', readOnly: true } }, false],
    ['NFS', { nfs: { server: 'nas', path: '/' } }, true],
    ['NFS, read-only', { nfs: { server: 'nas', path: '/', readOnly: true } }, false],
    ['CSI', { csi: { driver: 'lustre.example.com' } }, true],
    ['CSI, read-only', { csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true } }, false],
    ['a folder of the node', { hostPath: { path: '/mnt/nvme' } }, true],
    ['devices of the node', { hostPath: { path: '/dev/shm' } }, false],
    ['a file of the node', { hostPath: { path: '/etc/localtime' } }, false],
    ['a disk of a cloud', { gcePersistentDisk: { pdName: 'd' } }, true],
    ['an emptyDir', { emptyDir: { medium: 'Memory' } }, false],
    ['a ConfigMap', { configMap: { name: 'c' } }, false],
    ['a claim that goes with the pod', { ephemeral: { volumeClaimTemplate: {} } }, false],
  ])('%s', (_, source, expected, mount = {}) => {
    const volumeMounts = [{ name: 'data', mountPath: '/data', ...mount }]
    const places = placesOf({ containers: [container({ volumeMounts })], volumes: [{ name: 'data', ...source }] })
    expect(places).toEqual(expected ? ['volume data at /data'] : [])
  })

  it('that nothing mounts is no place', () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'c' } }]
    expect(placesOf({ containers: [container({})], volumes })).toEqual([])
  })
})

describe('arguments', () => {
  it.each<[line: string, expected: string[]]>([
    ['python train.py', []],
    ['python train.py --output_dir /mnt/out', ['output_dir /mnt/out']],
    ['python train.py --output-dir=out', ['output-dir out']],
    ['torchrun train.py --checkpoint-dir=/ckpt --checkpoint-interval 500', ['checkpoint-dir /ckpt']],
    ['torchrun train.py --checkpoint /ckpt', ['checkpoint /ckpt']],
    ['pretrain_gpt.py --save /ckpt --save-interval 1000 --checkpoint-activations true', ['save /ckpt']],
    ['train.py trainer.default_root_dir=/runs model=gpt', ['trainer.default_root_dir /runs']],
    ['bash -c "python train.py --ckpt_path \'$OUT/last\'"', ['ckpt_path $OUT/last']],
    ['python train.py --to s3://bucket/run', ['s3://bucket/run']],
    ['python train.py --to hdfs://nn:8020/run', ['hdfs://nn:8020/run']],
    ['python train.py --output_dir /tmp/out', []],
    ['python train.py --output_dir=/scratch/out', []],
    ['python train.py --resume --no-save', []],
  ])('%s', (line, expected) => {
    const volumeMounts = [{ name: 'scratch', mountPath: '/scratch' }]
    const args = line.split(' ')
    const volumes = [{ name: 'scratch', emptyDir: {} }]
    expect(placesOf({ containers: [container({ args, volumeMounts })], volumes })).toEqual(expected)
  })
})

describe('env', () => {
  it.each<[name: string, value: string | undefined, expected: string[]]>([
    ['CHECKPOINT_DIR', '/ckpt', ['CHECKPOINT_DIR /ckpt']],
    ['CHECKPOINT_DIR', '', []],
    ['CHECKPOINT_DIR', '/tmp/ckpt', []],
    ['CHECKPOINT_DIR', undefined, ['CHECKPOINT_DIR']],
    ['HF_OUTPUT_DIR', 'out', ['HF_OUTPUT_DIR out']],
    ['CHECKPOINT_EVERY', '500', []],
    ['TARGET', 'gs://bucket/run', ['TARGET gs://bucket/run']],
    ['DATA_DIR', '/data', []],
  ])('%s=%s', (name, value, expected) => {
    const valueFrom = { configMapKeyRef: { name: 'settings', key: name } }
    const env = [value === undefined ? { name, valueFrom } : { name, value }]
    expect(placesOf({ containers: [container({ env })] })).toEqual(expected)
  })
})
