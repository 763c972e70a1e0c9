import type { Container, EnvVar, PodSpec, PodTemplate } from '../../kube/pod.ts'
import type { Dialect } from '../../v2/dialects/dialect.ts'
import type { JobSetSpec, ReplicatedJob } from '../../v2/trainjob.ts'
import type { Intent, IntentRole, Success } from '../intent.ts'
import { type Binding, boundEnv, helperNames } from './bound-env.ts'
import { backoffScope, jobSpec } from './job-spec.ts'
import { withRoleIndex } from './role-index.ts'
import type { Target } from './target.ts'

/**
 * One replicated job per role, the whole template in the runtime: for roles that differ. Where v1 numbered its pods across roles each
 * pod is a Job of its own, as JobSet's global index over such Jobs is v1's own numbering; otherwise one Job has all pods of a role.
 * The size is part of the shape.
 */
export function byRole(intent: Intent, dialect: Dialect): Target {
  const ranked = intent.roles.some(({ injected }) => injected.some(({ parts }) => parts.some(isRank)))
  const used = new Set(intent.roles.flatMap(({ template }) => template.spec.containers.flatMap(namesOf)))
  const binding: Binding = {
    ...helperNames(used),
    rankField: "metadata.labels['jobset.sigs.k8s.io/job-global-index']",
    indexField: ranked
      ? "metadata.labels['jobset.sigs.k8s.io/job-index']"
      : "metadata.annotations['batch.kubernetes.io/job-completion-index']",
    hostOf: (role, index) => (ranked ? `${role}-${index}-0` : `${role}-0-${index}`),
  }
  const present = inStartOrder(intent)
  return {
    shape: present.map(({ role, count }) => `${count} ${role}`).join(' and '),
    jobSet: {
      ...jobSetSuccess(intent.success),
      replicatedJobs: present.map((role) => replicatedJob(intent, role, binding, ranked, dialect)),
    },
    overrides: present.flatMap(({ role, own, ownLabels }) => {
      const metadata = ownLabels && dialect.metadata ? { metadata: { labels: ownLabels } } : {}
      return own || metadata.metadata ? [{ job: role, ...metadata, ...(own ? { spec: own } : {}) }] : []
    }),
    findings: backoffScope(
      intent,
      present.reduce((sum, { count }) => sum + (ranked ? count : 1), 0),
    ),
  }
}

/** Roles with pods; a role that others wait for comes first, as JobSet wants it. */
function inStartOrder({ roles, startFirst }: Intent): IntentRole[] {
  const present = roles.filter(({ count }) => count > 0)
  return [...present.filter(({ role }) => role === startFirst), ...present.filter(({ role }) => role !== startFirst)]
}

/** Waiting for the pods of a role that exists. */
function dependsOn({ roles, startFirst }: Intent, role: string): { dependsOn?: unknown[] } {
  const waits = startFirst !== undefined && role !== startFirst
  if (!waits || !roles.some((candidate) => candidate.role === startFirst && candidate.count > 0)) return {}
  return { dependsOn: [{ name: startFirst, status: 'Ready' }] }
}

function isRank(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'is' in part && part.is === 'rank'
}

function namesOf(container: Container): string[] {
  return (container.env ?? []).map(({ name }) => name)
}

function jobSetSuccess(success: Success): Pick<JobSetSpec, 'successPolicy'> {
  if (success.by === 'all') return {}
  if (success.by === 'any') return { successPolicy: { operator: 'Any' } }
  return { successPolicy: { operator: 'All', targetReplicatedJobs: [success.role] } }
}

function replicatedJob(
  intent: Intent,
  role: IntentRole,
  binding: Binding,
  ranked: boolean,
  dialect: Dialect,
): ReplicatedJob {
  const metadata = podMetadata(role, dialect)
  const spec = withRoleIndex(withoutOwn(role), binding)
  const pods = ranked ? 1 : role.count
  const { success } = intent
  const firstDecides = success.by === 'first' && success.role === role.role && pods > 1
  return {
    name: role.role,
    replicas: ranked ? role.count : 1,
    ...dependsOn(intent, role.role),
    template: {
      spec: {
        ...jobSpec(intent, role, role.main),
        ...(firstDecides ? { successPolicy: { rules: [{ succeededIndexes: '0' }] } } : {}),
        ...(success.by === 'any' && pods > 1 ? { successPolicy: { rules: [{ succeededCount: 1 }] } } : {}),
        parallelism: pods,
        completions: pods,
        template: {
          ...(metadata && Object.keys(metadata).length > 0 ? { metadata } : {}),
          spec: {
            ...spec,
            containers: spec.containers.map((container) => ({ ...container, ...env(container, role, binding) })),
            restartPolicy: role.restart.podPolicy,
          },
        },
      },
    },
  }
}

/** Labels that name the job are the TrainJob's, where its dialect can set labels. */
function podMetadata({ template, ownLabels }: IntentRole, dialect: Dialect): PodTemplate['metadata'] {
  if (!ownLabels || dialect.metadata) return template.metadata
  return { ...template.metadata, labels: { ...template.metadata?.labels, ...ownLabels } }
}

/** The pod spec without what the TrainJob brings. */
function withoutOwn({ template, own = {} }: IntentRole): PodSpec {
  const spec: PodSpec = { ...template.spec }
  for (const [field, value] of Object.entries(own)) {
    if (Array.isArray(value)) spec[field] = (spec[field] as unknown[]).filter((item) => !value.includes(item))
    else delete spec[field]
    if (Array.isArray(spec[field]) && spec[field].length === 0) delete spec[field]
  }
  return spec
}

function env(container: Container, role: IntentRole, binding: Binding): { env?: EnvVar[] } {
  const here = role.injected.filter(({ only }) => only === undefined || container.name === role.main)
  const all = [...(container.env ?? []), ...boundEnv(here, binding, role.role)]
  return all.length > 0 ? { env: all } : {}
}
