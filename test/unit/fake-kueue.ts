import { ClusterError } from '../../src/cluster/errors.ts'
import { gateAnnotation, gatesOf, isActive, isAdmitted, jobUidLabel, queueLabel } from '../../src/kube/kueue.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { resources } from '../../src/kube/resources.ts'
import type { TrainJob } from '../../src/v2/trainjob.ts'
import type { FakeCluster } from './fake-cluster.ts'

export interface KueueOptions {
  /** jobs that have quota at the same time */
  readonly quota: number
  /** false: an older Kueue, to which a gate is an annotation like any other */
  readonly gates?: boolean
  /** false: v1 jobs are not in its integrations */
  readonly v1?: boolean
  /** whether it does nothing at the moment */
  readonly sleeps?: () => boolean
}

/** Kueue's webhooks, as far as a move meets them: TrainJobs are marked and suspended, and gates cannot be added. */
export function kueueAdmission({ gates = true, v1 = true }: KueueOptions) {
  return (object: KubeObject, before: KubeObject | undefined): KubeObject => {
    const seen = object.kind === 'TrainJob' || (v1 && object.kind === 'PyTorchJob')
    if (!seen) return object
    const added = before && gatesOf(object).some((gate) => !gatesOf(before).includes(gate))
    if (gates && added) {
      const message = `metadata.annotations[${gateAnnotation}]: Forbidden: cannot add admission gate after creation`
      const asked = { verb: 'patch', resource: object.kind }
      throw new ClusterError({ kind: 'webhook', webhook: 'vjob.kb.io', outcome: 'denied', message, ...asked })
    }
    if (before || object.kind !== 'TrainJob') return object
    const { spec } = object as TrainJob
    const runtimePatches = [...(spec.runtimePatches ?? []), { manager: 'kueue.x-k8s.io/manager' }]
    return { ...object, spec: { ...spec, suspend: true, runtimePatches } }
  }
}

/** Kueue itself: a Workload for each job in a queue, quota for the oldest that wait, jobs suspended and resumed by that. */
export function startKueue(cluster: FakeCluster, options: KueueOptions): void {
  const reconcile = (): void => {
    if (options.sleeps?.()) return
    const jobs = [
      ...cluster.all(resources.trainJobs),
      ...(options.v1 === false ? [] : cluster.all(resources.pytorchJobs)),
    ].filter(({ metadata }) => metadata.labels?.[queueLabel] !== undefined)
    for (const job of jobs) keepWorkload(cluster, job, options)
    assignQuota(cluster, options.quota)
    for (const job of jobs) follow(cluster, job)
  }
  const watched: readonly unknown[] = [resources.trainJobs, resources.pytorchJobs, resources.workloadsV1beta2]
  cluster.onChange(({ resource }) => {
    if (watched.includes(resource)) setImmediate(reconcile)
  })
  reconcile()
}

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind.toLowerCase()}-${metadata.name}-1a2b3`

const workloadFor = (cluster: FakeCluster, job: KubeObject): KubeObject | undefined =>
  cluster.all(resources.workloadsV1beta2).find(({ metadata }) => metadata.name === nameOf(job))

function keepWorkload(cluster: FakeCluster, job: KubeObject, { gates = true }: KueueOptions): void {
  const { apiVersion, kind, metadata } = job
  const { name = '', namespace, uid = '' } = metadata
  const known = workloadFor(cluster, job)
  const gate: Record<string, string> =
    gates && gatesOf(job).length > 0 ? { [gateAnnotation]: gatesOf(job).join(',') } : {}
  if (known && gatesOf(known).join() === Object.values(gate).join()) return
  cluster.put({
    apiVersion: 'kueue.x-k8s.io/v1beta2',
    kind: 'Workload',
    spec: { active: true, queueName: metadata.labels?.[queueLabel] },
    ...known,
    metadata: {
      ...known?.metadata,
      name: nameOf(job),
      namespace,
      labels: { [jobUidLabel]: uid },
      annotations: gate,
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
    },
  })
}

/** Who has quota keeps it, but for Workloads that are deactivated; what is left goes to the oldest. */
function assignQuota(cluster: FakeCluster, quota: number): void {
  const workloads = cluster.all(resources.workloadsV1beta2)
  let free = quota - workloads.filter((workload) => isAdmitted(workload) && isActive(workload)).length
  for (const workload of workloads) {
    const admissible = isActive(workload) && gatesOf(workload).length === 0
    const admitted = isActive(workload) && (isAdmitted(workload) || (admissible && free > 0))
    if (admitted && !isAdmitted(workload)) free--
    const message = !isActive(workload)
      ? 'The workload is deactivated'
      : gatesOf(workload).length > 0
        ? `Admission is gated by: ${workload.metadata.annotations?.[gateAnnotation]}`
        : 'insufficient unused quota for nvidia.com/gpu in flavor any, 2 more needed'
    const conditions = admitted
      ? [
          { type: 'QuotaReserved', status: 'True' },
          { type: 'Admitted', status: 'True' },
        ]
      : [{ type: 'QuotaReserved', status: 'False', message }]
    const status = { conditions }
    if (JSON.stringify(workload['status']) !== JSON.stringify(status)) cluster.put({ ...workload, status })
  }
}

function follow(cluster: FakeCluster, { kind, metadata }: KubeObject): void {
  const all = cluster.all(kind === 'TrainJob' ? resources.trainJobs : resources.pytorchJobs)
  const job = all.find(({ metadata: { uid } }) => uid === metadata.uid)
  const workload = job && workloadFor(cluster, job)
  if (!job || !workload) return
  const suspend = !isAdmitted(workload)
  const spec = job['spec'] as { suspend?: boolean; runPolicy?: { suspend?: boolean } }
  if ((kind === 'TrainJob' ? spec.suspend : spec.runPolicy?.suspend) === suspend) return
  const changed = kind === 'TrainJob' ? { ...spec, suspend } : { ...spec, runPolicy: { ...spec.runPolicy, suspend } }
  cluster.put({ ...job, spec: changed })
}
