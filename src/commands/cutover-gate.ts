import type { ConnectionFlags } from '../cluster/cluster.ts'
import type { Env } from '../env.ts'
import { refusedProblem } from '../execute/prepare-refusals.ts'
import type { Facts, Plan } from '../migration/facts.ts'
import { compareVerdict } from './finalize-proof.ts'

export const gateFlag = {
  type: 'string',
  value: 'GATE',
  choices: ['compare'],
  describe: 'compare: refuse unless `compare` says that the twin which `start` made trains as v1 does',
  group: 'Safety',
} as const

/**
 * Compares v1 with its twin as `compare NAME` does. Throws a Problem (`guard-compare`, exit 1) where there is no twin or the verdict is no
 * `match`, and as compare does where logs cannot be read. A cutover that has begun goes on: it was asked before.
 * @param begun an earlier run has begun it
 */
export async function requireMatch(
  env: Env,
  connection: ConnectionFlags,
  { twin, trainJob }: Facts,
  { kind, namespace, name, conversion }: Plan,
  begun: boolean,
): Promise<void> {
  if (begun) return
  const reference = `${kind.kind.toLowerCase()}/${name}`
  const refuse = (message: string, next: string) =>
    refusedProblem(conversion.job.object, [{ code: 'compare', message, remedy: [next] }])
  // a twin that takes v1's place is the TrainJob itself
  const beside = (twin?.trainJob ?? trainJob)?.metadata.name
  if (beside === undefined) {
    throw refuse(
      '--gate compare needs a twin that trains beside it, and there is none',
      `$0 start ${reference} -n ${namespace}   (then give both some steps)`,
    )
  }
  const verdict = await compareVerdict(env, { positionals: [reference], connection: { ...connection, namespace } })
  if (verdict === 'match') return
  throw refuse(
    `--gate compare needs a match with its twin ${beside}, and the verdict is ${verdict}`,
    `$0 compare ${reference} -n ${namespace}   (what differs, or lacks)`,
  )
}
