import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import type { V1Job } from '../v1/job.ts'
import { annotations, type TrainJob } from '../v2/trainjob.ts'
import type { Acceptance } from './decisions.ts'
import type { Finding } from './finding.ts'
import { jobTitle } from './job-title.ts'

/** What somebody agreed to lose. */
export interface Accepted {
  /** codes of `lost` findings that are accepted by name */
  readonly accept?: readonly string[]
  /** the same with reasons, of a decisions file; recorded on the TrainJob */
  readonly accepted?: readonly Acceptance[]
  /** acceptances that hold no longer: a job they were for is refused */
  readonly expired?: readonly Acceptance[]
}

/** Codes that are accepted, by a flag or by a decisions file. */
export function acceptedCodes({ accept = [], accepted = [] }: Accepted): string[] {
  return [...accept, ...accepted.map(({ code }) => code)]
}

/** Throws a Problem, `lost`, where findings of class lost are not accepted by their code. */
export function refuseLost(job: V1Job, findings: readonly Finding[], accept: readonly string[]): void {
  const lost = findings.filter((finding) => finding.class === 'lost' && !accept.includes(finding.code))
  const [first] = lost
  if (!first) return
  const paths = new Set(lost.map(({ path }) => path))
  const alone = paths.size === 1
  const refused = lost.some(({ code }) => code === 'pods-refused')
  const unkept = `v2 cannot keep ${alone ? first.path : `${paths.size} of its fields`}`
  throw new Problem({
    code: 'lost',
    what: `${jobTitle(job.object)} is not converted: ${refused ? 'the API server refuses its pods, on either side' : unkept}`,
    where: first.path,
    why: lost.map(({ path, message }) => (alone ? message : `${path}: ${message}`)).join('\n'),
    next: [
      ...new Set(lost.flatMap(({ code, remedy }) => [...(remedy === undefined ? [] : [remedy]), `--accept ${code}`])),
    ],
    exit: exitCode.no,
  })
}

/** Throws a Problem, `acceptance-expired`, where a finding was accepted until a date that is past, and no flag accepts it now. */
export function refuseExpired(job: V1Job, findings: readonly Finding[], { accept = [], expired = [] }: Accepted): void {
  const over = expired.filter(({ code }) => !accept.includes(code) && findings.some((finding) => finding.code === code))
  const [first] = over
  if (!first) return
  throw new Problem({
    code: 'acceptance-expired',
    what: `${jobTitle(job.object)} is not converted: ${first.code} was accepted until ${first.expires}`,
    where: findings.find(({ code }) => code === first.code)?.path,
    why: over
      .map(({ code, approver, reason, expires }) => `${code}: ${approver}, until ${expires}: ${reason}`)
      .join('\n'),
    next: over.map(({ code }) => `--accept ${code}   (or a later date in the decisions file)`),
    exit: exitCode.no,
  })
}

/** The TrainJob with a record of what was accepted of its findings, JSON in an annotation: code, approver, and what a decisions file says. */
export function withAccepted(trainJob: TrainJob, findings: readonly Finding[], options: Accepted): TrainJob {
  const codes = new Set(findings.filter(({ class: kind }) => kind !== 'same').map(({ code }) => code))
  const { accept = [], accepted = [] } = options
  const recorded = [
    ...accepted.filter(({ code }) => codes.has(code)),
    ...[...codes].filter((code) => accept.includes(code)).map((code) => ({ code, approver: '--accept' })),
  ]
  if (recorded.length === 0) return trainJob
  const { metadata } = trainJob
  const record = { [annotations.accepted]: JSON.stringify(recorded) }
  return { ...trainJob, metadata: { ...metadata, annotations: { ...metadata.annotations, ...record } } }
}
