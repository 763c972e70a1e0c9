import { isRecord, type KubeObject } from '../kube/object.ts'
import { qualifiedName, type ServedResource } from './served.ts'

type Fields = Record<string, unknown>

const fields = (value: unknown): Fields => (isRecord(value) ? value : {})

/** What the API server fills in where a built-in object leaves it out (kubernetes v1.36.3, pkg/apis/core/v1/defaults.go). */
export function withCoreDefaults(resource: ServedResource, object: KubeObject): KubeObject {
  const spec = fields(object['spec'])
  switch (qualifiedName(resource)) {
    case 'pods':
      return { ...object, spec: { enableServiceLinks: true, ...withPodDefaults(spec) } }
    case 'jobs.batch':
    case 'deployments.apps': {
      const template = fields(spec['template'])
      const own = object.kind === 'Deployment' ? withDeploymentDefaults(spec) : spec
      return { ...object, spec: { ...own, template: { ...template, spec: withPodDefaults(fields(template['spec'])) } } }
    }
    case 'namespaces': {
      const { metadata } = object
      const labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name ?? '' }
      return { ...object, metadata: { ...metadata, labels } }
    }
    case 'services':
      return { ...object, spec: withServiceDefaults(spec), status: { loadBalancer: {}, ...fields(object['status']) } }
    case 'configmaps':
      return withoutEmpty(object)
    case 'secrets':
      return withoutEmpty(storedSecret(object))
    case 'persistentvolumeclaims':
      return { ...object, spec: { volumeMode: 'Filesystem', ...spec } }
    case 'networkpolicies.networking.k8s.io':
      return { ...object, spec: { policyTypes: spec['egress'] ? ['Ingress', 'Egress'] : ['Ingress'], ...spec } }
    default:
      return object
  }
}

/**
 * What admission adds to a built-in object that is created, which is nobody's (kubernetes v1.36.3,
 * plugin/pkg/admission/{serviceaccount,defaulttolerationseconds,priority}). Service account tokens are not mounted.
 */
export function admittedCore(resource: ServedResource, object: KubeObject): KubeObject {
  const spec = fields(object['spec'])
  switch (qualifiedName(resource)) {
    case 'pods':
      return { ...object, spec: admittedPod(spec) }
    case 'services':
      return { ...object, spec: allocatedService(spec) }
    default:
      return object
  }
}

/** Go leaves out empty maps (`omitempty`). */
function withoutEmpty(object: KubeObject): KubeObject {
  const isEmpty = (value: unknown): boolean => isRecord(value) && Object.keys(value).length === 0
  const empty = ['data', 'binaryData'].filter((key) => isEmpty(object[key]))
  if (empty.length === 0) return object
  return Object.fromEntries(Object.entries(object).filter(([key]) => !empty.includes(key))) as KubeObject
}

/** What is written as text is kept in base64. */
function storedSecret({ stringData, ...object }: KubeObject): KubeObject {
  const type = object['type'] ?? 'Opaque'
  if (!isRecord(stringData)) return { ...object, type } as KubeObject
  const encoded = Object.entries(stringData).map(([key, value]) => [key, encode(String(value))])
  return { ...object, type, data: { ...fields(object['data']), ...Object.fromEntries(encoded) } } as KubeObject
}

function encode(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
}

/** pkg/apis/apps/v1/defaults.go */
function withDeploymentDefaults(spec: Fields): Fields {
  const strategy: Fields = { type: 'RollingUpdate', ...fields(spec['strategy']) }
  const rollingUpdate = { maxUnavailable: '25%', maxSurge: '25%', ...fields(strategy['rollingUpdate']) }
  return {
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    ...spec,
    strategy: strategy['type'] === 'RollingUpdate' ? { ...strategy, rollingUpdate } : strategy,
  }
}

function withPodDefaults(spec: Fields): Fields {
  const lists = Object.fromEntries(
    ['containers', 'initContainers'].flatMap((key) => {
      const list = spec[key]
      return Array.isArray(list) ? [[key, list.map((one) => withContainerDefaults(fields(one)))]] : []
    }),
  )
  const volumes = spec['volumes']
  const account = spec['serviceAccountName'] ?? spec['serviceAccount']
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
    ...lists,
    ...(Array.isArray(volumes) && { volumes: volumes.map((volume) => withModes(fields(volume))) }),
    // the one is an older name of the other
    ...(account !== undefined && { serviceAccountName: account, serviceAccount: account }),
  }
}

/** Files of a volume can be read by all, and written by their owner. */
function withModes(volume: Fields): Fields {
  const sources = ['configMap', 'downwardAPI', 'projected', 'secret'].filter((source) => isRecord(volume[source]))
  if (sources.length === 0) return volume
  const moded = sources.map((source) => [source, { defaultMode: 0o644, ...fields(volume[source]) }])
  return { ...volume, ...Object.fromEntries(moded) }
}

function withContainerDefaults(container: Fields): Fields {
  const image = String(container['image'] ?? '')
  const tag = /:([^/:@]+)$/.exec(image)?.[1] ?? (image.includes('@') ? 'digest' : 'latest')
  const ports = container['ports']
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: tag === 'latest' ? 'Always' : 'IfNotPresent',
    ...container,
    ...(Array.isArray(ports) && { ports: ports.map((port) => ({ protocol: 'TCP', ...fields(port) })) }),
  }
}

const lost = (key: string): Fields => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
})

function admittedPod(spec: Fields): Fields {
  const account = spec['serviceAccountName'] ?? 'default'
  const given = Array.isArray(spec['tolerations']) ? (spec['tolerations'] as readonly Fields[]) : []
  const missing = ['not-ready', 'unreachable'].map(lost).filter((toleration) => {
    const covers = ({ key, effect }: Fields): boolean =>
      (key === undefined || key === toleration['key']) && (effect === undefined || effect === 'NoExecute')
    return !given.some(covers)
  })
  return {
    ...spec,
    serviceAccountName: account,
    serviceAccount: account,
    tolerations: [...given, ...missing],
    priority: spec['priority'] ?? 0,
    preemptionPolicy: spec['preemptionPolicy'] ?? 'PreemptLowerPriority',
  }
}

function withServiceDefaults(spec: Fields): Fields {
  const ports = spec['ports']
  return {
    type: 'ClusterIP',
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
    ...spec,
    ...(Array.isArray(ports) && {
      ports: ports.map((port) => ({ protocol: 'TCP', targetPort: fields(port)['port'], ...fields(port) })),
    }),
  }
}

function allocatedService(spec: Fields): Fields {
  const { clusterIP } = spec
  return {
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ...spec,
    ...(clusterIP !== undefined && { clusterIPs: [clusterIP] }),
  }
}
