import type { KubeObject } from '../kube/object.ts'
import { servedAs } from './served.ts'
import type { Store } from './store.ts'

/** Who asks for what: all that RBAC decides on. */
export interface Question {
  readonly user: string
  readonly groups: readonly string[]
  readonly verb: string
  readonly group: string
  /** `pods`, `pods/log` */
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
}

interface Rule {
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs?: readonly string[]
}

interface Subject {
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

/** The group that may do everything. */
export const masters = 'system:masters'

const kinds = {
  roles: servedAs('roles.rbac.authorization.k8s.io'),
  roleBindings: servedAs('rolebindings.rbac.authorization.k8s.io'),
  clusterRoles: servedAs('clusterroles.rbac.authorization.k8s.io'),
  clusterRoleBindings: servedAs('clusterrolebindings.rbac.authorization.k8s.io'),
} as const

/** Whether RBAC lets a user do what is asked. */
export function isAllowed(store: Store, question: Question): boolean {
  if (question.groups.includes(masters)) return true
  return rulesFor(store, question).some((rule) => allows(rule, question))
}

/** The rules of a user, in a namespace and everywhere, as RBAC reads roles and their bindings; aggregation is not simulated. */
export function rulesFor(
  store: Store,
  { user, groups, namespace }: Pick<Question, 'user' | 'groups' | 'namespace'>,
): readonly Rule[] {
  if (groups.includes(masters)) return [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]
  const everywhere = store.list(kinds.clusterRoleBindings)
  const here = namespace === undefined || namespace === '' ? [] : store.list(kinds.roleBindings, namespace)
  return [...everywhere, ...here]
    .filter((binding) => subjectsOf(binding).some((subject) => isMeant(subject, user, groups)))
    .flatMap((binding) => {
      const { kind, name } = binding['roleRef'] as { kind: string; name: string }
      const role =
        kind === 'Role' ? store.find(kinds.roles, namespace, name) : store.find(kinds.clusterRoles, undefined, name)
      return (role?.['rules'] as readonly Rule[] | undefined) ?? []
    })
}

function subjectsOf(binding: KubeObject): readonly Subject[] {
  return (binding['subjects'] as readonly Subject[] | undefined) ?? []
}

function isMeant({ kind, name, namespace }: Subject, user: string, groups: readonly string[]): boolean {
  if (kind === 'ServiceAccount') return user === `system:serviceaccount:${namespace}:${name}`
  return kind === 'User' ? name === user : groups.includes(name)
}

function allows(
  { apiGroups = [], resources: names = [], resourceNames, verbs = [] }: Rule,
  question: Question,
): boolean {
  const has = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value)
  const named = resourceNames === undefined || resourceNames.length === 0 || resourceNames.includes(question.name ?? '')
  return has(apiGroups, question.group) && has(names, question.resource) && has(verbs, question.verb) && named
}
