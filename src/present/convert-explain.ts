import type { Conversion } from '../convert/convert.ts'
import { explainsPath } from '../convert/explained.ts'
import type { Finding } from '../convert/finding.ts'
import type { Rewriting } from '../convert/rewrite/rewrite.ts'
import { neutralise } from '../kube/text.ts'
import { pad } from './width.ts'

/** Why some values that differ are the operators' own machinery, and how many there are. */
interface Folded {
  readonly code: string
  readonly why: string
  readonly values: number
}

/** The proof of one conversion by numbers: what was compared, what was folded away, what findings explain. */
export interface ProofSummary {
  readonly pods: readonly {
    readonly v1: string
    readonly v2: string
    readonly values: number
    readonly same: number
    readonly folded: number
    readonly explained: number
  }[]
  readonly folded: readonly Folded[]
}

/** Counts a proof's values. */
export function proofSummary({ proof, findings }: Conversion): ProofSummary {
  const folded = new Map<string, Folded>()
  const pods = proof.comparison.pairs.map(({ label, v2, leaves }) => {
    for (const { cause } of leaves) {
      if (!cause) continue
      const key = `${cause.code}\0${cause.why}`
      folded.set(key, { code: cause.code, why: cause.why, values: (folded.get(key)?.values ?? 0) + 1 })
    }
    const count = (verdict: string) => leaves.filter((leaf) => leaf.verdict === verdict).length
    const explained = leaves.filter(
      ({ verdict, path }) => verdict === 'different' && findings.some((finding) => explainsPath(finding, path)),
    )
    return {
      v1: label,
      v2: `${v2.role}-${v2.index}`,
      values: leaves.length,
      same: count('same'),
      folded: count('harmless'),
      explained: explained.length,
    }
  })
  return { pods, folded: [...folded.values()] }
}

/** The proof of one conversion as lines: pods, normalisations, and all findings, those of class same too. */
export function explainConversion(conversion: Conversion): string[] {
  const { job, runtime, reused, findings } = conversion
  const { namespace } = job.object.metadata
  const name = namespace === undefined ? job.name : `${namespace}/${job.name}`
  const { pods, folded } = proofSummary(conversion)
  const where = `${runtime.kind} ${runtime.metadata.name}${reused ? ', which exists' : ''}`
  return [
    `${neutralise(name)}: ${job.info.kind} on ${where}`,
    ...pods.map(
      ({ v1, v2, values, same, folded: hidden, explained }) =>
        ` pod ${v1} is ${v2}: ${values} values, ${same} the same, ${hidden} folded away${explained > 0 ? `, ${explained} explained by findings` : ''}`,
    ),
    ...folded.map(({ code, why, values }) => ` folded  ${code} (${values}): ${why}`),
    ...(findings.length === 0 ? [' no findings: everything is carried as it stands'] : findings.map(findingLine)),
  ]
}

/** What became of a rewritten object as lines. */
export function explainRewriting({ object, from, to, findings, pods }: Rewriting): string[] {
  const { namespace, name } = object.metadata
  const proof = pods === undefined ? [] : [` the JobSet is the same in all values but those of findings, ${pods} pods`]
  return [
    `${neutralise(namespace === undefined ? `${name}` : `${namespace}/${name}`)}: ${object.kind} of Trainer ${from.release} for ${to.release}`,
    ...proof,
    ...findings.map(findingLine),
  ]
}

/** A rewritten object in `-o ledger`. */
export function rewritingItem({ object, from, to, findings, pods }: Rewriting): Record<string, unknown> {
  const { namespace, name } = object.metadata
  return {
    kind: object.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    outcome: 'rewritten',
    from: from.version,
    to: to.version,
    ...(pods === undefined ? {} : { proof: { pods } }),
    findings,
  }
}

function findingLine({ class: kind, code, path, message, why, explains = [] }: Finding): string {
  const told = explains.length > 0 ? `; explains ${explains.join(', ')}` : ''
  return ` ${pad(kind, 7)} ${code}   ${neutralise(path)}: ${neutralise(message)}${why === undefined ? '' : ` (${neutralise(why)})`}${told}`
}

/** One job in `-o ledger`. */
export function ledgerItem(conversion: Conversion): Record<string, unknown> {
  const { job, trainJob, runtime, reused, findings } = conversion
  const { namespace } = job.object.metadata
  return {
    kind: job.info.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name: job.name,
    outcome: 'proved',
    trainJob: trainJob.metadata.name ?? trainJob.metadata.generateName,
    runtime: { kind: runtime.kind, name: runtime.metadata.name, exists: reused },
    proof: proofSummary(conversion),
    findings,
  }
}
