import { isStarted, v2Gated } from '../queue.ts'
import type { Step } from '../step.ts'
import { v2Rendered } from '../waits/v2-rendered.ts'
import { countOf } from '../words.ts'

/** The operators' own rendering of the suspended TrainJob equals the proof: the model is not trusted alone. */
export const preview: Step = {
  id: 'preview',
  title: 'preview',
  describe: (plan) =>
    `waits until the operators have rendered ${countOf(plan.conversion.proof.v2.length, 'pod')} equal to the proof`,
  precondition: () => undefined,
  forward: () => [],
  verify(facts, plan) {
    const rendered = v2Rendered(facts, plan)
    const { trainJob } = facts
    if (!('done' in rendered) || !trainJob || !plan.queue?.v2 || isStarted(trainJob, plan)) return rendered
    const gated = v2Gated(facts, plan)
    return 'done' in gated ? rendered : gated
  },
  undo: () => [],
  undone: () => ({ done: 'nothing to undo' }),
}
