import { formatDuration } from '../../kube/duration.ts'
import type { Step } from '../step.ts'
import { v2Ready } from '../waits/v2-ready.ts'

/** v2 stays healthy for a while: a trainer that dies in its first minutes still gives v1 its place back. */
export const observe: Step = {
  id: 'observe',
  title: 'observe',
  describe: (plan) => `v2 is watched for ${formatDuration(plan.observe)}: a failure in that time rolls back`,
  precondition: () => undefined,
  forward: () => [],
  verify: v2Ready,
  undo: () => [],
  undone: () => ({ done: 'nothing to undo' }),
  lasts: (plan) => plan.observe,
}
