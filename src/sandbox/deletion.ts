import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { hasEnded } from '../kube/pod-state.ts'
import { timeText } from './clock.ts'
import { notSimulated, otherThanMeant } from './failure.ts'
import { qualifiedName, type ServedResource } from './served.ts'

export interface DeleteOptions {
  readonly dryRun: boolean
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly propagation?: string
  readonly grace?: number
}

/**
 * What a deletion makes of an object: marked where it stays for a while, the same where it is being deleted already, undefined where it goes at
 * once. Throws 409 for another object than was meant.
 */
export function afterDeletion(
  resource: ServedResource,
  before: KubeObject,
  { preconditions, propagation, grace }: DeleteOptions,
  now: Date,
): KubeObject | undefined {
  refuseOther(resource, before, preconditions)
  if (propagation === 'Orphan') throw notSimulated('deletion that orphans what an object owns')
  const { deletionTimestamp } = before.metadata
  if (qualifiedName(resource) === 'namespaces' && deletionTimestamp === undefined) return terminating(before, now)
  const seconds = graceOf(resource, before, grace)
  const finalizers = [
    ...(before.metadata.finalizers ?? []),
    ...(propagation === 'Foreground' ? ['foregroundDeletion'] : []),
  ]
  if (finalizers.length === 0 && seconds === 0) return undefined
  if (deletionTimestamp !== undefined && seconds >= Number(before.metadata['deletionGracePeriodSeconds'])) return before
  return {
    ...before,
    metadata: {
      ...before.metadata,
      ...(finalizers.length > 0 && { finalizers: [...new Set(finalizers)] }),
      deletionTimestamp: timeText(new Date(now.getTime() + seconds * 1000)),
      deletionGracePeriodSeconds: seconds,
      ...(resource.generation && { generation: (before.metadata.generation ?? 1) + 1 }),
    },
  }
}

function refuseOther(
  resource: ServedResource,
  { metadata }: KubeObject,
  preconditions: DeleteOptions['preconditions'],
): void {
  const { name = '', uid, resourceVersion } = metadata
  const { uid: wantedUid, resourceVersion: wantedVersion } = preconditions ?? {}
  if (wantedUid !== undefined && wantedUid !== uid) {
    const why = `the UID in the precondition (${wantedUid}) does not match the UID in record (${uid})`
    throw otherThanMeant(resource, name, `${why}. The object might have been deleted and then recreated`)
  }
  if (wantedVersion !== undefined && wantedVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${wantedVersion}) does not match the ResourceVersion in record (${resourceVersion})`
    throw otherThanMeant(resource, name, `${why}. The object might have been modified`)
  }
}

/** A namespace goes when its controller has emptied it. */
function terminating(namespace: KubeObject, now: Date): KubeObject {
  const metadata = { ...namespace.metadata, deletionTimestamp: timeText(now) }
  return { ...namespace, metadata, status: { ...(namespace['status'] as object | undefined), phase: 'Terminating' } }
}

/** Pods of a node are given time to end; everything else goes at once. */
function graceOf(resource: ServedResource, object: KubeObject, wanted: number | undefined): number {
  if (qualifiedName(resource) !== 'pods') return 0
  const spec = object['spec'] as { nodeName?: string; terminationGracePeriodSeconds?: number }
  if (spec.nodeName === undefined || hasEnded(object as Pick<Pod, 'status'>)) return 0
  return wanted ?? spec.terminationGracePeriodSeconds ?? 30
}
