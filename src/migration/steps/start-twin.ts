import { formatDuration } from '../../kube/duration.ts'
import { isStarted } from '../queue.ts'
import type { Step } from '../step.ts'
import { v1Ending } from '../waits/v1-ending.ts'
import { v2Well } from '../waits/v2-ready.ts'
import { countOf } from '../words.ts'
import { observe } from './observe.ts'
import { startV2 } from './start-v2.ts'

/** The twin is resumed beside v1, where that has not ended meanwhile, and its real pods are the proved ones, all of them running. */
export const startTwin: Step = {
  ...startV2,
  id: 'start-twin',
  title: 'start twin',
  describe: (plan) =>
    `TrainJob ${plan.trainJobName} is resumed, and runs beside v1; waits for ${countOf(plan.conversion.proof.v2.length, 'pod')} equal to the proof to run`,
  precondition(facts, plan) {
    const ending = facts.trainJob && isStarted(facts.trainJob, plan) ? undefined : v1Ending(facts, plan)
    return ending === undefined ? undefined : { why: 'ended', reason: ending }
  },
  verify: v2Well,
  confirm: { ...startV2.confirm, before: ['v1', 'v1Pods'] },
}

/** The twin stays healthy for a while: one that dies in its first minutes is taken back. */
export const observeTwin: Step = {
  ...observe,
  id: 'observe-twin',
  describe: (plan) => `the twin is watched for ${formatDuration(plan.observe)}: a failure in that time removes it`,
  verify: v2Well,
}
