import type { KubeObject } from '../../kube/object.ts'
import { isSuspended } from '../../v1/state.ts'
import type { Facts } from '../facts.ts'
import { holdOf } from '../hold.ts'
import { readRestored } from '../restored.ts'
import type { RollbackPlan } from '../rollback.ts'
import type { Step } from '../step.ts'

/** A way back whose v1 job is gone. */
export interface RecreatePlan extends RollbackPlan {
  /** as it will be made: suspended */
  readonly manifest: KubeObject
  /** `Secret migration-…`, or the name of a file */
  readonly source: string
}

/** v1 is made again, suspended: nothing runs twice while v2 is still there. */
export const recreateV1: Step<RecreatePlan> = {
  id: 'recreate-v1',
  title: 'make v1',
  describe: ({ kind, name, source }) => `${kind.kind} ${name} is made again from ${source}, suspended: it runs nothing`,
  precondition: () => undefined,
  forward: () => [],
  verify: () => ({ failed: 'this step only leads back' }),
  undo: ({ v1 }, { kind, manifest }) => (v1 ? [] : [{ verb: 'create', resource: kind.resource, object: manifest }]),
  undone(facts, plan) {
    const { v1 } = facts
    if (!v1) return { waiting: 'v1 is not there yet' }
    if (!isThisOne(v1, plan)) return { failed: `somebody made a ${plan.kind.kind} ${plan.name} meanwhile` }
    if (!isSuspended(v1)) return { failed: 'somebody resumed v1' }
    return { done: `v1 made again from ${plan.source}` }
  },
  confirm: { undone: ['v1'] },
}

/** Made by this migration, in this run or an earlier one. */
function isThisOne(v1: NonNullable<Facts['v1']>, { migration }: RecreatePlan): boolean {
  const hold = holdOf(v1)
  return readRestored(v1)?.migration === migration && (hold === undefined || hold.migration === migration)
}
