import { exitCode } from '../../exit-code.ts'
import { formatFieldPath } from '../../kube/field-path.ts'
import { Problem } from '../../problem.ts'
import { type Gang, gangKeys, gangOf, gangOfPods, gangSchedulerFault, inGang } from '../../v1/gang.ts'
import type { V1Job } from '../../v1/job.ts'
import { type JobSetSpec, usualQueue } from '../../v2/trainjob.ts'
import { type Finding, findingAt } from '../finding.ts'
import type { Feature, FeatureContext } from '../intent.ts'
import type { Path } from '../ledger.ts'

const policyPath: Path = ['spec', 'runPolicy', 'schedulingPolicy']

/** What a Trainer without `scheduleTimeoutSeconds` would write itself (v2.3.0, trainingruntime_types.go). */
const usualTimeout = 60

/**
 * The job with the gang scheduler of the operator that runs it: as somebody told, else as its own pods name it where it has a
 * schedulingPolicy. Throws a Problem `usage` for a name that is none.
 */
export function withGang(job: V1Job, told: string | undefined): V1Job {
  const fault = told === undefined ? undefined : gangSchedulerFault(told)
  if (fault !== undefined) {
    throw new Problem({
      code: 'usage',
      what: `no gang scheduler is called ${JSON.stringify(told)}: ${fault}`,
      next: ['--gang-scheduler none, where v1’s operator has none'],
      exit: exitCode.usage,
    })
  }
  if (job.info.operator === 'mpi-operator') return job
  const ofPods = hasPolicy(job) ? gangOfPods(job.replicas.map(({ template }) => template.spec)) : undefined
  const gang = told === undefined ? ofPods : gangOf(told)
  return gang ? { ...job, gang } : job
}

/** Pods that are scheduled together or not at all: in v1 by the operator's flag, in v2 by the runtime's podGroupPolicy. */
export const gang: Feature = {
  name: 'gang',
  apply(context) {
    const { job, ledger, gangScheduler, dialect } = context
    if (job.gang?.api === 'volcano' && dialect.version === '2.0') return tooOld(context)
    if (job.gang) return together(context, job.gang)
    if (!hasPolicy(job)) return ledger.carry(policyPath)
    if (gangScheduler === undefined || job.info.operator === 'mpi-operator') return undecided(context)
    ledger.note(policyPath, {
      code: 'gang-ignored',
      message: 'v1’s operator has no gang scheduler, and ignores it',
    })
  },
}

function hasPolicy({ runPolicy }: V1Job): boolean {
  return Object.keys(runPolicy.schedulingPolicy ?? {}).length > 0
}

function undecided({ job, ledger }: FeatureContext): void {
  if (job.info.operator === 'mpi-operator') {
    ledger.note(policyPath, {
      code: 'gang',
      message: 'gang scheduling of mpi-operator is not carried by this version',
      remedy: 'remove schedulingPolicy where your operator ignores it',
    })
    return
  }
  ledger.note(policyPath, {
    code: 'gang',
    message: 'gang scheduling is carried once somebody says which gang scheduler v1’s operator has',
    why: 'v1 schedules a gang where its operator runs with --gang-scheduler-name, which the job does not tell',
    remedy:
      '--gang-scheduler NAME, as the operator’s flag --gang-scheduler-name says: volcano, or a scheduler of scheduler-plugins; none where it has no such flag',
  })
}

/** Of a job: where it says something of gangs, else where its pods are. */
function placeOf({ runPolicy, info }: V1Job): Path {
  return runPolicy.schedulingPolicy === undefined ? ['spec', info.specKey] : policyPath
}

const marks = Object.values(gangKeys).flatMap((key) => [`labels.${key}`, `annotations.${key}`])

function tooOld({ job, ledger }: FeatureContext): void {
  ledger.carry(policyPath)
  ledger.remark(placeOf(job), {
    code: 'gang',
    message: 'Trainer 2.0 makes no PodGroup of Volcano',
    why: 'podGroupPolicy.volcano is there since Trainer 2.1',
    remedy: '--target-version 2.1, or a later one, where that Trainer is installed',
    explains: ['schedulerName', ...marks],
  })
}

function together(context: FeatureContext, { api, scheduler }: Gang): void {
  const { job, intent, ledger, trainJobName } = context
  const policy = job.runPolicy.schedulingPolicy ?? {}
  for (const role of intent.roles) role.template.spec = inGang(role.template.spec, { api, scheduler })
  ledger.remark(placeOf(job), {
    code: 'gang-scheduling',
    message: `a gang of ${scheduler}: Trainer makes its PodGroup, ${trainJobName}`,
    explains: marks,
  })
  if (trainJobName === job.name) {
    ledger.remark(placeOf(job), {
      code: 'pod-group-name',
      message: `v1’s PodGroup is called ${trainJobName} as well: suspend or delete the v1 job first`,
      remedy: 'suspend or delete the v1 job before the TrainJob is created, or give that another name with --name',
    })
  }
  ledger.carry([...policyPath, 'minAvailable'])
  if (policy['minResources'] !== undefined) {
    ledger.note([...policyPath, 'minResources'], {
      code: 'gang-resources',
      message: 'the PodGroup asks for what all pods request together',
    })
  }
  if (api === 'volcano') inVolcano(context, policy)
  else inPlugins(context, policy)
  if (Object.keys(policy).length === 0) ledger.carry(policyPath)
}

type Policy = Readonly<Record<string, unknown>>

function inPlugins({ intent, ledger }: FeatureContext, policy: Policy): void {
  const timeout = policy['scheduleTimeoutSeconds']
  intent.gang = {
    policy: { coscheduling: { scheduleTimeoutSeconds: typeof timeout === 'number' ? timeout : usualTimeout } },
  }
  ledger.carry([...policyPath, 'scheduleTimeoutSeconds'])
  for (const field of ['queue', 'priorityClass']) ignored({ ledger }, policy, field, 'scheduler-plugins')
}

function inVolcano(context: FeatureContext, policy: Policy): void {
  const { job, intent, ledger } = context
  const { queue } = policy
  intent.gang = { policy: { volcano: {} }, queue: typeof queue === 'string' && queue !== '' ? queue : usualQueue }
  ledger.carry([...policyPath, 'queue'])
  ignored(context, policy, 'scheduleTimeoutSeconds', 'Volcano')
  priority(context, policy)
  for (const key of Object.keys(job.object.metadata.annotations ?? {})) {
    if (!/(^|\.)volcano\.sh\//.test(key)) continue
    ledger.remark(['metadata', 'annotations', key], {
      code: 'gang-annotations',
      message: 'v1 copies it to the PodGroup, Trainer does not',
    })
  }
}

function ignored({ ledger }: Pick<FeatureContext, 'ledger'>, policy: Policy, field: string, by: string): void {
  if (policy[field] === undefined) return
  ledger.note([...policyPath, field], { code: 'gang-ignored', message: `${by} has no such thing, and v1 ignores it` })
}

/** Trainer gives the PodGroup the priority class of the pods: of the last replicated job that has one. */
function priority({ job, intent, ledger }: FeatureContext, policy: Policy): void {
  const wanted = typeof policy['priorityClass'] === 'string' ? policy['priorityClass'] : ''
  const path = [...policyPath, 'priorityClass']
  const ofPods = new Set(job.replicas.map(({ template }) => template.spec['priorityClassName'] || undefined))
  const [first] = ofPods
  if (wanted === '' || (ofPods.size === 1 && first === wanted)) ledger.carry(path)
  if (ofPods.size === 1 && (first ?? '') === wanted) return
  if (wanted === '') {
    const named = [...ofPods].filter((name) => name !== undefined)
    ledger.remark(placeOf(job), {
      code: 'gang-priority',
      message: `the PodGroup gets the priority class of the pods, ${named.join(' or ')}; v1’s has none`,
    })
    return
  }
  if (ofPods.size === 1 && first === undefined) {
    for (const role of intent.roles) role.template.spec['priorityClassName'] = wanted
    ledger.note(path, {
      code: 'gang-priority',
      message: `the pods get priority class ${wanted} as well`,
      explains: ['priorityClassName'],
    })
    return
  }
  ledger.note(path, {
    code: 'gang-priority-lost',
    message: `the PodGroup would get the priority class of the pods instead of ${wanted}`,
  })
}

/**
 * What becomes of minAvailable in the JobSet that Trainer renders, of which it counts the parallelism of each replicated job.
 * Source: Trainer v2.3.0, pkg/runtime/core/trainingruntime.go, pkg/runtime/framework/plugins/{volcano,coscheduling}.
 */
export function gangMembers(job: V1Job, { replicatedJobs }: JobSetSpec): Finding[] {
  if (!job.gang) return []
  const told = job.runPolicy.schedulingPolicy?.['minAvailable']
  const v1 = typeof told === 'number' ? told : job.total
  const v2 = replicatedJobs.reduce((sum, { template }) => sum + Math.max(template.spec.parallelism ?? 1, 1), 0)
  if (v1 === v2) return []
  const where = formatFieldPath(told === undefined ? placeOf(job) : [...policyPath, 'minAvailable'])
  const code = v2 > v1 ? 'gang-min-member' : 'gang-partial'
  const message =
    v2 > v1
      ? `${v2} pods must have room before one starts; in v1 ${v1}`
      : `pods may start when ${v2} have room; v1 waits for ${v1}`
  return [findingAt(where, { code, message })]
}
