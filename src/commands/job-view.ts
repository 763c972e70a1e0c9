import type { Standing } from '../convert/standing.ts'
import { creatorOf } from '../kube/creator.ts'
import { type KubeEvent, lastSeen } from '../kube/event.ts'
import { gpusOfContainers } from '../kube/gpus.ts'
import { isActive, type JobState } from '../kube/job-state.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { podState } from '../kube/pod-state.ts'
import { holdOf } from '../migration/hold.ts'
import { readRestored } from '../migration/restored.ts'
import { resumeOf } from '../migration/resume.ts'
import type { JobView, NextView, PodView, ProofView, RoleView, SideView, WarningView } from '../present/status-view.ts'
import { isRevived, phaseOf } from '../read/pairs.ts'
import { formatReference } from '../read/reference.ts'
import { heldBy, type JobRow, runtimeOf, type Source, sourceOf } from '../read/rows.ts'
import type { Snapshot } from '../read/snapshot.ts'
import { roleOfPod, v1State } from '../v1/state.ts'
import { shapeOfJobSet } from '../v2/shape.ts'
import { creationFailed, replicatedJobOf, type TrainJobEvidence, trainJobState } from '../v2/state.ts'
import { annotations, isTwin, type TrainJob } from '../v2/trainjob.ts'
import { waitsOf } from '../v2/waits.ts'
import { stateView } from './pair-view.ts'

const warningsKept = 10

/**
 * What a snapshot says of a job: states from evidence, pods by role, warnings, and the commands that come next.
 * @param watched whether the screen is kept up to date already
 */
export function jobView(snapshot: Snapshot, program: string, proof?: Standing, watched = false): JobView {
  const { namespace, name, v1, trainJob, twin, link } = snapshot
  const podsRead = !snapshot.gaps.some(({ resource }) => resource === 'pods')
  const first = v1 && v1State(v1, podsRead ? snapshot.v1Pods : undefined)
  const second = trainJob && trainJobState(trainJob, evidenceOf(snapshot, trainJob, podsRead))
  const source = trainJob && sourceOf(trainJob)
  const held = v1 && heldBy(v1)
  const sides = {
    v1: v1 && first && { state: first, held, ...identityOf(v1), formerUid: readRestored(v1)?.uid },
    v2: trainJob &&
      second && { state: second, source, ...identityOf(trainJob), ...(isTwin(trainJob) && { twin: true as const }) },
  }
  const phase = phaseOf(sides)
  const view: Omit<JobView, 'next'> = {
    namespace,
    name,
    phase,
    link,
    begun: begunAt(snapshot, first),
    proof: proof && proofView(proof),
    v1: v1 && first && { ...sideView(v1, first, snapshot.v1Pods, (pod) => roleOfPod(pod)), queue: snapshot.queued.v1 },
    v2: trainJob &&
      second && {
        ...withWaits(sideView(trainJob, second, snapshot.v2Pods, replicatedJobOf, proof), second, snapshot.jobSet),
        runtime: runtimeOf(trainJob),
        queue: snapshot.queued.v2,
      },
    twin: twin && { name: twin.metadata.name ?? '', state: trainJobState(twin).word },
    reactivated: snapshot.reactivated,
    revived:
      v1 && isRevived(sides) ? { created: v1.metadata.creationTimestamp, creator: creatorOf(v1.metadata) } : undefined,
    resume: snapshot.record?.handover && resumeOf(snapshot.record.handover),
    warnings: snapshot.events.slice(0, warningsKept).map(warningView),
    notRead: snapshot.gaps,
  }
  return { ...view, next: nextSteps({ ...view, source, held }, program, watched) }
}

function identityOf({ metadata: { uid, creationTimestamp } }: KubeObject) {
  return { uid, created: creationTimestamp }
}

function evidenceOf(
  { jobSet, v2Pods, events, gaps }: Snapshot,
  trainJob: TrainJob,
  podsRead: boolean,
): TrainJobEvidence {
  const jobSetUnknown = gaps.some(({ resource }) => resource.startsWith('jobsets.'))
  const stale = jobSet ? sameSuspend(jobSet, trainJob) : jobSetUnknown && v2Pods.length > 0
  const refusal = stale
    ? undefined
    : events.find(
        ({ reason, involvedObject: { kind, name, uid } }) =>
          reason === creationFailed &&
          kind === 'TrainJob' &&
          name === trainJob.metadata.name &&
          (uid === undefined || uid === trainJob.metadata.uid),
      )
  return { shape: jobSet && shapeOfJobSet(jobSet), pods: podsRead ? v2Pods : undefined, refusal }
}

/** A JobSet that follows its TrainJob was not refused, whatever an older event says. */
function sameSuspend(jobSet: KubeObject, trainJob: TrainJob): boolean {
  const spec = jobSet['spec']
  return (isRecord(spec) && spec['suspend'] === true) === (trainJob.spec.suspend === true)
}

/** When the move began that stands: v1 was held then, or its TrainJob was made. */
function begunAt({ v1, trainJob }: Snapshot, v1State: JobState | undefined): string | undefined {
  if (!v1) return undefined
  const { annotations: made, creationTimestamp } = trainJob?.metadata ?? {}
  const held = holdOf(v1) && v1State?.word === 'Suspended' ? v1State.since : undefined
  return held ?? (made?.[annotations.migration] === undefined ? undefined : creationTimestamp)
}

function proofView({ pods, same, explained, harmless, differing }: Standing): ProofView {
  return { pods, same, explained, harmless, differing }
}

function sideView(
  object: KubeObject,
  state: JobState,
  pods: readonly Pod[],
  roleOf: (pod: Pod) => string,
  proof?: Standing,
): SideView {
  const { metadata } = object
  const { roles, ...words } = stateView(state)
  const placed = new Set<Pod>()
  const views: RoleView[] = roles.map(({ role, ready, desired, succeeded }) => {
    const own = pods.filter((pod) => roleOf(pod).toLowerCase() === role.toLowerCase())
    for (const pod of own) placed.add(pod)
    return { role, ready, desired, succeeded, pods: inOrder(own).map((pod) => podView(pod, proof)) }
  })
  const strangers = pods.filter((pod) => !placed.has(pod))
  if (strangers.length > 0)
    views.push({ role: 'other', succeeded: 0, pods: inOrder(strangers).map((pod) => podView(pod)) })
  return {
    kind: object.kind,
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    created: metadata.creationTimestamp,
    ...words,
    since: state.since,
    roles: views,
  }
}

/** Of a job that is to run, roles without pods say which other they wait for. */
function withWaits(side: SideView, state: JobState, jobSet: KubeObject | undefined): SideView {
  if (!jobSet || !isActive(state.word) || state.word === 'Suspending') return side
  const waits = waitsOf(jobSet, state.roles)
  return {
    ...side,
    roles: side.roles.map((role) => (role.pods.length > 0 ? role : { waitsFor: waits.get(role.role), ...role })),
  }
}

/** By the index inside the role; a failed pod before its successor. */
function inOrder(pods: readonly Pod[]): Pod[] {
  const index = ({ metadata: { labels = {} } }: Pod, label: string) => Number(labels[label] ?? 0)
  return [...pods].sort(
    (a, b) =>
      index(a, 'training.kubeflow.org/replica-index') - index(b, 'training.kubeflow.org/replica-index') ||
      index(a, 'jobset.sigs.k8s.io/job-index') - index(b, 'jobset.sigs.k8s.io/job-index') ||
      index(a, 'batch.kubernetes.io/job-completion-index') - index(b, 'batch.kubernetes.io/job-completion-index') ||
      Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? ''),
  )
}

function podView(pod: Pod, proof?: Standing): PodView {
  const { word, tone, ...state } = podState(pod)
  const { name = '', creationTimestamp } = pod.metadata
  const gpus = gpusOfContainers(pod.spec.containers)
  const node = pod.spec.nodeName
  return { name, state: word, health: tone, ...state, node, created: creationTimestamp, gpus, ...proof?.placeOf(pod) }
}

function warningView(event: KubeEvent): WarningView {
  const { kind = '', name = '' } = event.involvedObject
  return {
    object: formatReference(kind, name),
    reason: event.reason ?? '',
    message: event.message ?? '',
    lastSeen: lastSeen(event),
  }
}

/** Whether a container of it was started again and does not run: only its previous log tells why. */
function hasRestarting({ roles }: SideView): boolean {
  return roles.some(({ pods }) => pods.some(({ health, restarts }) => health === 'failed' && restarts > 0))
}

function lastLog(logs: string, side: 'v1' | 'v2'): NextView {
  return { type: `${logs} --side ${side} --previous --tail 20`, does: 'what it wrote before it ended' }
}

/** What to type next, by where the job stands: only verbs that exist, at most two. */
function nextSteps(
  {
    namespace,
    v1,
    v2,
    phase,
    source,
    held,
    reactivated,
    revived,
  }: Omit<JobView, 'next'> & { readonly source?: Source; readonly held?: JobRow['held'] },
  program: string,
  watched: boolean,
): NextView[] {
  // an MPIJob that has no TrainJob yet is converted only with a word on how mpirun is to reach the workers
  const choice = v1?.kind === 'MPIJob' && !v2 ? ' --mpi exec' : ''
  const type = (verb: string, side: SideView) =>
    `${program} ${verb} ${formatReference(side.kind, side.name)} -n ${namespace}`
  const others: NextView = { type: `${program} list -n ${namespace}`, does: 'the other jobs' }
  if (!v1 && phase === 'Finalized' && source) {
    const back = `${program} rollback ${formatReference(source.kind, source.name)} -n ${namespace}`
    return [{ type: back, does: 'make v1 again from its manifest, and go back to it' }, others]
  }
  if (!v1) return [others]
  if (reactivated !== undefined) return [{ type: `${type('cutover', v1)} --yes`, does: 'hold v1 again' }]
  if (revived) return [{ type: `${program} status -n ${namespace} --by source`, does: 'who makes v1 jobs' }, others]
  const ended = [v1, v2].find((side) => side && hasRestarting(side))
  const log: NextView[] = ended ? [lastLog(type('logs', v1), ended === v1 ? 'v1' : 'v2')] : []
  const diff: NextView = {
    type: `${type('diff', v1)}${choice}`,
    does: v2 ? 'what differs between their pods' : 'what would differ',
  }
  const watch: NextView[] = watched ? [] : [{ type: `${type('status', v1)} -w`, does: 'this screen, kept up to date' }]
  const move: NextView = {
    type: `${type('cutover', v1)}${v1.kind === 'MPIJob' ? ' --mpi exec' : ''}`,
    does: `hold v1 and run it as a TrainJob${v1.kind === 'MPIJob' ? ' (or --mpi ssh)' : ''}`,
  }
  const back: NextView = { type: type('rollback', v1), does: 'back to v1' }
  switch (phase) {
    case 'NotStarted':
    case 'V1Runs':
      return [...log, diff, ...(log.length > 0 ? [] : [move])]
    case 'NeitherRuns':
      return held === 'held' ? [back, { ...move, does: 'go on: run it as a TrainJob' }] : [diff, move]
    case 'Twin':
      if (log.length > 0) return [...log, diff]
      return [{ type: type('compare', v1), does: 'their losses and speed' }, move]
    case 'BothRun':
      return [...log, diff, ...(log.length > 0 ? [] : watch)]
    case 'Held':
      if (v2?.state === 'Complete') return [{ type: type('finalize', v1), does: 'delete v1; its manifest is kept' }]
      if (v2?.state === 'Running') return [...watch, back]
      return log.length > 0 ? [...log, back] : [diff, ...watch]
    default:
      return [others]
  }
}
