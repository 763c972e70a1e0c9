import { resources } from '../kube/resources.ts'
import { v1Kinds } from '../v1/kinds.ts'

/** A resource the sandbox serves, as discovery tells of it. */
export interface ServedResource {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  /** it has a status of its own, which a write of the object leaves alone */
  readonly status?: boolean
  /** spec changes count up metadata.generation */
  readonly generation?: boolean
  /** no strategic merge patch */
  readonly custom?: boolean
}

const built = { status: true, generation: true } as const
const custom = { status: true, generation: true, custom: true } as const

/** Everything the sandbox keeps, in the order of its groups. */
export const served: readonly ServedResource[] = [
  { ...resources.configMaps, shortNames: ['cm'] },
  { ...resources.events, shortNames: ['ev'] },
  { ...resources.namespaces, shortNames: ['ns'], status: true },
  { ...resources.nodes, shortNames: ['no'], status: true },
  { ...plain('persistentvolumeclaims', 'PersistentVolumeClaim'), shortNames: ['pvc'], status: true },
  { ...resources.pods, shortNames: ['po'], categories: ['all'], ...built },
  { ...resources.resourceQuotas, shortNames: ['quota'], status: true },
  resources.secrets,
  { ...resources.serviceAccounts, shortNames: ['sa'] },
  { ...resources.services, shortNames: ['svc'], categories: ['all'], status: true },
  { ...resources.mutatingWebhooks, categories: ['api-extensions'], generation: true },
  { ...resources.validatingWebhooks, categories: ['api-extensions'], generation: true },
  {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    namespaced: false,
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    ...built,
  },
  { ...resources.deployments, shortNames: ['deploy'], categories: ['all'], ...built },
  { ...resources.jobs, categories: ['all'], ...built },
  resources.leases,
  { ...resources.networkPolicies, shortNames: ['netpol'], generation: true },
  { ...resources.podDisruptionBudgets, shortNames: ['pdb'], ...built },
  clusterScoped('clusterrolebindings', 'ClusterRoleBinding'),
  clusterScoped('clusterroles', 'ClusterRole'),
  resources.roleBindings,
  resources.roles,
  { ...resources.jobSets, ...custom },
  ...v1Kinds.map(({ resource }) => ({ ...resource, ...custom })),
  { ...resources.clusterTrainingRuntimes, generation: true, custom: true },
  { ...resources.trainingRuntimes, generation: true, custom: true },
  { ...resources.trainJobs, ...custom },
]

function plain(plural: string, kind: string): ServedResource {
  return { group: '', version: 'v1', plural, kind, namespaced: true }
}

function clusterScoped(plural: string, kind: string): ServedResource {
  return { group: 'rbac.authorization.k8s.io', version: 'v1', plural, kind, namespaced: false }
}

/** The served resource of a name such as `pytorchjobs.kubeflow.org`; throws where it is none: the caller has mistaken it. */
export function servedAs(name: string): ServedResource {
  const found = served.find((resource) => qualifiedName(resource) === name)
  if (!found) throw new Error(`${name} is not served by the sandbox`)
  return found
}

export function findServed(group: string, version: string, plural: string): ServedResource | undefined {
  return served.find((entry) => entry.group === group && entry.version === version && entry.plural === plural)
}

/** `pytorchjobs.kubeflow.org`, `pods`: also the key of a resource. */
export function qualifiedName({ group, plural }: { readonly group: string; readonly plural: string }): string {
  return group === '' ? plural : `${plural}.${group}`
}

export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`
}
