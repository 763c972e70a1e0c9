import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { type PodReference, podReferences, type ReferredKind } from '../kube/pod-references.ts'
import { type Resource, resources } from '../kube/resources.ts'
import type { TakenAlong } from '../migration/finalize.ts'
import { settle } from './gaps.ts'

/** What of a namespace goes when one job does, and whether v2 needs it. */
export interface Belongings {
  readonly takenAlong: readonly TakenAlong[]
  /** Secrets v2's pods need and that may not be read */
  readonly unread: readonly string[]
}

const listed: readonly (readonly [ReferredKind, Resource])[] = [
  ['PersistentVolumeClaim', resources.persistentVolumeClaims],
  ['ConfigMap', resources.configMaps],
  ['ServiceAccount', resources.serviceAccounts],
]

/**
 * The objects whose owners are all the v1 job of this uid: the garbage collector deletes them with it (kubernetes v1.36.3,
 * pkg/controller/garbagecollector: an object goes when its last owner does). Of Secrets, those alone that v2's pods need are asked for.
 * @param v2 its live pods and its JobSet, whose templates tell what the pods of a finished one needed
 */
export async function readBelongings(
  cluster: Cluster,
  namespace: string,
  uid: string,
  v2: { readonly pods: readonly Pod[]; readonly jobSet?: KubeObject },
): Promise<Belongings> {
  const needed = [...v2.pods.map(({ spec }) => spec), ...templatesOf(v2.jobSet)].flatMap(podReferences)
  const uses = (kind: string, name: string | undefined) => needed.some((one) => one.kind === kind && one.name === name)
  const secrets = [...new Set(needed.filter(({ kind }) => kind === 'Secret').map(({ name }) => name))]
  const [lists, read] = await settle(
    Promise.all(
      listed.map(async ([kind, resource]) => {
        const { items } = await cluster.list(resource, { namespace })
        return items
          .filter((object) => isOnlyOwner(object, uid))
          .map(({ metadata }) => ({ kind, name: metadata.name ?? '', used: uses(kind, metadata.name) }))
      }),
    ),
    Promise.all(secrets.map((name) => ownedSecret(cluster, namespace, name, uid))),
  )
  const ofSecrets = read.flatMap((secret) => (typeof secret === 'string' || secret === undefined ? [] : secret))
  return {
    takenAlong: [...lists.flat(), ...ofSecrets],
    unread: read.filter((secret) => typeof secret === 'string'),
  }
}

/** Its name alone where it may not be read; undefined where the job does not own it. */
async function ownedSecret(
  cluster: Cluster,
  namespace: string,
  name: string,
  uid: string,
): Promise<(PodReference & { used: true }) | string | undefined> {
  try {
    const secret = await cluster.find(resources.secrets, namespace, name)
    return secret && isOnlyOwner(secret, uid) ? { kind: 'Secret', name, used: true } : undefined
  } catch (error) {
    if (failedWith(error, 'forbidden')) return name
    throw error
  }
}

function isOnlyOwner({ metadata: { ownerReferences = [] } }: KubeObject, uid: string): boolean {
  return ownerReferences.length > 0 && ownerReferences.every((owner) => owner.uid === uid)
}

/** Pod specs of a JobSet (JobSet v0.12.0, api/jobset/v1alpha2: replicatedJobs[].template is a Job's). */
function templatesOf(jobSet: KubeObject | undefined): unknown[] {
  const spec = jobSet?.['spec']
  const jobs = isRecord(spec) && Array.isArray(spec['replicatedJobs']) ? spec['replicatedJobs'] : []
  return jobs.map((job) =>
    ['template', 'spec', 'template', 'spec'].reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), job),
  )
}
