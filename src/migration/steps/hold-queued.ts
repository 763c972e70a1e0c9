import { equalJson } from '../../kube/clone.ts'
import { isActive } from '../../kube/kueue.ts'
import { isRecord, type KubeObject } from '../../kube/object.ts'
import { asSubmitted } from '../../v1/as-submitted.ts'
import type { Action } from '../action.ts'
import type { Facts, Plan, Subject } from '../facts.ts'
import { v1Annotations } from '../hold.ts'
import { v1Workload } from '../queue.ts'

/**
 * The write that takes its quota from a job of Kueue's, and with it its pods; whoever suspends such a job by itself sees it started
 * again. The record of the hold is written on v1 before it. None where Kueue has no Workload of the job.
 */
export function deactivation(facts: Facts, plan: Subject): readonly Action[] {
  return setActive(facts, plan, false)
}

/** The writes that give v1 back to its queue: first that, then the record of its hold, so that no hold is ever without one. */
export function reactivation(v1: KubeObject, facts: Facts, plan: Subject): readonly Action[] {
  const { annotations = {}, uid, resourceVersion } = v1.metadata
  if (annotations[v1Annotations.held] === undefined) return []
  const { kind, namespace, name } = plan
  const body = { metadata: { annotations: { [v1Annotations.held]: null, [v1Annotations.ended]: null } } }
  const unchanged = { uid, resourceVersion }
  return [...setActive(facts, plan, true), { verb: 'patch', resource: kind.resource, namespace, name, body, unchanged }]
}

/** Whether somebody changed what v1 runs since it was converted: Kueue itself changes templates and suspend at any time. */
export function queuedJobChanged(v1: KubeObject, facts: Facts, plan: Plan): boolean {
  const now = asSubmitted(v1, v1Workload(facts, plan.uid))
  return !equalJson(withoutSuspend(now), withoutSuspend(plan.conversion.job.object))
}

/**
 * Why v1 would fail by the very record of its hold: past its deadline it runs on until the next change of it, as the timer of Training Operator does
 * nothing. A job that is suspended by the same write is not looked at (v1.9.4, pkg/controller.v1/common/job.go and util/fake_workqueue.go).
 */
export function deadlinePassed(v1: KubeObject, { now }: Facts, { job, queue }: Plan): string | undefined {
  const { activeDeadlineSeconds: seconds } = job.runPolicy
  const status = isRecord(v1['status']) ? v1['status'] : {}
  const started = Date.parse(String(status['startTime']))
  if (!queue?.v1 || seconds === undefined || !(started + seconds * 1000 <= now.getTime())) return undefined
  return `v1 has passed its deadline, and the record of its hold would make Training Operator fail it: raise spec.runPolicy.activeDeadlineSeconds (${seconds}) first`
}

function withoutSuspend({ spec }: KubeObject): unknown {
  if (!isRecord(spec)) return spec
  const { runPolicy, ...rest } = spec
  const { suspend: _, ...policy } = isRecord(runPolicy) ? runPolicy : {}
  return { ...rest, policy }
}

function setActive(facts: Facts, { uid, namespace, queue }: Subject, active: boolean): readonly Action[] {
  const workload = v1Workload(facts, uid)
  if (!workload || !queue || isActive(workload) === active) return []
  const { name = '', uid: own, resourceVersion } = workload.metadata
  const unchanged = { uid: own, resourceVersion }
  return [{ verb: 'patch', resource: queue.workloads, namespace, name, body: { spec: { active } }, unchanged }]
}
