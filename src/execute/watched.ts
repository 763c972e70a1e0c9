import type { ListOptions } from '../cluster/cluster.ts'
import { jobUidLabel } from '../kube/kueue.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { type Resource, resources } from '../kube/resources.ts'
import type { KindInfo } from '../v1/kinds.ts'
import { v1Labels } from '../v1/labels.ts'
import { v2Labels } from '../v2/pods.ts'
import type { TrainJob } from '../v2/trainjob.ts'

/** Which job is observed. */
export interface Target {
  readonly kind: KindInfo
  readonly namespace: string
  readonly name: string
  /** of its TrainJob */
  readonly trainJobName: string
  /** of the v1 job: pods of another job that had the name are not its pods */
  readonly uid: string
  /** name of the runtime its TrainJob will refer to; absent where nothing depends on it */
  readonly runtime?: string
  /** what its TrainJob needs beside the runtime */
  readonly extras?: readonly KubeObject[]
  /** name of the TrainJob that runs beside v1, where that is another one */
  readonly twin?: string
  /** as which API Kueue's Workloads are served; absent where it has no say in this job */
  readonly workloads?: Resource
}

/** One list of objects that is read once and then followed. */
export interface Source {
  readonly resource: Resource
  readonly options: ListOptions
  readonly objects: Map<string, KubeObject>
  /** of the one object it is about */
  readonly name?: string
  /** where the watch goes on */
  resourceVersion?: string
  /** what is shown without it is poorer, not wrong */
  readonly optional?: true
}

export type SideName = 'trainJob' | 'jobSet' | 'jobs' | 'v2Pods' | 'service' | 'snapshot'
export type SourceName = SideName | 'v1' | 'v1Pods' | 'runtime' | 'events' | 'jobEvents'

/** What is looked at of a job, whatever it needs beside. */
export function sourcesOf({
  kind,
  namespace,
  name,
  trainJobName,
  runtime,
}: Target): Readonly<Record<SourceName, Source>> {
  const warnings = (about: string): Source => ({
    resource: resources.events,
    options: { namespace, fieldSelector: `type=Warning,${about}` },
    objects: new Map(),
    optional: true,
  })
  return {
    v1: namedSource(kind.resource, namespace, name),
    v1Pods: labelledSource(resources.pods, namespace, `${v1Labels.jobName}=${name}`),
    runtime: namedSource(resources.trainingRuntimes, namespace, runtime ?? trainJobName),
    ...sideOf(namespace, trainJobName),
    events: warnings(`involvedObject.name=${trainJobName}`),
    jobEvents: warnings('involvedObject.kind=Job,reason=FailedCreate'),
  }
}

/** All there is of one TrainJob. */
export function sideOf(namespace: string, name: string): Readonly<Record<SideName, Source>> {
  const named = (resource: Resource, wanted = name): Source => namedSource(resource, namespace, wanted)
  const labelled = (resource: Resource): Source => labelledSource(resource, namespace, `${v2Labels.jobSetName}=${name}`)
  return {
    trainJob: named(resources.trainJobs),
    jobSet: named(resources.jobSets),
    jobs: labelled(resources.jobs),
    v2Pods: labelled(resources.pods),
    service: { ...named(resources.services), optional: true },
    // Trainer v2.3.0, pkg/constants: the ConfigMap it keeps of a TrainJob's runtime
    snapshot: { ...named(resources.configMaps, `${name}-runtime-snapshot`), optional: true },
  }
}

function labelledSource(resource: Resource, namespace: string, labelSelector: string): Source {
  return { resource, options: { namespace, labelSelector }, objects: new Map() }
}

/** What those sources say of it. */
export function factsOf({ trainJob, jobSet, jobs, v2Pods, service, snapshot }: Readonly<Record<SideName, Source>>) {
  return {
    trainJob: only<TrainJob>(trainJob),
    jobSet: only(jobSet),
    jobs: all(jobs),
    v2Pods: all<Pod>(v2Pods),
    service: only(service),
    snapshot: only(snapshot),
  }
}

/** One object by its name. */
export function namedSource(resource: Resource, namespace: string, name: string): Source {
  return { resource, name, options: { namespace, fieldSelector: `metadata.name=${name}` }, objects: new Map() }
}

/** The Workloads of one job of either side. */
export function workloadSource(resource: Resource, namespace: string, uid: string): Source {
  return labelledSource(resource, namespace, `${jobUidLabel}=${uid}`)
}

export function keyOf({ metadata }: KubeObject): string {
  return metadata.name ?? ''
}

export function only<T extends KubeObject>({ objects }: Source): T | undefined {
  return objects.values().next().value as T | undefined
}

export function all<T extends KubeObject>({ objects }: Source): T[] {
  return [...objects.values()] as T[]
}
