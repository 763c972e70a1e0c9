import type { Cluster, ListOptions } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { Problem } from '../problem.ts'
import { kindInfo } from '../v1/kinds.ts'
import type { JobReference } from './reference.ts'
import { type ResolvedJob, resolveJob } from './resolve.ts'

const resource = resources.mpiOperatorJobs
const apiVersion = `${resource.group}/${resource.version}`

/**
 * As resolveJob, on a cluster of mpi-operator too: it serves mpijobs as kubeflow.org/v2beta1 instead of v1, as both CRDs have one name.
 * Throws what resolveJob does where there is no such job either.
 */
export async function resolveJobOfAnyOperator(
  cluster: Cluster,
  reference: JobReference,
  namespace: string,
  verb: string,
): Promise<ResolvedJob> {
  try {
    return await resolveJob(cluster, reference, namespace, verb)
  } catch (error) {
    const absent = error instanceof Problem && ['no-such-job', 'api-absent'].includes(error.data.code)
    const mayBe = reference.kind === undefined || reference.kind === 'MPIJob'
    const job = absent && mayBe ? await find(cluster, namespace, reference.name) : undefined
    if (!job) throw error
    return job
  }
}

async function find(cluster: Cluster, namespace: string, name: string): Promise<ResolvedJob | undefined> {
  const kind = kindInfo('MPIJob', apiVersion)
  try {
    const object = await cluster.find(resource, namespace, name)
    return object && kind && { kind, object: { ...object, apiVersion } }
  } catch (error) {
    if (failedWith(error, 'apiAbsent')) return undefined
    throw error
  }
}

/** The MPIJobs of a cluster that serves those of mpi-operator; undefined where it does not. Throws other ClusterErrors. */
export async function mpiOperatorJobs(cluster: Cluster, options: ListOptions): Promise<KubeObject[] | undefined> {
  try {
    const { items } = await cluster.list(resource, options)
    return items.map((object) => ({ ...object, apiVersion, kind: resource.kind }))
  } catch (error) {
    if (failedWith(error, 'apiAbsent')) return undefined
    throw error
  }
}
