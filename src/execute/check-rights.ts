import type { Cluster } from '../cluster/cluster.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Leftover } from '../migration/leftovers.ts'
import { cleanupRights, type MoveNeeds, type MoveVerb, moveRights, rightTitle } from '../migration/rights.ts'
import { Problem } from '../problem.ts'
import { missingRights } from '../read/rights.ts'

/**
 * The runtime of a job is absent: it must be made by this user, who may and wants to. Throws a Problem (`guard-runtime-absent`, exit 1)
 * that tells what to have made, by whom.
 */
export async function checkRuntimeRight(
  cluster: Cluster,
  runtime: string,
  wanted: boolean,
  { metadata: { name = '', namespace = '' } }: KubeObject,
  verb: MoveVerb,
): Promise<void> {
  const right = {
    group: 'trainer.kubeflow.org',
    resource: 'trainingruntimes',
    verb: 'create',
    clusterWide: false,
    optional: false,
  }
  const may = !wanted || (await missingRights(cluster, namespace, [right]))?.length !== 1
  if (wanted && may) return
  throw new Problem({
    code: 'guard-runtime-absent',
    what: `${namespace}/${name} is not ${movedBy[verb]}: it needs TrainingRuntime ${runtime}, which is not there`,
    why: `${may ? '--no-create-runtime leaves it to others' : `you may not ${rightTitle(right)} in namespace ${namespace}`}\nnothing was changed`,
    next: [`$0 runtimes export ${runtime} -n ${namespace} | kubectl apply -f -   (for whoever may make runtimes)`],
    exit: exitCode.no,
  })
}

/** What a verb does to a job, as its refusals say that it does not. */
export const movedBy: Readonly<Record<MoveVerb, string>> = {
  start: 'given a twin',
  cutover: 'cut over',
  rollback: 'rolled back',
  finalize: 'finalized',
}

/**
 * Asks for all rights a move needs before anything of it is read or written, in one request. Throws a Problem (`guard-rights`, exit 1)
 * that names what is missing; where the cluster does not tell, each request tells for itself.
 */
export async function checkRights(
  cluster: Cluster,
  verb: MoveVerb,
  needs: MoveNeeds,
  { metadata: { name = '', namespace = '' } }: KubeObject,
): Promise<void> {
  const wanted = moveRights(verb, needs).filter(({ optional }) => !optional)
  const missing = await missingRights(cluster, namespace, wanted)
  if (missing === undefined || missing.length === 0) return
  const titles = missing.map(rightTitle)
  const others = titles.length > 1 ? `, and ${titles.length - 1} more` : ''
  throw new Problem({
    code: 'guard-rights',
    what: `${namespace}/${name} is not ${movedBy[verb]}: you may not ${titles[0]} in namespace ${namespace}${others}`,
    why: `missing: ${titles.join(', ')}\nnothing was changed`,
    next: [`$0 preflight --print-rbac=mover -n ${namespace}   (the Role with them, for whoever gives rights here)`],
    exit: exitCode.no,
  })
}

/**
 * The same before leftovers are deleted, namespace by namespace. Throws a Problem (`guard-rights`, exit 1) that names what is missing in the
 * first that lacks any.
 */
export async function checkCleanupRights(cluster: Cluster, found: readonly Leftover[]): Promise<void> {
  for (const [namespace, some] of Map.groupBy(found, (leftover) => leftover.namespace)) {
    const kinds = new Set(some.map(({ kind }) => kind))
    const missing = await missingRights(
      cluster,
      namespace,
      [...kinds].flatMap((kind) => cleanupRights[kind]),
    )
    const titles = (missing ?? []).map(rightTitle)
    if (titles.length === 0) continue
    throw new Problem({
      code: 'guard-rights',
      what: `nothing is cleaned up: you may not ${titles[0]} in namespace ${namespace}`,
      why: `missing: ${titles.join(', ')}\nnothing was changed`,
      next: [`$0 preflight --print-rbac=platform -n ${namespace}   (the Role with them)`],
      exit: exitCode.no,
    })
  }
}
