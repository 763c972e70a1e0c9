import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kube/object.ts'
import { checkObject } from './check.ts'
import { servedAs } from './served.ts'

const spec = { imagePullSecrets: [{}], containers: [{ name: 'main', image: 'train:1' }] }
const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec }
const job: KubeObject = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { name: 'x' },
  spec: { pytorchReplicaSpecs: { Worker: { template: { spec } } } },
}

describe('what is stored of an object', () => {
  it('has the defaults of its definition, those that are nothing as well', () => {
    const { object, causes } = checkObject(servedAs('pytorchjobs.kubeflow.org'), job)
    const stored = { ...spec, imagePullSecrets: [{ name: '' }] }
    expect([object['spec'], causes]).toEqual([{ pytorchReplicaSpecs: { Worker: { template: { spec: stored } } } }, []])
  })

  it('has none of those that Kubernetes tells of its own types, where they are nothing', () => {
    expect(checkObject(servedAs('pods'), pod).object['spec']).toEqual(spec)
  })
})
