import { isTestedRelease } from '../kube/release.ts'
import { v1Kinds } from '../v1/kinds.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { isMoveVerb, type LookVerb, type MoveVerb, type Right, rightsOf, rightTitle } from './rights.ts'
import { rightsText } from './roles.ts'

/** One operator, as far as may be seen. */
export interface OperatorFacts {
  /** of its API */
  readonly versions: readonly string[]
  /** number of webhooks for its API; absent where they may not be read */
  readonly webhooks?: number
  /** `kubeflow/training-operator`: the Deployment, or the Service, that answers its webhooks */
  readonly place?: string
  /** tag of its image */
  readonly version?: string
}

/** What runs in a cluster; an operator that was not found is absent. */
export interface Installation {
  readonly trainingOperator?: OperatorFacts
  readonly trainer?: OperatorFacts
  readonly jobSet?: OperatorFacts
  readonly kueue?: OperatorFacts
  /** kinds of kubeflow.org/v1 that are served */
  readonly v1Kinds: readonly string[]
}

/** One line of preflight. */
export interface Check {
  /** `trainer`, `cutover` */
  readonly check: string
  readonly result: 'ok' | 'warning' | 'blocks'
  readonly says: string
  /** what to do about it */
  readonly todo: readonly string[]
}

/** All that preflight judges by. */
export interface Evidence {
  readonly installation: Installation
  /** what TrainJobs are written in; undefined: Trainer is absent, or speaks a dialect nobody here knows */
  readonly dialect?: Dialect
  readonly namespace: string
  /** whether it is there; undefined where that may not be read */
  readonly namespaceExists?: boolean
  /** by verb, what the user may not; undefined where the cluster does not tell */
  readonly missing?: ReadonlyMap<LookVerb | MoveVerb, readonly Right[]>
  /** versions this build was tested with */
  readonly tested: { readonly trainingOperator: readonly string[]; readonly trainer: readonly string[] }
}

/** Whether a cluster is ready for a move, and its user for each verb. */
export function preflightChecks(evidence: Evidence): Check[] {
  return [
    trainingOperatorCheck(evidence),
    trainerCheck(evidence),
    jobSetCheck(evidence.installation),
    kueueCheck(evidence),
    ...namespaceChecks(evidence),
    ...rightsChecks(evidence),
  ]
}

function trainingOperatorCheck({ installation: { trainingOperator, v1Kinds: served }, tested }: Evidence): Check {
  const check = 'training-operator'
  const kinds = v1Kinds.map(({ kind }) => kind)
  const known = kinds.filter((kind) => served.includes(kind))
  if (!trainingOperator || known.length === 0) {
    const says = 'kubeflow.org/v1 is not served: there are no v1 jobs to move here'
    return {
      check,
      result: 'blocks',
      says,
      todo: ['see whether this is the right cluster: kubectl config current-context'],
    }
  }
  const absent = kinds.filter((kind) => !served.includes(kind))
  const lack = absent.length === 0 ? 'all six kinds' : `${known.join(', ')}, not ${absent.join(', ')}`
  return withVersion(check, trainingOperator, `serves ${lack}`, tested.trainingOperator)
}

function trainerCheck({ installation: { trainer }, dialect, tested }: Evidence): Check {
  const check = 'trainer'
  if (!trainer) {
    const says = 'trainer.kubeflow.org is not served: Trainer v2 is not installed'
    const todo = [`install Kubeflow Trainer ${tested.trainer.at(-1)} beside Training Operator, then run this again`]
    return { check, result: 'blocks', says, todo }
  }
  if (!dialect) {
    const says = 'its TrainJobs take no overrides of a kind known here'
    return { check, result: 'blocks', says, todo: ['take the newest kubectl-migrate, or a released Trainer'] }
  }
  return withVersion(
    check,
    trainer,
    `TrainJobs are written as Trainer ${dialect.version} has them (${dialect.field})`,
    tested.trainer,
  )
}

/** A version that was not tested is worth a warning, one that cannot be seen a word. */
function withVersion(check: string, facts: OperatorFacts, says: string, tested: readonly string[]): Check {
  const { version, place, webhooks } = facts
  const where = place === undefined ? '' : ` in ${place}`
  const head = version === undefined ? `version not to be seen${where}` : `${version}${where}`
  const line = `${head}; ${says}`
  if (webhooks === 0) {
    const todo = ['see whether its manager is installed: a CRD alone makes no pods']
    return { check, result: 'warning', says: `${line}; no webhook checks its objects`, todo }
  }
  if (version === undefined || isTestedRelease(version, tested)) return { check, result: 'ok', says: line, todo: [] }
  const todo = [`tested with ${tested.join(', ')}: move a job of little worth first`]
  return { check, result: 'warning', says: line, todo }
}

function jobSetCheck({ jobSet, trainer }: Installation): Check {
  const check = 'jobset'
  if (jobSet) {
    const { version = 'version not to be seen', place } = jobSet
    const says = `${version}${place === undefined ? '' : ` in ${place}`}; serves ${jobSet.versions.join(', ')}`
    return { check, result: 'ok', says, todo: [] }
  }
  const says = `jobset.x-k8s.io is not served${trainer ? ': Trainer makes no pods without it' : ''}`
  return { check, result: 'blocks', says, todo: ['install JobSet; the manifests of Trainer bring it along'] }
}

/** Kueue up to v0.16 writes its flavour into podTemplateOverrides, from v0.17 on into runtimePatches: each drops in silence elsewhere. */
function kueueCheck({ installation: { kueue }, dialect }: Evidence): Check {
  const check = 'kueue'
  if (!kueue) return { check, result: 'ok', says: 'not installed', todo: [] }
  const { version = 'version not to be seen', place } = kueue
  const head = `${version}${place === undefined ? '' : ` in ${place}`}`
  const [, major, patch] = /^v?(\d+)\.(\d+)/.exec(version) ?? []
  const release = patch === undefined ? undefined : Number(major) * 1000 + Number(patch)
  const field = release !== undefined && release < 17 ? 'podTemplateOverrides' : 'runtimePatches'
  if (release !== undefined && release < 14) {
    const says = `${head}; it does not know TrainJobs: a job moved out of its queue would run without quota`
    return { check, result: 'blocks', says, todo: ['update Kueue to v0.17 or later for jobs that are in a queue'] }
  }
  if (release !== undefined && dialect && dialect.field !== field) {
    const says = `${head}; it writes ${field} into TrainJobs, and this Trainer has ${dialect.field}: they would not start where they should`
    return {
      check,
      result: 'blocks',
      says,
      todo: ['Kueue v0.17 or later goes with Trainer v2.2 or later, v0.14 to v0.16 with v2.1'],
    }
  }
  const says = `${head}; jobs in a queue are held by their Workloads, and their TrainJobs are let into it`
  return { check, result: 'ok', says, todo: [] }
}

/** Rights are granted in namespaces that are not there, too: without this line a name that was mistyped looks ready. */
function namespaceChecks({ namespace, namespaceExists }: Evidence): Check[] {
  if (namespaceExists !== false) return []
  const says = `there is no namespace ${namespace}`
  return [{ check: 'namespace', result: 'blocks', says, todo: ['kubectl get namespaces, then -n NAMESPACE'] }]
}

function rightsChecks({ missing, namespace }: Evidence): Check[] {
  if (missing === undefined) {
    const says = 'the cluster does not tell what you may do'
    return [{ check: 'rights', result: 'warning', says, todo: [`kubectl auth can-i --list -n ${namespace}`] }]
  }
  return [...missing].map(([verb, lacks]) => rightsCheck(verb, lacks, namespace))
}

function rightsCheck(verb: LookVerb | MoveVerb, lacks: readonly Right[], namespace: string): Check {
  const check = verb
  const moves = isMoveVerb(verb)
  if (lacks.length === 0) return { check, result: 'ok', says: `you may, in namespace ${namespace}`, todo: [] }
  const role = `$0 preflight --print-rbac=${moves ? 'mover' : 'viewer'} -n ${namespace}`
  const needed = lacks.filter(({ optional }) => !optional)
  if (needed.length === 0) {
    return { check, result: 'warning', says: `it will show less: you may not ${rightsText(lacks)}`, todo: [role] }
  }
  const hard = verb === 'cutover' || verb === 'start' ? needed.filter((right) => !onlySometimes(right)) : needed
  if (hard.length > 0) return { check, result: 'blocks', says: `you may not ${rightsText(needed)}`, todo: [role] }
  const runtimes = needed.filter(({ resource }) => resource === 'trainingruntimes')
  const says = [
    ...(runtimes.length > 0 ? ['where a job needs a runtime that is not there: you may not make one'] : []),
    ...(needed.length > runtimes.length
      ? [
          `MPIJobs by kubectl exec are refused: you may not ${rightsText(needed.filter((right) => !runtimes.includes(right)))}`,
        ]
      : []),
  ]
  return { check, result: 'warning', says: says.join('; '), todo: [role] }
}

/** What only some cutovers need: to make a runtime, and the helpers of an MPIJob. */
const always = new Set(
  rightsOf('cutover', {
    kind: { group: 'kubeflow.org', version: 'v1', plural: 'pytorchjobs', kind: 'PyTorchJob', namespaced: true },
    extras: false,
    runtimeExists: true,
  })
    .filter(({ optional }) => !optional)
    .map(rightTitle),
)

function onlySometimes(right: Right): boolean {
  return right.group !== 'kubeflow.org' && !always.has(rightTitle(right))
}
