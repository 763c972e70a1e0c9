import type { Conversion } from '../convert/convert.ts'
import type { KubeEvent } from '../kube/event.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import type { V1Job } from '../v1/job.ts'
import type { KindInfo } from '../v1/kinds.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import type { Admission } from './admission.ts'
import type { Queueing } from './queue.ts'
import type { Handover } from './resume.ts'

/** What there is of one TrainJob. */
export interface TrainJobFacts {
  readonly trainJob?: TrainJob
  readonly jobSet?: KubeObject
  /** batch Jobs of the JobSet */
  readonly jobs: readonly KubeObject[]
  readonly v2Pods: readonly Pod[]
  /** the objects the TrainJob needs beside its runtime, as far as they are there */
  readonly extras: readonly KubeObject[]
  /** the Service of the TrainJob's name; absent as well where Services may not be read */
  readonly service?: KubeObject
  /** the ConfigMap in which Trainer keeps the runtime as it was; absent as well where ConfigMaps may not be read */
  readonly snapshot?: KubeObject
}

/** The same of a twin. */
export interface TwinFacts extends TrainJobFacts {
  /** what was seen of it when it is gone; absent where nobody watched */
  readonly lastSeen?: LastSeen
  /** its pods that were seen to have ended, as `ended` of the job's own */
  readonly ended?: readonly Pod[]
}

/** What the cluster says about one job at one moment: all that steps, waits and guards decide on. */
export interface Facts extends TrainJobFacts {
  readonly now: Date
  readonly v1?: KubeObject
  /** pods this v1 job owns */
  readonly v1Pods: readonly Pod[]
  readonly runtime?: TrainingRuntime
  /** a TrainJob of ours that runs beside v1, or has its place, under another name than `trainJob` has; a run may have removed it */
  readonly twin?: TwinFacts
  /** Kueue's Workloads of both sides; empty where it has no say */
  readonly workloads: readonly KubeObject[]
  /** which pods of v1 came and went since when: absent where nobody watched */
  readonly v1Seen?: Seen
  /** what was seen of `trainJob` when it is gone; absent where nobody watched */
  readonly lastSeen?: LastSeen
  /** pods of both sides, a twin's aside, that were seen to have ended, each as first seen so; also those that are gone since */
  readonly ended: readonly Pod[]
  /** Warning events about the TrainJob, its JobSet and its Jobs, newest first; empty where they may not be read */
  readonly events: readonly KubeEvent[]
  /** what logs tell of the training on either side; absent where nobody has looked yet */
  readonly handover?: Handover
}

/** The objects that decide a TrainJob as they were last seen, whether they are there or gone. */
export interface LastSeen extends Pick<TrainJobFacts, 'trainJob' | 'jobSet' | 'jobs'> {
  /** pods of which a watch has not told yet how they ended */
  readonly untold: number
  /** the watch broke before it told of all */
  readonly lost: boolean
  /** this run had the TrainJob deleted */
  readonly removed?: boolean
}

/** What a watch told of pods, as resource versions at which one came or went. */
export interface Seen {
  /** nothing after it was missed */
  readonly since: string
  /** the pods were read last at, or told of up to, this one */
  readonly upTo: string
  readonly added: readonly string[]
  readonly deleted: readonly string[]
}

/** Which job is moved, and what it was before the hold: all that the way back needs to know. */
export interface Subject {
  readonly kind: KindInfo
  readonly namespace: string
  /** of the v1 job */
  readonly name: string
  /** what its TrainJob is called: as the job, or a twin's name */
  readonly trainJobName: string
  /** of the v1 job */
  readonly uid: string
  /** of the v1 job that a TrainJob may have been made from, where this one was made again in its place */
  readonly formerUid?: string
  /** id of the migration whose objects are meant; undefined where no record tells: then any of this v1 job's */
  readonly migration?: string
  readonly job: V1Job
  /** an earlier run saw how v1's pods ended: it had not finished when it was stopped */
  readonly sawStop?: boolean
  /** spec.runPolicy.suspend before the hold, as it is put back: undefined means absent */
  readonly suspendBefore?: boolean
  /** v1 pods that were ready before the hold: a rollback waits for as many */
  readonly readyBefore: number
  /** absent: Kueue manages neither side */
  readonly queue?: Queueing
}

/** What is decided once, before the first write, and does not change while one job moves. */
export interface Plan extends Subject {
  /** of the v1 job when it was converted; its spec has changed when this has */
  readonly generation?: number
  readonly conversion: Conversion
  /** what the cluster's admission does to pods of this job, seen on v1's */
  readonly admission: Admission
  /** how long v2 must stay healthy, in milliseconds */
  readonly observe: number
  /** v2's log must show that it went on where v1 was */
  readonly requireResume?: boolean
}

/**
 * What a condition says of the facts. done: it holds (settled: for good, nothing is to be watched any longer).
 * waiting: not yet, for this reason (within: so many milliseconds, in which the step's own time stands still). failed: it never will.
 * ended: v1 finished by itself, so nothing may run again.
 */
export type Progress =
  | { readonly done: string; readonly settled?: true }
  | { readonly waiting: string; readonly within?: number }
  | { readonly failed: string }
  | { readonly ended: string }
