import type { ModelPod } from '../../kube/model-pod.ts'
import type { KubeObject, OwnerReference } from '../../kube/object.ts'
import type { V1Job } from '../../v1/job.ts'
import { v1Labels } from '../../v1/labels.ts'
import type { ServedResource } from '../served.ts'
import { kinds } from './workshop.ts'

/** The object of a pod that the v1 model tells, not yet stored. */
export function v1Pod(model: ModelPod, owner: OwnerReference): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: model.name,
      namespace: model.namespace,
      labels: { ...model.labels },
      ...(Object.keys(model.annotations).length > 0 && { annotations: { ...model.annotations } }),
      ownerReferences: [owner],
    },
    spec: structuredClone(model.spec),
  }
}

/**
 * The headless Service of a v1 pod, with the ports of the container that trains (Training Operator v1.9.4,
 * pkg/controller.v1/common/service.go CreateNewService).
 */
export function v1Service(model: ModelPod, owner: OwnerReference): KubeObject {
  const main = model.spec.containers.find(({ name }) => name === model.main)
  const { [v1Labels.jobRole]: _, ...labels } = Object.fromEntries(
    Object.entries(model.labels).filter(([key]) => key.startsWith('training.kubeflow.org/')),
  )
  const ports = (main?.ports ?? []).map(({ name, containerPort }) => ({
    name,
    port: containerPort,
    targetPort: containerPort,
    protocol: 'TCP',
  }))
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: model.name, namespace: model.namespace, labels, ownerReferences: [owner] },
    spec: { clusterIP: 'None', clusterIPs: ['None'], type: 'ClusterIP', selector: labels, ports },
  }
}

/**
 * What an MPIJob's launcher needs to reach its workers, with the resource each is stored under: the hostfile, and the account that may
 * exec into pods (Training Operator v1.9.4, pkg/controller.v1/mpi/mpijob_controller.go).
 */
export function mpiCompanions(job: V1Job, owner: OwnerReference): [ServedResource, KubeObject][] {
  const { name, namespace, replicas, spec } = job
  const own = { namespace, ownerReferences: [owner] }
  const slots = Number(spec['slotsPerWorker'] ?? 1)
  const workers = replicas.find((replica) => replica.name === 'Worker')?.count ?? 0
  const hosts = Array.from({ length: workers }, (_, index) => `${name}-worker-${index} slots=${slots}\n`).join('')
  const launcher = `${name}-launcher`
  const account = { kind: 'ServiceAccount', name: launcher, namespace }
  const group = 'rbac.authorization.k8s.io'
  const rules = [
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] },
  ]
  return [
    [
      kinds.configMaps,
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { ...own, name: `${name}-config` },
        data: { hostfile: hosts },
      },
    ],
    [kinds.serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...own, name: launcher } }],
    [kinds.roles, { apiVersion: `${group}/v1`, kind: 'Role', metadata: { ...own, name: launcher }, rules }],
    [
      kinds.roleBindings,
      {
        apiVersion: `${group}/v1`,
        kind: 'RoleBinding',
        metadata: { ...own, name: launcher },
        subjects: [account],
        roleRef: { apiGroup: group, kind: 'Role', name: launcher },
      },
    ],
  ]
}
