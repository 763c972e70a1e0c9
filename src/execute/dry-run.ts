import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { resources } from '../kube/resources.ts'
import { type Action, outcomeOf } from '../migration/action.ts'
import type { Facts, Plan, Subject } from '../migration/facts.ts'
import type { Step } from '../migration/step.ts'
import { v1Kinds } from '../v1/kinds.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import { perform } from './perform.ts'

/** A step with the very writes it would make. */
export interface PlannedStep<P extends Subject = Plan> {
  readonly step: Step<P>
  readonly actions: readonly Action[]
}

/** The writes of a run in which every wait ends well: each step decides on the facts the steps before it would leave. */
export function plannedSteps<P extends Subject>(steps: readonly Step<P>[], facts: Facts, plan: P): PlannedStep<P>[] {
  return planned(steps, facts, plan, (step, ahead) => step.forward(ahead, plan))
}

/** As plannedSteps, for steps that are taken back. */
export function plannedWayBack<P extends Subject>(steps: readonly Step<P>[], facts: Facts, plan: P): PlannedStep<P>[] {
  return planned(steps, facts, plan, (step, ahead) => step.undo(ahead, plan))
}

function planned<P extends Subject>(
  steps: readonly Step<P>[],
  facts: Facts,
  plan: P,
  writes: (step: Step<P>, ahead: Facts) => readonly Action[],
): PlannedStep<P>[] {
  let ahead = facts
  return steps.map((step) => {
    const actions = writes(step, ahead)
    for (const action of actions) ahead = lookAhead(ahead, action, plan)
    return { step, actions }
  })
}

function lookAhead(facts: Facts, action: Action, plan: Subject): Facts {
  switch (action.resource) {
    case resources.trainingRuntimes:
      return { ...facts, runtime: outcomeOf<TrainingRuntime>(action, facts.runtime) }
    case resources.trainJobs:
      return { ...facts, trainJob: outcomeOf<TrainJob>(action, facts.trainJob) }
    case plan.kind.resource:
      return { ...facts, v1: outcomeOf(action, facts.v1) }
    default:
      return action.verb === 'create' ? { ...facts, extras: [...facts.extras, action.object] } : facts
  }
}

/**
 * Sends as server dry runs what the API allows, and tells of each write what came of it. A TrainJob whose runtime is not
 * there, and a change of an object that does not exist yet, cannot be asked for.
 * Throws the ClusterError of a write the server refuses.
 */
export async function sendDryRun(
  cluster: Cluster,
  steps: readonly Pick<PlannedStep, 'actions'>[],
  facts: Facts,
): Promise<ReadonlyMap<Action, string>> {
  const said = new Map<Action, string>()
  for (const { actions } of steps) {
    for (const action of actions) said.set(action, await ask(cluster, action, facts))
  }
  return said
}

async function ask(cluster: Cluster, action: Action, facts: Facts): Promise<string> {
  const trainJob = action.resource === resources.trainJobs
  const isV1 = v1Kinds.some(({ resource }) => resource === action.resource)
  if (action.verb === 'create' && trainJob && !facts.runtime) return '(not sent: its runtime does not exist yet)'
  if (isExtra(action) && !facts.trainJob) return '(not sent: the TrainJob it belongs to does not exist yet)'
  if (action.verb === 'patch' && isV1 && !facts.v1) return '(not sent: v1 does not exist yet)'
  if (action.verb !== 'create' && trainJob && !facts.trainJob) return '(not sent: the TrainJob does not exist yet)'
  try {
    await perform(cluster, action, true)
    return '(the server would accept it)'
  } catch (error) {
    if (failedWith(error, 'conflict')) return '(the object changed a moment ago: it would be read again)'
    throw error
  }
}

function isExtra(action: Action): boolean {
  return action.verb === 'create' && (action.object.metadata.ownerReferences ?? []).length > 0
}
