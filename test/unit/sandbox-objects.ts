export const jobs = '/apis/kubeflow.org/v1/namespaces/nlp/pytorchjobs'
export const configMaps = '/api/v1/namespaces/nlp/configmaps'

export const configMap = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'nlp' },
  data: { a: '1' },
  ...more,
})

export const job = (spec: object) => ({
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { name: 'bert' },
  spec,
})
export const worker = (more: object = {}) => ({
  pytorchReplicaSpecs: {
    Worker: { template: { spec: { containers: [{ name: 'pytorch', image: 'train:1' }] } }, ...more },
  },
})
