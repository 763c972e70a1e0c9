import type { KubeObject } from '../kube/object.ts'
import { type Right, type RoleName, rightsOfRole } from './rights.ts'

const verbOrder = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']

interface PolicyRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

/** Rules that give the rights and no other: resources of one group with the same verbs are one rule. */
export function rulesFor(rights: readonly Right[]): PolicyRule[] {
  const verbs = new Map<string, Set<string>>()
  for (const { group, resource, verb } of rights) {
    const key = `${group} ${resource}`
    verbs.set(key, (verbs.get(key) ?? new Set()).add(verb))
  }
  const rules = new Map<string, { group: string; resources: string[]; verbs: string[] }>()
  for (const [key, given] of verbs) {
    const [group = '', resource = ''] = key.split(' ')
    const sorted = [...given].sort((a, b) => verbOrder.indexOf(a) - verbOrder.indexOf(b))
    const shared = `${group} ${sorted}`
    const rule = rules.get(shared) ?? { group, resources: [], verbs: sorted }
    rule.resources.push(resource)
    rules.set(shared, rule)
  }
  return [...rules.values()].map(({ group, resources, verbs: given }) => ({
    apiGroups: [group],
    resources: resources.sort(),
    verbs: given,
  }))
}

/** `get, list pytorchjobs, tfjobs (kubeflow.org); get pods/log`: many rights in few words. */
export function rightsText(rights: readonly Right[]): string {
  return rulesFor(rights)
    .map(
      ({ verbs, resources, apiGroups: [group] }) =>
        `${verbs.join(', ')} ${resources.join(', ')}${group ? ` (${group})` : ''}`,
    )
    .join('; ')
}

/**
 * The objects that give a role its rights: one ClusterRole, for a ClusterRoleBinding; or for one namespace a Role, and a
 * ClusterRole for what no namespace holds.
 */
export function roleObjects(role: RoleName, namespace?: string): KubeObject[] {
  const all = rightsOfRole(role)
  const name = `kubectl-migrate-${role}`
  const labels = { 'app.kubernetes.io/name': 'kubectl-migrate' }
  const object = (
    kind: 'Role' | 'ClusterRole',
    of: readonly Right[],
    metadata: { name: string; namespace?: string },
  ) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { ...metadata, labels },
    rules: rulesFor(of),
  })
  if (namespace === undefined) return [object('ClusterRole', all, { name })]
  return [
    object(
      'Role',
      all.filter(({ clusterWide }) => !clusterWide),
      { name, namespace },
    ),
    object(
      'ClusterRole',
      all.filter(({ clusterWide }) => clusterWide),
      { name: `${name}-cluster` },
    ),
  ]
}
