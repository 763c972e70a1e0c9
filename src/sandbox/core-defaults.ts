import { isRecord, type KubeObject } from '../kube/object.ts'
import { qualifiedName, type ServedResource } from './served.ts'

type Fields = Record<string, unknown>

const fields = (value: unknown): Fields => (isRecord(value) ? value : {})

/**
 * What the API server and its admission add to a built-in object that is created (kubernetes v1.36.3, pkg/apis/core/v1/defaults.go,
 * plugin/pkg/admission/{serviceaccount,defaulttolerationseconds,priority}). Service account tokens are not mounted.
 */
export function withCoreDefaults(resource: ServedResource, object: KubeObject): KubeObject {
  const spec = fields(object['spec'])
  switch (qualifiedName(resource)) {
    case 'pods':
      return { ...object, spec: admittedPod(withPodDefaults(spec)) }
    case 'jobs.batch':
    case 'deployments.apps': {
      const template = fields(spec['template'])
      return {
        ...object,
        spec: { ...spec, template: { ...template, spec: withPodDefaults(fields(template['spec'])) } },
      }
    }
    case 'namespaces': {
      const { metadata } = object
      const labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name ?? '' }
      return { ...object, metadata: { ...metadata, labels } }
    }
    case 'services':
      return { ...object, spec: withServiceDefaults(spec), status: { loadBalancer: {} } }
    case 'persistentvolumeclaims':
      return { ...object, spec: { volumeMode: 'Filesystem', ...spec } }
    case 'networkpolicies.networking.k8s.io':
      return { ...object, spec: { policyTypes: spec['egress'] ? ['Ingress', 'Egress'] : ['Ingress'], ...spec } }
    default:
      return object
  }
}

function withPodDefaults(spec: Fields): Fields {
  const lists = Object.fromEntries(
    ['containers', 'initContainers'].flatMap((key) => {
      const list = spec[key]
      return Array.isArray(list) ? [[key, list.map((one) => withContainerDefaults(fields(one)))]] : []
    }),
  )
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
    ...lists,
  }
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
    enableServiceLinks: spec['enableServiceLinks'] ?? true,
    preemptionPolicy: spec['preemptionPolicy'] ?? 'PreemptLowerPriority',
  }
}

function withServiceDefaults(spec: Fields): Fields {
  const ports = spec['ports']
  const { clusterIP } = spec
  return {
    type: 'ClusterIP',
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ...spec,
    ...(clusterIP !== undefined && { clusterIPs: [clusterIP] }),
    ...(Array.isArray(ports) && {
      ports: ports.map((port) => ({ protocol: 'TCP', targetPort: fields(port)['port'], ...fields(port) })),
    }),
  }
}
