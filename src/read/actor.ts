import type { Cluster, ConnectionFlags } from '../cluster/cluster.ts'
import { failedWith, mayPass } from '../cluster/errors.ts'
import { isRecord } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'

/**
 * Who the API server takes us for, for the record; with --as also who stands behind it. `unknown` where the server does not
 * tell (authentication.k8s.io/v1 SelfSubjectReview, Kubernetes 1.28).
 * @param connect opens a connection that is closed again
 */
export async function readActor(
  cluster: Cluster,
  flags: ConnectionFlags,
  connect: (flags: ConnectionFlags) => Promise<Cluster>,
): Promise<string> {
  const user = await userOf(cluster)
  if (flags.as === undefined) return user
  const { as: _as, asGroup: _group, asUid: _uid, asUserExtra: _extra, ...own } = flags
  const behind = await connect(own)
  try {
    return `${user}, impersonated by ${await userOf(behind)}`
  } finally {
    behind.close()
  }
}

async function userOf(cluster: Cluster): Promise<string> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} }
  try {
    const { status } = await cluster.create(resources.selfSubjectReviews, review)
    const user = isRecord(status) && isRecord(status['userInfo']) ? status['userInfo']['username'] : undefined
    return typeof user === 'string' ? user : 'unknown'
  } catch (error) {
    // a migration is not refused for want of a name: the next write tells whether the cluster answers
    if (mayPass(error) || failedWith(error, 'apiAbsent', 'forbidden', 'notFound')) return 'unknown'
    throw error
  }
}
