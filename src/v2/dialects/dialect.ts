import type { Container, PodSpec } from '../../kube/pod.ts'
import type { TrainJob } from '../trainjob.ts'

export type TrainerVersion = '2.0' | '2.1' | '2.2' | '2.3'

/** What a TrainJob changes in the pods of one replicated job of its runtime, in no version's terms. */
export interface PodOverride {
  /** replicated job of the runtime */
  readonly job: string
  readonly metadata?: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> }
  readonly spec?: Partial<PodSpec>
}

/** How one version of Trainer takes overrides, and what it takes. */
export interface Dialect {
  readonly version: TrainerVersion
  /** release whose CRD this is written from */
  readonly release: string
  /** field of TrainJob.spec that holds overrides: what the dialect of a cluster is recognised by */
  readonly field: 'podSpecOverrides' | 'podTemplateOverrides' | 'runtimePatches'
  /** pod fields an override can set, containers apart */
  readonly podFields: readonly (keyof PodSpec & string)[]
  /** fields it can set on a container that exists, beside its name */
  readonly containerFields: readonly (keyof Container & string)[]
  /** whether it can set pod labels and annotations */
  readonly metadata: boolean
  /** most items of trainer.command, args and env */
  readonly trainerItems: number
  /** longest item of trainer.command and args, and longest image, in characters */
  readonly trainerText: number
  readonly imageText: number
  /** whether trainer.resourcesPerNode replaces the runtime's resources whole instead of merging per key */
  readonly replacesResources: boolean
  /** fields of a pod template that its runtimes do not have and later ones do, by their path in the template */
  readonly newerPodFields?: RegExp
  write(overrides: readonly PodOverride[]): Partial<TrainJob['spec']>
  /** the overrides of a TrainJob as strategic merge patches on its JobSet spec, in the order they apply */
  read(trainJob: TrainJob): readonly JobSetPatch[]
}

/** A strategic merge patch on a JobSet spec. */
export interface JobSetPatch {
  replicatedJobs: { name: string; template: Record<string, unknown> }[]
}

/** A patch of one replicated job's pod template, as a patch of the JobSet spec. */
export function jobSetPatch(job: string, podTemplate: Record<string, unknown>): JobSetPatch {
  return { replicatedJobs: [{ name: job, template: { spec: { template: podTemplate } } }] }
}

/** An override as a pod template, without empty parts. */
export function podTemplateOf({ metadata, spec }: PodOverride): Record<string, unknown> {
  return {
    ...(metadata && Object.keys(metadata).length > 0 ? { metadata } : {}),
    ...(spec && Object.keys(spec).length > 0 ? { spec } : {}),
  }
}
