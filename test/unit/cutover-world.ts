import { convertJob } from '../../src/convert/convert.ts'
import type { ModelPod } from '../../src/kube/model-pod.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Pod, PodStatus } from '../../src/kube/pod.ts'
import type { Facts, Plan } from '../../src/migration/facts.ts'
import { type Hold, v1Annotations } from '../../src/migration/hold.ts'
import { suspendedTrainJob } from '../../src/migration/steps/create-train-job.ts'
import { type KindInfo, kindInfo } from '../../src/v1/kinds.ts'
import type { TrainingRuntime, TrainJob } from '../../src/v2/trainjob.ts'
import { heldV1, now, runningV1, v1Pod } from './objects.ts'

/** The plan of a cutover of this v1 job, default: one Master, two Workers, all running. */
export function planOf(v1: KubeObject = runningV1('bert'), more: Partial<Plan> = {}): Plan {
  const conversion = convertJob(v1, { live: true, run: true, anyName: true, toolVersion: 'test' })
  return {
    kind: kindInfo(v1.kind) as KindInfo,
    namespace: 'nlp',
    name: v1.metadata.name ?? '',
    trainJobName: v1.metadata.name ?? '',
    uid: v1.metadata.uid ?? '',
    migration: 'of-the-test',
    generation: v1.metadata.generation,
    job: conversion.job,
    conversion,
    suspendBefore: conversion.job.runPolicy.suspend,
    readyBefore: conversion.job.total,
    admission: new Set(),
    observe: 120_000,
    ...more,
  }
}

/** Facts of a moment in which v1 runs and nothing of v2 exists, unless told otherwise. */
export function factsOf(more: Partial<Facts> = {}): Facts {
  return {
    now,
    v1: runningV1('bert'),
    v1Pods: [v1Pod('bert', 'master', 0), v1Pod('bert', 'worker', 0), v1Pod('bert', 'worker', 1)],
    jobs: [],
    v2Pods: [],
    extras: [],
    workloads: [],
    ended: [],
    events: [],
    ...more,
  }
}

/** v1 suspended by a cutover, with what it noted; `more` is what somebody did to its metadata since. */
export function heldByUs(hold: Partial<Hold> = {}, more: KubeObject['metadata'] = {}): KubeObject {
  const v1 = heldV1('bert')
  const annotations = { [v1Annotations.held]: JSON.stringify({ ready: 3, ...hold }) }
  return { ...v1, metadata: { ...v1.metadata, ...more, annotations: { ...annotations, ...more.annotations } } }
}

/** The runtime as the API server stores it. */
export function storedRuntime(plan: Plan): TrainingRuntime {
  const { runtime } = plan.conversion
  return { ...runtime, metadata: { ...runtime.metadata, uid: 'uid-runtime' } }
}

/** Our TrainJob as the API server stores it. */
export function storedTrainJob(plan: Plan, suspend: boolean, status: TrainJob['status'] = {}): TrainJob {
  const made = suspendedTrainJob(plan)
  return {
    ...made,
    metadata: { ...made.metadata, uid: 'uid-v2', resourceVersion: '20' },
    spec: { managedBy: 'trainer.kubeflow.org/trainjob-controller', ...made.spec, suspend },
    status,
  }
}

/** The JobSet Trainer renders of it, with a default or two of the API server. */
export function renderedJobSet(plan: Plan, suspend: boolean): KubeObject {
  return {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: {
      name: plan.name,
      namespace: plan.namespace,
      uid: 'uid-jobset',
      ownerReferences: [
        { apiVersion: 'trainer.kubeflow.org/v1alpha1', kind: 'TrainJob', name: plan.name, uid: 'uid-v2' },
      ],
    },
    spec: { ...plan.conversion.proof.jobSet, suspend, network: { enableDNSHostnames: true } },
  }
}

/** A live pod of what a model says; Running and Ready unless told otherwise. */
export function livePod(model: ModelPod, more: { status?: PodStatus; uid?: string; tail?: string } = {}): Pod {
  const { tail = 'x7k2p' } = more
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${model.name}-${tail}`,
      namespace: model.namespace,
      uid: more.uid ?? `uid-${model.name}-${tail}`,
      creationTimestamp: now.toISOString(),
      labels: { ...model.labels },
      annotations: { ...model.annotations },
    },
    spec: { ...model.spec, nodeName: 'gpu-01' },
    status: more.status ?? { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

/** The pods of the proof, alive; `status` by rank makes some of them something else. */
export function v2PodsOf(plan: Plan, status: Readonly<Record<number, PodStatus>> = {}): Pod[] {
  return plan.conversion.proof.v2.map((model, rank) => livePod(model, { status: status[rank] }))
}

/** Facts after the hold, v2 resumed, all its pods running unless told otherwise. */
export function movedFacts(plan: Plan, held: KubeObject, more: Partial<Facts> = {}): Facts {
  return factsOf({
    v1: held,
    v1Pods: [],
    runtime: storedRuntime(plan),
    trainJob: storedTrainJob(plan, false),
    jobSet: renderedJobSet(plan, false),
    v2Pods: v2PodsOf(plan),
    ...more,
  })
}
