import type { Cluster } from '../cluster/cluster.ts'
import { creatorOf } from '../kube/creator.ts'
import type { KubeObject } from '../kube/object.ts'
import { podState } from '../kube/pod-state.ts'
import { carriedMigration, recordToContinue } from '../migration/choose-record.ts'
import { suspendBefore } from '../migration/course.ts'
import type { Subject } from '../migration/facts.ts'
import { type FinalizeEvidence, isComplete } from '../migration/finalize.ts'
import { finalizeGuards } from '../migration/guards/finalize.ts'
import type { Refused } from '../migration/guards/guard.ts'
import { refusals } from '../migration/guards/index.ts'
import { holdOf } from '../migration/hold.ts'
import { readRestored } from '../migration/restored.ts'
import { settle } from '../read/gaps.ts'
import { readRecordsOfJob } from '../read/job-records.ts'
import type { StoredRecord } from '../read/records.ts'
import { lastRecordOf } from '../read/records-of-name.ts'
import type { JobReference } from '../read/reference.ts'
import { findJob, type ResolvedJob, resolveJob } from '../read/resolve.ts'
import { readBelongings } from '../read/taken-along.ts'
import { v2NameOf } from '../read/twins.ts'
import { checkRights } from './check-rights.ts'
import { Observer } from './observer.ts'
import { refusedProblem } from './prepare-refusals.ts'
import { parsedJob } from './prepare-rollback.ts'

export interface FinalizeQuestion {
  readonly reference: JobReference
  readonly namespace: string
  /** --even-if-unproven */
  readonly evenIfUnproven: boolean
  readonly accepted: readonly string[]
  /** what comparing it with another run of v1 says: `match`, `differs`, `inconclusive`; absent where none was named */
  readonly verdict?: string
  readonly now: () => Date
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** A held v1 job with all that decides whether it may be deleted. */
export interface PreparedFinalize {
  readonly subject: Subject
  readonly observer: Observer
  readonly evidence: FinalizeEvidence
  /** what refuses the deletion */
  readonly refused: readonly (Refused & { readonly code: string })[]
  /** absent where nothing tells of the cutover that held it: refused then */
  readonly stored?: StoredRecord
}

/** A job whose v1 object is gone already, by finalize or by somebody's hand. */
export interface AlreadyGone {
  readonly stored: StoredRecord
}

/**
 * Reads what a deletion of v1 is decided on. Nothing is written. Throws a Problem as `resolveJob` does; `guard-revived` (exit 1) for a
 * v1 job that somebody made under the name of one that was moved; `guard-rights`.
 */
export async function prepareFinalize(
  cluster: Cluster,
  question: FinalizeQuestion,
): Promise<PreparedFinalize | AlreadyGone> {
  const { reference, namespace } = question
  const found = reference.kind === 'TrainJob' ? undefined : await findJob(cluster, reference, namespace, 'finalize')
  if (!found) {
    const stored =
      reference.kind === 'TrainJob' ? undefined : await lastRecordOf(cluster, reference, namespace, 'finalize')
    if (stored && isGone(stored)) return { stored }
    await resolveJob(cluster, reference, namespace, 'finalize')
    throw new Error('a job came while it was looked for')
  }
  const { kind, object: v1 } = found
  await checkRights(cluster, 'finalize', { kind: kind.resource, extras: false, runtimeExists: true }, v1)
  const { name = reference.name, uid = '' } = v1.metadata
  const { name: trainJobName, twin } = await v2NameOf(cluster, namespace, name, uid, readRestored(v1)?.uid)
  const observer = new Observer(cluster, { kind, namespace, name, trainJobName, uid }, question)
  const [{ records, formerUid }] = await settle(readRecordsOfJob(cluster, namespace, v1), observer.read())
  const carried = carriedMigration(observer.facts, uid, formerUid)
  if (carried === undefined && holdOf(observer.facts.v1) === undefined) await refuseRevived(cluster, found, namespace)
  const stored = recordToContinue(records, carried)
  const { facts } = observer
  const belongings = await readBelongings(cluster, namespace, uid, { pods: facts.v2Pods, jobSet: facts.jobSet })
  const subject = subjectOf(
    found,
    namespace,
    trainJobName,
    carried,
    formerUid,
    facts.v1Pods.filter((pod) => podState(pod).ready).length,
  )
  const { accepted, verdict } = question
  const evidence = {
    facts,
    plan: subject,
    ...belongings,
    accepted,
    verdict,
    twin,
    proof: proofOf(question, isComplete(facts)),
  }
  const all = refusals(finalizeGuards, evidence)
  // of a job that no cutover holds nothing else is worth a word
  const unheld = holdOf(facts.v1) === undefined
  const refused = unheld ? all.filter(({ code }) => code === 'not-held') : all
  if (stored !== 'gone' && stored !== undefined) return { subject, observer, evidence, refused, stored }
  return { subject, observer, evidence, refused: refused.length > 0 ? refused : [unrecorded(subject)] }
}

/** The manifest is found by the record. */
function unrecorded({ kind, name, namespace }: Subject): Refused & { readonly code: string } {
  return {
    code: 'record-gone',
    message: 'the record of its cutover is gone',
    why: 'nothing would tell where its manifest is kept once v1 is deleted',
    remedy: [
      `kubectl get ${kind.resource.plural} ${name} -n ${namespace} -o yaml > ${name}-v1.yaml   (keep it)`,
      `kubectl delete ${kind.resource.plural} ${name} -n ${namespace}   (does what finalize would)`,
    ],
  }
}

/** Only work that stood can be found done. */
function isGone({ record: { state } }: StoredRecord): boolean {
  return state === 'finalizing' || state === 'finalized' || state === 'moved'
}

function proofOf({ verdict, evenIfUnproven }: FinalizeQuestion, complete: boolean): string | undefined {
  if (complete) return 'the TrainJob is Complete'
  if (verdict === 'match') return 'compare says match'
  return evenIfUnproven ? 'not proven: --even-if-unproven' : undefined
}

function subjectOf(
  { kind, object: v1 }: ResolvedJob,
  namespace: string,
  trainJobName: string,
  migration: string | undefined,
  formerUid: string | undefined,
  ready: number,
): Subject {
  const { name = '', uid = '' } = v1.metadata
  const job = parsedJob(kind, v1)
  return {
    ...{ kind, namespace, name, trainJobName, uid, formerUid, migration, job, sawStop: true },
    suspendBefore: suspendBefore(job, { v1, workloads: [] }),
    readyBefore: holdOf(v1)?.ready ?? ready,
  }
}

/** A new job of a moved job's name is nobody's leftover. */
async function refuseRevived(cluster: Cluster, { kind, object }: ResolvedJob, namespace: string): Promise<void> {
  const { name = '', uid } = object.metadata
  const stored = await lastRecordOf(cluster, { kind: kind.kind, name }, namespace, 'finalize')
  if (!stored || stored.record.uid === uid || !isGone(stored)) return
  throw refusedProblem(object, [revived(object)], 'finalized')
}

function revived({ kind, metadata }: KubeObject) {
  const { name, namespace, creationTimestamp } = metadata
  return {
    code: 'revived',
    message: `the ${kind} of this name is not the one that was moved: ${creatorOf(metadata)} made it at ${creationTimestamp}`,
    why: 'the one that was moved is gone already; a new job is never deleted',
    remedy: [`$0 status ${kind.toLowerCase()}/${name} -n ${namespace}`],
  }
}
