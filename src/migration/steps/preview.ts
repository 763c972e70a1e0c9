import { isStarted, v2Gated } from '../queue.ts'
import type { Step } from '../step.ts'
import { jobSetTakenUp } from '../waits/job-set-taken-up.ts'
import { v2Rendered } from '../waits/v2-rendered.ts'
import { countOf } from '../words.ts'

/** The operators' own rendering of the suspended TrainJob equals the proof, and all of them are at work: the model is not trusted alone. */
export const preview: Step = {
  id: 'preview',
  title: 'preview',
  describe: (plan) =>
    `waits until the operators have rendered ${countOf(plan.conversion.proof.v2.length, 'pod')} equal to the proof`,
  precondition: () => undefined,
  forward: () => [],
  verify(facts, plan) {
    const rendered = v2Rendered(facts, plan)
    if (!('done' in rendered)) return rendered
    const taken = jobSetTakenUp(facts)
    if (!('done' in taken)) return taken
    const { trainJob } = facts
    if (!trainJob || !plan.queue?.v2 || isStarted(trainJob, plan)) return rendered
    const gated = v2Gated(facts, plan)
    return 'done' in gated ? rendered : gated
  },
  undo: () => [],
  undone: () => ({ done: 'nothing to undo' }),
}
