import { compareValues } from '../../compare/live.ts'
import { resources } from '../../kube/resources.ts'
import type { TrainingRuntime } from '../../v2/trainjob.ts'
import type { Facts, Plan } from '../facts.ts'
import type { Step } from '../step.ts'
import { someOf } from '../words.ts'

/**
 * The runtime of the job's shape is there. Many jobs share it, so it is never changed and never taken back: another job may
 * refer to it a moment later, and a TrainJob whose runtime is gone can no longer be changed.
 */
export const createRuntime: Step = {
  id: 'runtime',
  title: 'runtime',
  describe: (plan) =>
    `TrainingRuntime ${runtimeName(plan)} exists, made if it is absent; other jobs of this shape share it`,
  precondition(facts, plan) {
    const difference = runtimeDifference(facts, plan)
    return difference === undefined ? undefined : { why: 'changed', reason: difference }
  },
  forward: (facts, plan) =>
    facts.runtime ? [] : [{ verb: 'create', resource: resources.trainingRuntimes, object: plan.conversion.runtime }],
  verify: (facts, plan) =>
    facts.runtime ? { done: `${runtimeName(plan)}, content equal` } : { waiting: 'the runtime is not there yet' },
  undo: () => [],
  undone: () => ({ done: 'runtime kept' }),
}

/** How the runtime of this name differs from the one the proof rests on; undefined while it is absent or equal. */
export function runtimeDifference({ runtime }: Facts, plan: Plan): string | undefined {
  return runtime && runtimeDifferenceOf(plan.conversion.runtime, runtime)
}

/** How a runtime of the cluster differs from the one of its name that would be made. */
export function runtimeDifferenceOf(expected: TrainingRuntime, live: TrainingRuntime): string | undefined {
  const differences = compareValues(expected.spec, live.spec)
  if (differences.length === 0) return undefined
  const told = differences.map(({ path, v1, v2 }) => `spec.${path} is ${v2}, not ${v1}`)
  return `TrainingRuntime ${expected.metadata.name} was changed: ${someOf(told)}`
}

function runtimeName(plan: Plan): string {
  return plan.conversion.runtime.metadata.name ?? ''
}
