import type { KubeObject } from '../../kube/object.ts'
import type { ServedResource } from '../served.ts'
import { ownersOfChange, ownersOfCreation } from './ledger.ts'
import { entriesOf, isReset, type Managers, managersIn, unlessFaulty } from './managers.ts'
import { created, nothing, updated, type Writer } from './tracked.ts'

/**
 * metadata.managedFields after a write that is no apply; undefined where nobody owns anything.
 * @param before the stored object; undefined where it is created
 * @param after as it is before admission adds to it
 */
export function managedAfter(
  resource: ServedResource,
  before: KubeObject | undefined,
  after: KubeObject,
  writer: Writer,
): readonly unknown[] | undefined {
  const stored = before?.metadata['managedFields']
  const given = after.metadata['managedFields']
  if (given === stored || writer.subresource !== undefined) {
    const later = before ? ownersOfChange(resource, before, after, writer) : ownersOfCreation(resource, after, writer)
    if (later) return later
  }
  return unlessFaulty(() => {
    const managers = managersFor(resource, stored, given, writer)
    if (managers.size > 0) return entriesOf(updated(resource, managers, before ?? nothing(resource), after, writer))
    // what nobody was recorded for at its creation is recorded from the first apply on
    return before ? undefined : entriesOf(created(resource, after, writer))
  })
}

/** Whoever writes an object may say who owns what; who says nothing, or nonsense, leaves it as it was. */
function managersFor(resource: ServedResource, stored: unknown, given: unknown, { subresource }: Writer): Managers {
  if (subresource === undefined && given !== stored) {
    if (isReset(given)) return none
    const said = managersIn(resource, given)
    if (said !== undefined && said.size > 0) return said
  }
  return managersIn(resource, stored) ?? none
}

const none: Managers = new Map()
