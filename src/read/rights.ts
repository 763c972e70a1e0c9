import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { isRecord } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { allows, type Right, type Rule } from '../migration/rights.ts'

const apiVersion = 'authorization.k8s.io/v1'
/** A review stores nothing: it may be sent again like a read. */
const asking = { dryRun: true } as const

/**
 * Which of these rights the user lacks in a namespace; undefined where the cluster does not tell. One request tells of all
 * (SelfSubjectRulesReview); what it leaves open is asked for one by one: rights without a namespace, and where an authorizer beside RBAC
 * cannot enumerate its rules (`incomplete`).
 */
export async function missingRights(
  cluster: Cluster,
  namespace: string,
  wanted: readonly Right[],
): Promise<Right[] | undefined> {
  try {
    const { rules, incomplete } = await rulesIn(cluster, namespace)
    const open = wanted.filter((right) => !allows(rules, right))
    // a Role of the namespace may name what no namespace holds, and gives nothing with it
    const global = wanted.filter(({ clusterWide }) => clusterWide)
    const asked = [...new Set([...(incomplete ? open : []), ...global])]
    const answers = await Promise.all(
      asked.map(async (right) => [right, await may(cluster, namespace, right)] as const),
    )
    const told = new Map(answers)
    return wanted.filter((right) => !(told.get(right) ?? allows(rules, right)))
  } catch (error) {
    if (failedWith(error, 'forbidden', 'apiAbsent', 'notFound')) return undefined
    throw error
  }
}

async function rulesIn(cluster: Cluster, namespace: string): Promise<{ rules: readonly Rule[]; incomplete: boolean }> {
  const review = { apiVersion, kind: 'SelfSubjectRulesReview', metadata: {}, spec: { namespace } }
  const { status } = await cluster.create(resources.selfSubjectRulesReviews, review, asking)
  if (!isRecord(status) || !Array.isArray(status['resourceRules'])) return { rules: [], incomplete: true }
  return { rules: status['resourceRules'] as Rule[], incomplete: status['incomplete'] === true }
}

async function may(cluster: Cluster, namespace: string, right: Right): Promise<boolean> {
  const { group, verb, clusterWide } = right
  const [resource, subresource] = right.resource.split('/')
  const place = clusterWide ? {} : { namespace }
  const resourceAttributes = { group, resource, verb, ...place, ...(subresource && { subresource }) }
  const review = { apiVersion, kind: 'SelfSubjectAccessReview', metadata: {}, spec: { resourceAttributes } }
  const { status } = await cluster.create(resources.selfSubjectAccessReviews, review, asking)
  return isRecord(status) && status['allowed'] === true
}
