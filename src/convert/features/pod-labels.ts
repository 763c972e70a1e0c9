import type { Replica } from '../../v1/job.ts'
import { v1Labels } from '../../v1/labels.ts'
import { operatorLabels } from '../../v1/pods.ts'
import type { Feature, FeatureContext } from '../intent.ts'

/**
 * With --pod-labels v1 the pods keep what Training Operator labelled them with, as far as all pods of a role have it: a Job has one pod
 * template. operator-name is never kept: v1's Services select by it, and would send v1's traffic to v2's pods.
 */
export const podLabels: Feature = {
  name: 'pod-labels',
  apply(context) {
    const { job, intent } = context
    if (context.podLabels !== 'v1') return
    for (const [at, replica] of job.replicas.entries()) {
      const role = intent.roles[at]
      if (!role || replica.count === 0) continue
      const { [v1Labels.jobName]: name, ...labels } = sharedLabels(context, replica)
      role.template.metadata = {
        ...role.template.metadata,
        labels: { ...role.template.metadata?.labels, ...labels },
      }
      if (name !== undefined) role.ownLabels = { [v1Labels.jobName]: name }
    }
  },
}

/** The labels every pod of the role has alike; the others are told. */
function sharedLabels({ job, ledger }: FeatureContext, replica: Replica): Record<string, string> {
  const { [v1Labels.operatorName]: _operator, ...first } = operatorLabels(job, replica, 0)
  const last = operatorLabels(job, replica, replica.count - 1)
  const known = job.object.metadata.name !== undefined
  const kept = Object.entries(first).filter(
    ([key, value]) => last[key] === value && (known || key !== v1Labels.jobName),
  )
  const missing = Object.keys(first).filter((key) => !kept.some(([name]) => name === key))
  for (const key of missing) {
    ledger.note(['spec', job.info.specKey, replica.key, 'template', 'metadata', 'labels', key], {
      code: 'pod-label-missing',
      message: `${key} is not on the pods of ${replica.role}${key === v1Labels.jobName ? ': the API server makes the name' : ''}`,
    })
  }
  return Object.fromEntries(kept)
}
