import type { ListOptions } from '../cluster/cluster.ts'
import { jobUidLabel } from '../kube/kueue.ts'
import { hasLabel } from '../kube/label-selector.ts'
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
  /** of the newest list that was taken */
  listed?: string
  /** uids of objects that are told to be gone */
  readonly gone: Set<string>
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
    gone: new Set(),
    optional: true,
  })
  return {
    v1: namedSource(kind.resource, namespace, name),
    v1Pods: labelledSource(resources.pods, namespace, hasLabel(v1Labels.jobName, name)),
    runtime: namedSource(resources.trainingRuntimes, namespace, runtime ?? trainJobName),
    ...sideOf(namespace, trainJobName),
    events: warnings(`involvedObject.name=${trainJobName}`),
    jobEvents: warnings('involvedObject.kind=Job,reason=FailedCreate'),
  }
}

/** All there is of one TrainJob. */
export function sideOf(namespace: string, name: string): Readonly<Record<SideName, Source>> {
  const named = (resource: Resource, wanted = name): Source => namedSource(resource, namespace, wanted)
  const labelled = (resource: Resource): Source =>
    labelledSource(resource, namespace, hasLabel(v2Labels.jobSetName, name))
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
  return { resource, options: { namespace, labelSelector }, objects: new Map(), gone: new Set() }
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
  const options = { namespace, fieldSelector: `metadata.name=${name}` }
  return { resource, name, options, objects: new Map(), gone: new Set() }
}

/** The Workloads of one job of either side. */
export function workloadSource(resource: Resource, namespace: string, uid: string): Source {
  return labelledSource(resource, namespace, `${jobUidLabel}=${uid}`)
}

/**
 * Takes what there is, as a list of that version says. A list and a watch do not wait for each other: what is known from after the
 * list stays, and what is gone since does not come back.
 * @param version absent: nothing is newer
 * @returns the objects that are news
 */
export function takeList(source: Source, items: readonly KubeObject[], version?: string): readonly KubeObject[] {
  if (isBefore(version, source.listed)) return []
  source.listed = version
  const present = new Set(items.map(keyOf))
  for (const [key, { metadata }] of source.objects) {
    const newer = version !== undefined && isBefore(version, metadata.resourceVersion)
    if (newer) present.delete(key)
    else if (!present.has(key)) source.objects.delete(key)
  }
  return items.filter((item) => present.has(keyOf(item)) && takeObject(source, item))
}

/** Takes an object as the server had it at some time; false where something newer is known. */
export function takeObject({ objects, gone }: Source, object: KubeObject): boolean {
  const { uid = '', resourceVersion } = object.metadata
  const known = objects.get(keyOf(object))?.metadata
  if (gone.has(uid) || (known?.uid === uid && isBefore(resourceVersion, known.resourceVersion))) return false
  objects.set(keyOf(object), object)
  return true
}

/** Takes the news that an object is gone; another one of its name stays. */
export function takeGone({ objects, gone }: Source, object: KubeObject): void {
  const { uid } = object.metadata
  if (uid !== undefined) gone.add(uid)
  if (objects.get(keyOf(object))?.metadata.uid === uid) objects.delete(keyOf(object))
}

/**
 * Resource versions of one resource can be compared as numbers (Kubernetes 1.35, KEP-5504; etcd's revisions were never anything else).
 */
function isBefore(version: string | undefined, other: string | undefined): boolean {
  return isNumber(version) && isNumber(other) && BigInt(version) < BigInt(other)
}

function isNumber(version: string | undefined): version is string {
  return version !== undefined && /^\d+$/.test(version)
}

function keyOf({ metadata }: KubeObject): string {
  return metadata.name ?? ''
}

/** The object of a source that has one at most. */
export function only<T extends KubeObject>({ objects }: Source): T | undefined {
  return objects.values().next().value as T | undefined
}

/** Every object of a source, in the order in which they came. */
export function all<T extends KubeObject>({ objects }: Source): T[] {
  return [...objects.values()] as T[]
}
