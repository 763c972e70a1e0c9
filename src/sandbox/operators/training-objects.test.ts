import { describe, expect, it } from 'vitest'
import { kindManifest, kindPods } from '../../../test/unit/kind-manifest.ts'
import { parsedJob } from '../../../test/unit/pytorch-manifest.ts'
import { mpiCompanions, v1Pod, v1Service } from './training-objects.ts'

const owner = { apiVersion: 'kubeflow.org/v1', kind: 'TFJob', name: 'train', uid: 'u-1', controller: true }

describe('what the simulated Training Operator makes beside pods', () => {
  const { 'ps-0': model } = kindPods('TFJob', { PS: { replicas: 1 }, Worker: { replicas: 1 } })
  if (!model) throw new Error('no pod ps-0')

  it('a pod is the model’s, owned by its job', () => {
    const { metadata, spec } = v1Pod(model, owner)
    expect(metadata).toMatchObject({ name: 'train-ps-0', namespace: 'nlp', ownerReferences: [owner] })
    expect(metadata).not.toHaveProperty('annotations')
    expect(spec).toEqual(model.spec)
  })

  it('its Service has the labels v1 finds the pod by, but for its role in the job, and its ports', () => {
    const { metadata, spec } = v1Service(model, owner)
    expect(metadata).toMatchObject({ name: 'train-ps-0', namespace: 'nlp', ownerReferences: [owner] })
    expect(Object.keys(metadata.labels ?? {}).sort()).toEqual([
      'training.kubeflow.org/job-name',
      'training.kubeflow.org/operator-name',
      'training.kubeflow.org/replica-index',
      'training.kubeflow.org/replica-type',
    ])
    expect(spec).toMatchObject({
      clusterIP: 'None',
      selector: metadata.labels,
      ports: [{ name: 'tfjob-port', port: 2222, targetPort: 2222, protocol: 'TCP' }],
    })
  })

  it('an MPIJob’s hostfile names its workers with their slots, and its account may exec', () => {
    const manifest = kindManifest('MPIJob', { Launcher: {}, Worker: { replicas: 2 } }, { slotsPerWorker: 4 })
    const made = mpiCompanions(parsedJob(manifest), owner).map(([, object]) => object)
    expect(made.map(({ kind, metadata: { name } }) => `${kind}/${name}`)).toEqual([
      'ConfigMap/train-config',
      'ServiceAccount/train-launcher',
      'Role/train-launcher',
      'RoleBinding/train-launcher',
    ])
    expect(made[0]?.['data']).toEqual({ hostfile: 'train-worker-0 slots=4\ntrain-worker-1 slots=4\n' })
    expect(made[2]?.['rules']).toContainEqual({ apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] })
  })
})
