import { formatDuration } from '../../kube/duration.ts'
import { resumed } from '../resume.ts'
import type { Step } from '../step.ts'
import { v2Ready } from '../waits/v2-ready.ts'

/** v2 stays healthy for a while: a trainer that dies in its first minutes still gives v1 its place back. */
export const observe: Step = {
  id: 'observe',
  title: 'observe',
  describe(plan) {
    const also = plan.requireResume ? ', and a log that does not go on where v1 was,' : ''
    return `v2 is watched for ${formatDuration(plan.observe)}: a failure in that time${also} rolls back`
  },
  precondition: () => undefined,
  forward: () => [],
  verify(facts, plan) {
    const ready = v2Ready(facts, plan)
    if (!plan.requireResume || !('done' in ready) || ready.settled) return ready
    const progress = resumed(facts, plan)
    return 'done' in progress ? ready : progress
  },
  undo: () => [],
  undone: () => ({ done: 'nothing to undo' }),
  lasts: (plan) => plan.observe,
}
