import type { Cluster } from '../cluster/cluster.ts'
import { type ClusterError, failedWith } from '../cluster/errors.ts'
import { exitCode } from '../exit-code.ts'
import { closest } from '../kube/closest.ts'
import type { KubeObject } from '../kube/object.ts'
import { type Resource, resourceName, resources } from '../kube/resources.ts'
import { Problem } from '../problem.ts'
import { type KindInfo, kindInfo, v1Kinds } from '../v1/kinds.ts'
import { settle } from './gaps.ts'
import { formatReference, type JobReference } from './reference.ts'

/** A v1 job found in the cluster. */
export interface ResolvedJob {
  readonly kind: KindInfo
  readonly object: KubeObject
}

/**
 * Finds the v1 job a reference means: one request when the kind is known, one for each of the six kinds otherwise.
 * `verb` is what the suggestions tell to type. Throws a Problem when no kind has the name (exit 1, the closest names
 * suggested), when several have it (exit 2, the commands that tell them apart), when a TrainJob was named (exit 2) and
 * when the cluster serves no v1 kind at all (exit 3).
 */
export async function resolveJob(
  cluster: Cluster,
  reference: JobReference,
  namespace: string,
  verb = 'status',
): Promise<ResolvedJob> {
  if (reference.kind === 'TrainJob') {
    throw new Problem({
      code: 'not-a-v1-job',
      what: `trainjob/${reference.name} is a TrainJob, and ${verb} takes a v1 job`,
      next: [`$0 status trainjob/${reference.name} -n ${namespace}`],
      exit: exitCode.usage,
    })
  }
  const job = await findJob(cluster, reference, namespace, verb)
  if (job) return job
  throw await noSuchJob(cluster, reference, namespace, { verb, v1Only: true })
}

/** As resolveJob, but undefined when no kind that may be read has the name. */
export async function findJob(
  cluster: Cluster,
  reference: JobReference,
  namespace: string,
  verb = 'status',
): Promise<ResolvedJob | undefined> {
  const known = reference.kind === undefined ? undefined : kindInfo(reference.kind)
  const kinds = known ? [known] : v1Kinds
  const refused = new Map<KindInfo, ClusterError>()
  const found = await settle(
    ...kinds.map(async (kind) => {
      try {
        const object = await cluster.find(kind.resource, namespace, reference.name)
        return object && { kind, object }
      } catch (error) {
        if (failedWith(error, 'forbidden')) refused.set(kind, error)
        else if (!failedWith(error, 'apiAbsent')) throw error
        return undefined
      }
    }),
  )
  const jobs = found.filter((job) => job !== undefined)
  if (jobs.length > 1) throw ambiguous(jobs, reference.name, namespace, verb)
  // the job may be of a kind that may not be read: saying that there is none would be a guess
  const unreadable = kinds.find((kind) => refused.has(kind))
  if (jobs.length === 0 && unreadable) throw refused.get(unreadable)
  return jobs[0]
}

function ambiguous(jobs: readonly ResolvedJob[], name: string, namespace: string, verb: string): Problem {
  return new Problem({
    code: 'ambiguous-name',
    what: `${jobs.length} v1 jobs in namespace ${namespace} are called ${name}: ${jobs.map(({ kind }) => kind.kind).join(', ')}`,
    why: 'the name alone does not say which one is meant',
    next: jobs.map(({ kind }) => `$0 ${verb} ${formatReference(kind.kind, name)} -n ${namespace}`),
    exit: exitCode.usage,
  })
}

/**
 * The Problem for a name nothing has (exit 1), after reading every candidate name of the namespace to suggest the nearest;
 * or, where the cluster serves none of the kinds, for that (exit 3).
 */
export async function noSuchJob(
  cluster: Cluster,
  reference: JobReference,
  namespace: string,
  options: { readonly verb: string; readonly v1Only: boolean },
): Promise<Problem> {
  const { verb, v1Only } = options
  const all: { kind: string; resource: Resource }[] = [...v1Kinds, { kind: 'TrainJob', resource: resources.trainJobs }]
  const searched = all.filter(({ kind }) =>
    reference.kind === undefined ? !(v1Only && kind === 'TrainJob') : kind === reference.kind,
  )
  const lists = await settle(...searched.map(({ kind, resource }) => namesOf(cluster, kind, resource, namespace)))
  const served = lists.filter((list) => list !== undefined)
  const asked = searched.some(({ kind }, index) => kind === 'MPIJob' && lists[index] === undefined)
  if (asked && (await isOfMpiOperator(cluster, reference.name, namespace)))
    return ofMpiOperator(reference, namespace, verb)
  if (served.length === 0) return notServed(searched.map(({ resource }) => resourceName(resource)))
  const unserved = searched.filter((_, index) => lists[index] === undefined).map(({ kind }) => kind)
  const kindsByName = new Map(served.flat().map(({ name, kind }) => [name, kind]))
  const otherKind = await kindsOfName(cluster, reference, namespace, v1Only)
  const near = otherKind.length > 0 ? [] : closest(reference.name, kindsByName.keys())
  const whys = [
    ...missingSides(unserved),
    ...otherKind.map((kind) => `there is a ${kind} of that name`),
    ...(near.length > 0 ? [`near to it: ${near.join(', ')}`] : []),
  ]
  return new Problem({
    code: 'no-such-job',
    what: `no ${reference.kind ?? (v1Only ? 'v1 job' : 'v1 job or TrainJob')} called ${reference.name} in namespace ${namespace}`,
    why: whys.join('\n') || undefined,
    next:
      near.length > 0
        ? near.map((name) => `$0 ${verb} ${formatReference(kindsByName.get(name) ?? 'job', name)} -n ${namespace}`)
        : otherKind.length > 0
          ? otherKind.map((kind) => `$0 ${verb} ${formatReference(kind, reference.name)} -n ${namespace}`)
          : [`$0 list -n ${namespace}`, '$0 list -A'],
    exit: exitCode.no,
  })
}

/** Where a kind was typed: the other kinds that have the name, as far as they may be read. */
async function kindsOfName(
  cluster: Cluster,
  { kind, name }: JobReference,
  namespace: string,
  v1Only: boolean,
): Promise<string[]> {
  if (kind === undefined) return []
  const others = [...v1Kinds, ...(v1Only ? [] : [{ kind: 'TrainJob', resource: resources.trainJobs }])]
  const found = await settle(
    ...others
      .filter((other) => other.kind !== kind)
      .map(async (other) => {
        try {
          return (await cluster.find(other.resource, namespace, name)) ? [other.kind] : []
        } catch (error) {
          if (failedWith(error, 'forbidden', 'apiAbsent')) return []
          throw error
        }
      }),
  )
  return found.flat()
}

/** Whether a cluster that does not serve v1's MPIJobs has one of mpi-operator under the name. */
async function isOfMpiOperator(cluster: Cluster, name: string, namespace: string): Promise<boolean> {
  try {
    return (await cluster.find(resources.mpiOperatorJobs, namespace, name)) !== undefined
  } catch (error) {
    if (failedWith(error, 'apiAbsent', 'forbidden')) return false
    throw error
  }
}

function ofMpiOperator({ name }: JobReference, namespace: string, verb: string): Problem {
  return new Problem({
    code: 'no-such-job',
    what: `MPIJob ${name} in namespace ${namespace} is one of mpi-operator (kubeflow.org/v2beta1), and ${verb} takes jobs of Training Operator`,
    next: [`$0 convert mpijob/${name} -n ${namespace}   (its TrainJob, for a move by hand)`],
    exit: exitCode.no,
  })
}

/** A side of the kinds asked for that the cluster does not have at all. */
function missingSides(unserved: readonly string[]): string[] {
  return [
    ...(v1Kinds.every(({ kind }) => unserved.includes(kind))
      ? ['this cluster serves no job kind of kubeflow.org/v1 (Training Operator v1)']
      : []),
    ...(unserved.includes('TrainJob') ? ['this cluster serves no trainjobs.trainer.kubeflow.org (Trainer v2)'] : []),
  ]
}

/** Names of one kind; undefined when the cluster does not serve it, none when they may not be listed. */
async function namesOf(cluster: Cluster, kind: string, resource: Resource, namespace: string) {
  const names: { kind: string; name: string }[] = []
  try {
    for await (const page of cluster.pages(resource, { namespace })) {
      for (const item of page.items) names.push({ kind, name: item.metadata.name ?? '' })
    }
  } catch (error) {
    if (failedWith(error, 'apiAbsent')) return undefined
    // suggestions are a courtesy: without the right to list there are none
    if (!failedWith(error, 'forbidden')) throw error
  }
  return names
}

/** The Problem for a cluster that has none of the APIs asked for. */
export function notServed(names: readonly string[]): Problem {
  return new Problem({
    code: 'api-absent',
    what: `this cluster does not serve ${names.join(', ')}`,
    why: 'its operator is not installed here, or the context is another cluster than you mean',
    next: ['kubectl config current-context', 'kubectl get crd'],
    exit: exitCode.cluster,
  })
}
