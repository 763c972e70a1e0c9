import { neighbourSentence } from '../../compare/neighbours.ts'
import { someOf } from '../words.ts'
import type { Guard, TargetEvidence } from './guard.ts'

/** What lets v1's pods talk, keeps them from being evicted or watches them would not know v2's. */
export const policyLabels: Guard<TargetEvidence> = {
  code: 'policy-labels',
  check({ facts, plan, neighbours, accepted }) {
    const lost = neighbours.filter(({ verdict }) => verdict === 'lost')
    // a cutover that has begun goes on: it was asked before
    if (lost.length === 0 || accepted.includes('policy-labels') || facts.trainJob) return undefined
    const { namespace, name, kind } = plan
    return {
      message: someOf(lost.map(neighbourSentence)),
      why: 'they select by labels or names that only Training Operator gives its pods',
      remedy: [
        `--pod-labels v1   (keeps the labels; $0 diff ${kind.kind.toLowerCase()}/${name} -n ${namespace} --pod-labels v1 shows what then remains)`,
        '--accept policy-labels   (where v2’s pods do not need them)',
      ],
    }
  },
}
