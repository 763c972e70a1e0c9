import { resources } from '../../kube/resources.ts'
import { type FinalizeEvidence, isComplete, v2Idle } from '../finalize.ts'
import { readHold } from '../hold.ts'
import { isOurs } from '../ownership.ts'
import { someOf } from '../words.ts'
import type { Guard } from './guard.ts'

function jobOf({ plan: { kind, name, namespace } }: FinalizeEvidence): string {
  return `${kind.kind.toLowerCase()}/${name} -n ${namespace}`
}

/** Only what a cutover holds is deleted: its way back is recorded. */
const notHeld: Guard<FinalizeEvidence> = {
  code: 'not-held',
  check(evidence) {
    const { v1 } = evidence.facts
    const hold = v1 && readHold(v1)
    if (hold && 'hold' in hold) return undefined
    const remedy = [`$0 status ${jobOf(evidence)}`]
    if (!hold)
      return { message: 'v1 is not held by a cutover', remedy: [...remedy, `$0 cutover ${jobOf(evidence)}   (first)`] }
    const why = 'what would be deleted is not what was moved'
    return { message: `v1 is held, and ${hold.stale}`, why, remedy }
  },
}

/** Without a v2 that does its work, v1 is all there is. */
const v2Absent: Guard<FinalizeEvidence> = {
  code: 'v2-not-running',
  check(evidence) {
    const { facts, plan } = evidence
    const theirs = facts.trainJob && !isOurs(facts.trainJob, plan)
    const idle = theirs ? `the TrainJob ${plan.trainJobName} was not made from this ${plan.kind.kind}` : v2Idle(facts)
    if (idle === undefined) return undefined
    const why = 'v1 is the only way to train it'
    return { message: idle, why, remedy: [`$0 status ${jobOf(evidence)}`, `$0 rollback ${jobOf(evidence)}`] }
  },
}

/** That pods run says nothing of what they compute. */
const unproven: Guard<FinalizeEvidence> = {
  code: 'unproven',
  check(evidence) {
    const { proof, verdict, facts } = evidence
    if (proof !== undefined || isComplete(facts)) return undefined
    const said = verdict === undefined ? 'nothing says yet that v2 trains as v1 did' : `compare says ${verdict}`
    return {
      message: `${said}: the TrainJob is not Complete`,
      why: 'v1’s pods went with the hold, and their logs with them: only saved ones can be compared',
      remedy: [
        `$0 finalize ${jobOf(evidence)} --v1 RUN   (RUN: saved logs of v1, or another job; compare must say match)`,
        `$0 finalize ${jobOf(evidence)} --even-if-unproven`,
      ],
    }
  },
}

const plurals = {
  PersistentVolumeClaim: resources.persistentVolumeClaims,
  ConfigMap: resources.configMaps,
  Secret: resources.secrets,
  ServiceAccount: resources.serviceAccounts,
} as const

/** The garbage collector deletes what the v1 job alone owns, whoever uses it. */
const ownedByV1: Guard<FinalizeEvidence> = {
  code: 'owned-by-v1',
  check({ takenAlong, plan, facts }) {
    const used = takenAlong.filter((object) => object.used)
    if (used.length === 0) return undefined
    const { uid = 'UID', name } = facts.trainJob?.metadata ?? {}
    const owner = { apiVersion: 'trainer.kubeflow.org/v1alpha1', kind: 'TrainJob', name, uid }
    const patch = (value: unknown) =>
      `-n ${plan.namespace} --type merge -p '${JSON.stringify({ metadata: { ownerReferences: value } })}'`
    return {
      message: `v2’s pods use ${someOf(used.map((object) => `${object.kind} ${object.name}`))}, which v1 owns`,
      why: 'Kubernetes deletes what a deleted object owned',
      remedy: used.flatMap((object) => {
        const target = `kubectl patch ${plurals[object.kind].plural} ${object.name}`
        return [
          `${target} ${patch([owner])}   (goes with the TrainJob then)`,
          `${target} ${patch(null)}   (stays for good)`,
        ]
      }),
    }
  },
}

/** Who may not read a Secret does not know whose it is. */
const ownersUnknown: Guard<FinalizeEvidence> = {
  code: 'owners-unknown',
  check({ unread, accepted, plan }) {
    if (unread.length === 0 || accepted.includes('owners-unknown')) return undefined
    return {
      message: `v2’s pods use Secret ${someOf(unread)}, and you may not read whether v1 owns it`,
      why: 'Kubernetes deletes what a deleted object owned',
      remedy: [
        ...unread.map(
          (name) =>
            `kubectl get secret ${name} -n ${plan.namespace} -o jsonpath='{.metadata.ownerReferences}'   (by somebody who may: prints nothing if nobody owns it)`,
        ),
        '--accept owners-unknown   (where v1 owns none of them)',
      ],
    }
  },
}

/** With v1 goes what tells whose twin it is. */
const twinLeft: Guard<FinalizeEvidence> = {
  code: 'twin-left',
  check({ twin, plan: { namespace } }) {
    if (twin === undefined) return undefined
    return {
      message: `its twin, TrainJob ${twin}, is still there`,
      why: 'with v1 gone nobody would know what it was compared with',
      remedy: [`kubectl delete trainjob ${twin} -n ${namespace}   (then finalize again)`],
    }
  },
}

/** Before v1 is deleted for good, in the order they are told. */
export const finalizeGuards: readonly Guard<FinalizeEvidence>[] = [
  notHeld,
  v2Absent,
  twinLeft,
  unproven,
  ownedByV1,
  ownersUnknown,
]
