import { exitCode } from '../exit-code.ts'
import { closest } from '../kube/closest.ts'
import { formatFieldPath } from '../kube/field-path.ts'
import { Problem } from '../problem.ts'
import { fieldTypes, unknownFields } from '../v1/field-types.ts'
import type { V1Job } from '../v1/job.ts'
import { templatePath } from './intent.ts'
import { jobTitle } from './job-title.ts'
import type { Path } from './ledger.ts'

/** How many fields are told of. */
const most = 5

/**
 * Refuses a job with fields that would be dropped: those that v1's API server drops itself, as they are none of a pod spec, and leaves of the
 * job that no feature carries. Throws a Problem, `field-not-carried`.
 */
export function refuseUnknown(job: V1Job, unaccounted: readonly Path[]): void {
  const dropped = job.replicas.flatMap(({ key, template }) =>
    unknownFields(template.spec, fieldTypes.podSpec).map(({ path, known }) => {
      const [near] = closest(String(path.at(-1)), known)
      return {
        path: [...templatePath(job, key), 'spec', ...path],
        hint: near === undefined ? '' : ` (did you mean ${near}?)`,
      }
    }),
  )
  const others = unaccounted.filter((leaf) => !dropped.some(({ path }) => path.every((step, at) => leaf[at] === step)))
  const left = [
    ...dropped.map(({ path, hint }) => `${formatFieldPath(path)}${hint}`),
    ...others.map((path) => formatFieldPath(path)),
  ]
  const [first] = dropped.length > 0 ? dropped.map(({ path }) => path) : others
  if (!first) return
  const more = left.length > most ? ` and ${left.length - most} more` : ''
  throw new Problem({
    code: 'field-not-carried',
    what: `${jobTitle(job.object)} is not converted: ${left.length === 1 ? 'a field' : `${left.length} fields`} would be dropped`,
    where: formatFieldPath(first),
    why: `this version does not know ${left.slice(0, most).join(', ')}${more}`,
    next: ['remove the field if Training Operator ignores it'],
    exit: exitCode.no,
  })
}
