/** One resource of the API, enough to build its path and to word errors about it. */
export interface Resource {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
}

const core = (plural: string, kind: string, namespaced = true): Resource => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced,
})

const trainer = (plural: string, kind: string, namespaced = true): Resource => ({
  group: 'trainer.kubeflow.org',
  version: 'v1alpha1',
  plural,
  kind,
  namespaced,
})

const kueue = (version: string, plural = 'workloads', kind = 'Workload'): Resource => ({
  group: 'kueue.x-k8s.io',
  version,
  plural,
  kind,
  namespaced: true,
})

const kubeflow = (plural: string, kind: string): Resource => ({
  group: 'kubeflow.org',
  version: 'v1',
  plural,
  kind,
  namespaced: true,
})

const rbac = (plural: string, kind: string): Resource => ({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural,
  kind,
  namespaced: true,
})

const named = (group: string, version: string, plural: string, kind: string): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
})
const clusterScoped =
  (group: string) =>
  (plural: string, kind: string): Resource => ({
    group,
    version: 'v1',
    plural,
    kind,
    namespaced: false,
  })
const admission = clusterScoped('admissionregistration.k8s.io')
const authorization = clusterScoped('authorization.k8s.io')

/** Every resource this project asks the API server for, but for those of the v1 kinds. */
export const resources = {
  pods: core('pods', 'Pod'),
  events: core('events', 'Event'),
  /** as they are written; they are read as core/v1, which serves those of both kinds */
  newEvents: { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event', namespaced: true },
  services: core('services', 'Service'),
  configMaps: core('configmaps', 'ConfigMap'),
  secrets: core('secrets', 'Secret'),
  serviceAccounts: core('serviceaccounts', 'ServiceAccount'),
  namespaces: core('namespaces', 'Namespace', false),
  nodes: core('nodes', 'Node', false),
  roles: rbac('roles', 'Role'),
  roleBindings: rbac('rolebindings', 'RoleBinding'),
  /** as metrics-server serves them */
  podMetrics: {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    plural: 'pods',
    kind: 'PodMetrics',
    namespaced: true,
  },
  leases: { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease', namespaced: true },
  deployments: { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment', namespaced: true },
  validatingWebhooks: admission('validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'),
  mutatingWebhooks: admission('mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'),
  selfSubjectRulesReviews: authorization('selfsubjectrulesreviews', 'SelfSubjectRulesReview'),
  selfSubjectAccessReviews: authorization('selfsubjectaccessreviews', 'SelfSubjectAccessReview'),
  jobs: { group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job', namespaced: true },
  jobSets: { group: 'jobset.x-k8s.io', version: 'v1alpha2', plural: 'jobsets', kind: 'JobSet', namespaced: true },
  trainJobs: trainer('trainjobs', 'TrainJob'),
  trainingRuntimes: trainer('trainingruntimes', 'TrainingRuntime'),
  clusterTrainingRuntimes: trainer('clustertrainingruntimes', 'ClusterTrainingRuntime', false),
  pytorchJobs: kubeflow('pytorchjobs', 'PyTorchJob'),
  tfJobs: kubeflow('tfjobs', 'TFJob'),
  mpiJobs: kubeflow('mpijobs', 'MPIJob'),
  /** of mpi-operator, whose CRD has the name of Training Operator's: a cluster serves one of them */
  mpiOperatorJobs: named('kubeflow.org', 'v2beta1', 'mpijobs', 'MPIJob'),
  xgboostJobs: kubeflow('xgboostjobs', 'XGBoostJob'),
  paddleJobs: kubeflow('paddlejobs', 'PaddleJob'),
  jaxJobs: kubeflow('jaxjobs', 'JAXJob'),
  resourceQuotas: core('resourcequotas', 'ResourceQuota'),
  persistentVolumeClaims: core('persistentvolumeclaims', 'PersistentVolumeClaim'),
  networkPolicies: named('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy'),
  ciliumNetworkPolicies: named('cilium.io', 'v2', 'ciliumnetworkpolicies', 'CiliumNetworkPolicy'),
  podDisruptionBudgets: named('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  podMonitors: named('monitoring.coreos.com', 'v1', 'podmonitors', 'PodMonitor'),
  serviceMonitors: named('monitoring.coreos.com', 'v1', 'servicemonitors', 'ServiceMonitor'),
  /** served as v1beta1 by every Istio so far, as v1 from 1.22 on */
  authorizationPolicies: named('security.istio.io', 'v1beta1', 'authorizationpolicies', 'AuthorizationPolicy'),
  peerAuthentications: named('security.istio.io', 'v1beta1', 'peerauthentications', 'PeerAuthentication'),
  requestAuthentications: named('security.istio.io', 'v1beta1', 'requestauthentications', 'RequestAuthentication'),
  destinationRules: named('networking.istio.io', 'v1beta1', 'destinationrules', 'DestinationRule'),
  sidecars: named('networking.istio.io', 'v1beta1', 'sidecars', 'Sidecar'),
  /** who we are: created, answered, never stored */
  selfSubjectReviews: {
    group: 'authentication.k8s.io',
    version: 'v1',
    plural: 'selfsubjectreviews',
    kind: 'SelfSubjectReview',
    namespaced: false,
  },
  /** deprecated in Kueue v0.19.2, which serves v1beta2 as well; older ones have this alone */
  workloads: kueue('v1beta1'),
  workloadsV1beta2: kueue('v1beta2'),
  localQueues: kueue('v1beta1', 'localqueues', 'LocalQueue'),
  localQueuesV1beta2: kueue('v1beta2', 'localqueues', 'LocalQueue'),
} as const satisfies Record<string, Resource>

/** What a TrainJob may need beside its runtime. */
const extraResources: readonly Resource[] = [
  resources.configMaps,
  resources.serviceAccounts,
  resources.roles,
  resources.roleBindings,
]

/** The resource of an object that a conversion makes beside TrainJob and runtime. */
export function extraResource({ kind }: { readonly kind: string }): Resource {
  const resource = extraResources.find((candidate) => candidate.kind === kind)
  if (!resource) throw new Error(`no resource for ${kind}`)
  return resource
}

/** `pytorchjobs.kubeflow.org`, `pods`: the name errors and RBAC use. */
export function resourceName(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
}

/** Kinds whose objects select pods by labels, in the order they are told. */
export const podSelecting: readonly Resource[] = [
  resources.networkPolicies,
  resources.ciliumNetworkPolicies,
  resources.podDisruptionBudgets,
  resources.services,
  resources.podMonitors,
  resources.serviceMonitors,
  resources.authorizationPolicies,
  resources.peerAuthentications,
  resources.requestAuthentications,
  resources.destinationRules,
  resources.sidecars,
]
