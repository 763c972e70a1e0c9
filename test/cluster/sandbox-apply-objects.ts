import type { Asked } from './sandbox-answers.ts'

export const core = '/api/v1/namespaces/NAMESPACE'
export const configMaps = `${core}/configmaps`
const services = `${core}/services`
export const deployments = '/apis/apps/v1/namespaces/NAMESPACE/deployments'
export const jobs = '/apis/kubeflow.org/v1/namespaces/NAMESPACE/pytorchjobs'
export const runtimes = '/apis/trainer.kubeflow.org/v1alpha1/namespaces/NAMESPACE/trainingruntimes'

export const type = 'application/apply-patch+yaml'
export const get = (path: string): Asked => ({ method: 'GET', path })
export const post = (path: string, body: unknown): Asked => ({ method: 'POST', path, body })
export const patch = (path: string, body: unknown): Asked => ({ method: 'PATCH', path, body })
export const put = (path: string, body: unknown): Asked => ({ method: 'PUT', path, body })
export const jsonPatch = (path: string, body: unknown): Asked => ({
  ...patch(path, body),
  type: 'application/json-patch+json',
})

/** `manager` applies an object; `more` goes on in the query. */
export const applyTo =
  (path: string) =>
  (manager: string, body: unknown, more = ''): Asked => ({
    method: 'PATCH',
    path: `${path}?fieldManager=${manager}${more}`,
    body,
    type,
  })
export const force = '&force=true'

export const applyMap = applyTo(`${configMaps}/x`)
export const map = (data?: object, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', ...metadata },
  ...(data && { data }),
})

export const applyService = applyTo(`${services}/s`)
export const service = (ports: readonly object[], more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's' },
  spec: { clusterIP: 'None', selector: { app: 's' }, ports, ...more },
})

export const applyDeployment = applyTo(`${deployments}/d`)
export const deployment = (containers: readonly object[], more: object = {}, pod: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'd' } },
    template: { metadata: { labels: { app: 'd' } }, spec: { containers, ...pod } },
    ...more,
  },
})
/** What another manager adds to it. */
export const more = (pod: object, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: { ...spec, template: { spec: pod } },
})

export const claims = `${core}/persistentvolumeclaims`
export const claim = (spec?: object) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'c' },
  ...(spec && { spec: { storageClassName: 'none-such', ...spec } }),
})
export const claimStatus = (conditions: readonly object[], storage?: string) => ({
  ...claim(),
  status: { conditions, ...(storage && { capacity: { storage } }) },
})

export const applyJob = applyTo(`${jobs}/bert`)
export const job = (image = 'train:1', worker: object = {}, more: object = {}) => {
  const template = { spec: { containers: [{ name: 'pytorch', image, ...worker }] } }
  const spec = { runPolicy: { suspend: true }, pytorchReplicaSpecs: { Worker: { replicas: 1, template } }, ...more }
  return { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata: { name: 'bert' }, spec }
}

export const applyRuntime = applyTo(`${runtimes}/r`)
export const runtime = (jobsOf: readonly object[], metadata: object = {}) => ({
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainingRuntime',
  metadata: { name: 'r', ...metadata },
  spec: { mlPolicy: { numNodes: 1 }, template: { spec: { replicatedJobs: jobsOf } } },
})
export const replicatedJob = (name: string, image = 'train:1') => ({
  name,
  template: { spec: { template: { spec: { containers: [{ name: 'node', image }] } } } },
})

export const main = { name: 'main', image: 'train:1' }
export const side = { name: 'side', image: 'side:1' }
