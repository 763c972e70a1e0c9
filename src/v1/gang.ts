import type { PodSpec } from '../kube/pod.ts'

/** How an operator of v1 schedules the pods of a job as a gang. */
export interface Gang {
  /** whose PodGroup it makes: scheduling.volcano.sh, or scheduling.x-k8s.io of scheduler-plugins */
  readonly api: 'volcano' | 'coscheduling'
  /** what pods without a schedulerName get */
  readonly scheduler: string
}

/** What `--gang-scheduler` says of an operator that runs without a gang scheduler. */
const noGang = 'none'

/** Name of the scheduler that the chart of scheduler-plugins installs (v0.34.7, manifests/install/charts/as-a-second-scheduler). */
export const schedulerPlugins = 'scheduler-plugins-scheduler'

/** Names that tell what a pod's PodGroup is. */
const known: readonly string[] = ['volcano', schedulerPlugins]

/** Why a text is no name of a scheduler, one clause. */
export function gangSchedulerFault(name: string): string | undefined {
  return /^[a-zA-Z0-9]([-a-zA-Z0-9.]{0,251}[a-zA-Z0-9])?$/.test(name)
    ? undefined
    : 'names of schedulers take letters, digits, - and .'
}

/**
 * The gang scheduler that v1's operator has with this value of its flag --gang-scheduler-name: any name but Volcano's is taken for
 * scheduler-plugins. Undefined for `none`.
 * Source: Training Operator v1.9.4, cmd/training-operator.v1/main.go.
 */
export function gangOf(scheduler: string): Gang | undefined {
  const name = scheduler.toLowerCase()
  if (name === noGang) return undefined
  return name === 'volcano' ? { api: 'volcano', scheduler: 'volcano' } : { api: 'coscheduling', scheduler }
}

/** The gang scheduler that all pods of a job name themselves; undefined where they do not agree, or name one that is not known. */
export function gangOfPods(specs: readonly PodSpec[]): Gang | undefined {
  const names = new Set(specs.map(({ schedulerName }) => schedulerName))
  const [name] = names
  return names.size === 1 && typeof name === 'string' && known.includes(name) ? gangOf(name) : undefined
}

interface PodMarks {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/**
 * What the operator writes on a pod of a gang, over the template's own.
 * Source: Training Operator v1.9.4, pkg/controller.v1/control/podgroup_control.go DecoratePodTemplateSpec.
 */
export function gangMarks({ api }: Gang, job: string, role: string): PodMarks {
  return api === 'volcano'
    ? { annotations: { [gangKeys.volcano]: job, [gangKeys.task]: role } }
    : { labels: { [gangKeys.coscheduling]: job } }
}

/** Annotations of Volcano and the label of scheduler-plugins by which a pod belongs to a PodGroup. */
export const gangKeys = {
  volcano: 'scheduling.k8s.io/group-name',
  task: 'volcano.sh/task-spec',
  coscheduling: 'scheduling.x-k8s.io/pod-group',
} as const

/** The pod spec as the operator makes it in a gang: a scheduler that the template names stays. */
export function inGang(spec: PodSpec, { scheduler }: Gang): PodSpec {
  return spec.schedulerName ? spec : { ...spec, schedulerName: scheduler }
}
