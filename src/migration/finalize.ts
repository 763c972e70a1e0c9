import type { PodReference } from '../kube/pod-references.ts'
import { shapeOfJobSet } from '../v2/shape.ts'
import { trainJobState } from '../v2/state.ts'
import { trueCondition } from './conditions.ts'
import type { Facts, Subject } from './facts.ts'

/** A v1 job that is deleted for good. */
export interface FinalizePlan extends Subject {
  /** name of the Secret that keeps its manifest */
  readonly secret: string
  /** what says that v2 trains as v1 did, in one clause */
  readonly proof: string
}

/** An object whose only owner is the v1 job: the garbage collector takes it when the job goes. */
export interface TakenAlong extends PodReference {
  /** the pods of v2 need it */
  readonly used: boolean
}

/** What guards on a deletion look at. */
export interface FinalizeEvidence {
  readonly facts: Facts
  readonly plan: Subject
  readonly takenAlong: readonly TakenAlong[]
  /** Secrets the pods of v2 need, and whose owners may not be read */
  readonly unread: readonly string[]
  /** what says that v2 trains as v1 did; absent: nothing does */
  readonly proof?: string
  /** verdict of a comparison that was asked for and was no match */
  readonly verdict?: string
  readonly accepted: readonly string[]
  /** name of the twin that stands beside the TrainJob, where there is one */
  readonly twin?: string
}

/** Whether v2 has finished with success. */
export function isComplete({ trainJob }: Facts): boolean {
  return trueCondition(trainJob, 'Complete') !== undefined
}

/** Why v2 does not do v1's work, in one clause; undefined while it runs, or has done it. */
export function v2Idle({ trainJob, jobSet, v2Pods }: Facts): string | undefined {
  if (!trainJob) return 'there is no TrainJob'
  const { word, message } = trainJobState(trainJob, { pods: v2Pods, shape: jobSet && shapeOfJobSet(jobSet) })
  if (word === 'Running' || word === 'Complete') return undefined
  return `the TrainJob is ${word}${message === undefined ? '' : `: ${message}`}`
}
