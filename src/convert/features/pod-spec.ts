import { stableJson } from '../../kube/clone.ts'
import type { Replica } from '../../v1/job.ts'
import { v1Labels } from '../../v1/labels.ts'
import type { Feature, FeatureContext } from '../intent.ts'
import { templatePath } from '../intent.ts'
import type { Path } from '../ledger.ts'
import { changedValues, withOwnSelectors } from './own-selectors.ts'

/** Fields of core/v1 PodSpec that a pod template of v2 takes as they are (k8s.io/api v0.36.3, core/v1/types.go). */
const carried = new Set([
  'volumes',
  'terminationGracePeriodSeconds',
  'activeDeadlineSeconds',
  'dnsPolicy',
  'nodeSelector',
  'serviceAccountName',
  'serviceAccount',
  'automountServiceAccountToken',
  'nodeName',
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'hostUsers',
  'shareProcessNamespace',
  'securityContext',
  'imagePullSecrets',
  'schedulerName',
  'tolerations',
  'hostAliases',
  'priorityClassName',
  'priority',
  'dnsConfig',
  'readinessGates',
  'runtimeClassName',
  'enableServiceLinks',
  'preemptionPolicy',
  'overhead',
  'setHostnameAsFQDN',
  'os',
  'schedulingGates',
  'schedulingGroup',
  'hostnameOverride',
  'resourceClaims',
  'resources',
])

/** Fields whose label selectors may name v1's pods. */
const selecting = ['affinity', 'topologySpreadConstraints']

/** Everything of a pod template's spec but its containers. */
export const podSpec: Feature = {
  name: 'pod-spec',
  apply(context) {
    for (const replica of context.job.replicas) {
      const path = [...templatePath(context.job, replica.key), 'spec']
      context.ledger.carryFields(path, carried)
      selectors(context, replica, path)
      overwritten(context, replica, path)
    }
  },
}

/** Labels that --pod-labels v1 keeps on all pods. */
const keptLabels: readonly string[] = [v1Labels.jobName, v1Labels.replicaType]

const ownLabel = 'select by a label of your own on the pod template'

/** Whether a rule names labels of Training Operator that v2's pods will not have. */
function misses(rule: unknown, { podLabels, job }: Pick<FeatureContext, 'podLabels' | 'job'>): boolean {
  const named = stableJson(rule).match(/training\.kubeflow\.org\/[\w-]*/g) ?? []
  const kept = podLabels === 'v1' && job.object.metadata.name !== undefined ? keptLabels : []
  return named.some((label) => !kept.includes(label))
}

function selectors(context: FeatureContext, replica: Replica, path: Path): void {
  const { ledger } = context
  for (const field of selecting) {
    const value = replica.template.spec[field]
    if (value === undefined) continue
    if (!misses(value, context)) {
      ledger.carry([...path, field])
      continue
    }
    const ours = context.named ? withOwnSelectors(value, context.job, context.trainJobName) : undefined
    if (ours !== undefined) {
      const role = context.intent.roles.find((candidate) => candidate.role === replica.role)
      if (role) role.template.spec[field] = ours
      ledger.note([...path, field], {
        code: 'own-selector',
        message: 'its selectors name this job’s pods by JobSet’s label instead of Training Operator’s',
        explains: changedValues(field, value, ours),
      })
      continue
    }
    ledger.note([...path, field], {
      code: 'v1-label-selector',
      message: 'it selects pods by labels of Training Operator, which v2’s pods do not have',
      remedy: misses(value, { ...context, podLabels: 'v1' })
        ? ownLabel
        : `${ownLabel}, or keep v1’s labels with --pod-labels v1`,
    })
  }
}

function overwritten({ job, intent, ledger }: FeatureContext, replica: Replica, path: Path): void {
  const { spec } = replica.template
  const role = intent.roles.find((candidate) => candidate.role === replica.role)
  if (spec.restartPolicy !== undefined) {
    ledger.note([...path, 'restartPolicy'], {
      code: 'template-restart-policy',
      message: `not carried: ${job.info.kind} overwrites it with the replica's restartPolicy`,
    })
    delete role?.template.spec.restartPolicy
  }
  for (const field of ['hostname', 'subdomain'] as const) {
    if (spec[field] === undefined) continue
    ledger.note([...path, field], {
      code: 'pod-host-name',
      message: `v2 sets the ${field} of every pod itself`,
      why: 'the Job controller overwrites hostname, JobSet subdomain',
    })
    delete role?.template.spec[field]
  }
}
