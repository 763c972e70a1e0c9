import { beforeAll, describe, expect, it } from 'vitest'
import { type Conversion, convertJob } from '../../src/convert/convert.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { kindManifest } from '../unit/kind-manifest.ts'
import { asCase } from './cases.ts'
import { compareV2, createAll, predictedBy, trainingNamespace } from './differential.ts'
import { cluster } from './harness.ts'

/** PodGroups of both schedulers without their fields' schemas: no scheduler reads them here. They stay in the cluster. */
function podGroups(group: string, version: string): object {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `podgroups.${group}`,
      // API groups of k8s.io want it (KEP 1111)
      annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'PodGroup', plural: 'podgroups', singular: 'podgroup' },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  }
}

const ofVolcano = 'podgroups.scheduling.volcano.sh'
const ofPlugins = 'podgroups.scheduling.x-k8s.io'

beforeAll(async () => {
  const { kubectl } = cluster()
  const definitions = [podGroups('scheduling.volcano.sh', 'v1beta1'), podGroups('scheduling.x-k8s.io', 'v1alpha1')]
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: definitions })
  const applied = await kubectl(['apply', '-f', '-'], { input })
  if (applied.code !== 0) throw new Error(applied.stderr)
  const wait = ['wait', '--for=condition=Established', `crd/${ofVolcano}`, `crd/${ofPlugins}`]
  expect((await kubectl(wait)).stderr).toBe('')
})

const asking = { container: { resources: { requests: { cpu: '100m' } } } }

/** Jobs of several shapes, none of which a scheduler of this cluster takes, with the gang scheduler of their operator, and the PodGroup that Trainer is to make. */
const gangs: readonly (readonly [scheduler: string, job: KubeObject, podGroup: object])[] = [
  [
    'volcano',
    kindManifest(
      'PyTorchJob',
      { Master: { ...asking, replicas: 1 }, Worker: { ...asking, replicas: 2 } },
      { runPolicy: { schedulingPolicy: { queue: 'research', priorityClass: 'system-cluster-critical' } } },
    ),
    { minMember: 3, queue: 'research', priorityClassName: 'system-cluster-critical', minResources: { cpu: '300m' } },
  ],
  [
    'volcano',
    kindManifest('PyTorchJob', { Master: { ...asking, replicas: 1 }, Worker: { replicas: 2 } }),
    { minMember: 2, queue: 'default', minResources: { cpu: '100m' } },
  ],
  [
    'site-scheduler',
    kindManifest(
      'XGBoostJob',
      { Master: { replicas: 1 }, Worker: { replicas: 2 } },
      { runPolicy: { schedulingPolicy: { scheduleTimeoutSeconds: 9 } } },
    ),
    { minMember: 3, scheduleTimeoutSeconds: 9 },
  ],
  [
    'site-scheduler',
    kindManifest('MPIJob', { Launcher: { replicas: 1 }, Worker: { replicas: 2 } }),
    { minMember: 3, scheduleTimeoutSeconds: 60 },
  ],
]

function converted(namespace: string): Conversion[] {
  return gangs.map(([gangScheduler, job], at) => {
    const named = { ...job, metadata: { name: `gang${at}`, namespace } }
    return convertJob(named, { ...asCase(at), mpi: 'ssh', accept: ['gang-partial'], gangScheduler })
  })
}

describe('gangs', { timeout: 300_000 }, () => {
  it('have the pods that the v2 model predicts, and the PodGroups that findings tell of', async () => {
    const on = cluster()
    const namespace = await trainingNamespace()
    const conversions = converted(namespace)
    const { jobSets, pods } = await compareV2(on, namespace, conversions.map(predictedBy))
    expect([...jobSets.found, ...pods.found]).toEqual([])
    for (const [at, [scheduler, , expected]] of gangs.entries()) {
      const kind = scheduler === 'volcano' ? ofVolcano : ofPlugins
      const podGroup = await on.get<KubeObject>([kind, `gang${at}`], { namespace })
      expect([at, podGroup['spec']]).toMatchObject([at, expected])
    }
  })

  it('cannot be made suspended beside a PodGroup of the name that is another’s', async () => {
    const on = cluster()
    const namespace = await trainingNamespace()
    const [conversion] = converted(namespace)
    if (!conversion) throw new Error('no gang is converted')
    const { trainJob, runtime } = conversion
    await on.create(namespace, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'v1' } })
    const { metadata } = await on.get<KubeObject>(['configmap', 'v1'], { namespace })
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'v1', uid: metadata.uid, controller: true }
    const podGroup = {
      apiVersion: 'scheduling.volcano.sh/v1beta1',
      kind: 'PodGroup',
      metadata: { name: trainJob.metadata.name, ownerReferences: [owner] },
    }
    const suspended = { ...trainJob, spec: { ...trainJob.spec, suspend: true } }
    expect(await createAll(on, namespace, [podGroup as KubeObject, runtime, suspended])).toEqual([])
    const refusal = await on.waitFor('the event that tells', async () => {
      const { items } = await on.get<{ items: { message?: string }[] }>(
        ['events', '--field-selector', 'reason=TrainJobResourcesCreationFailed'],
        { namespace },
      )
      return items.map(({ message }) => message).find((message) => message?.includes('Only one reference'))
    })
    expect(refusal).toContain('Only one reference can have Controller set to true')
  })
})
