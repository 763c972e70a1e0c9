import { exitCode } from '../exit-code.ts'
import { formatFieldPath, type PathStep } from '../kube/field-path.ts'
import { Problem } from '../problem.ts'
import type { V1Job } from '../v1/job.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { dialects } from '../v2/dialects/index.ts'
import { templatePath } from './intent.ts'
import { jobTitle } from './job-title.ts'

/** Paths in a job of pod fields that the runtimes of a release of Trainer do not have: its API server would drop them. */
function tooNew(job: V1Job, { newerPodFields }: Dialect): string[] {
  if (!newerPodFields) return []
  return job.replicas.flatMap(({ key, template }) =>
    pathsIn(template, [])
      .filter((path) => newerPodFields.test(formatFieldPath(path)))
      .map((path) => formatFieldPath([...templatePath(job, key), ...path])),
  )
}

/** Throws a Problem, `field-too-new`, where a job has such a field. */
export function refuseTooNew(job: V1Job, dialect: Dialect): void {
  const paths = tooNew(job, dialect)
  if (paths.length === 0) return
  const first = dialects.find((each) => tooNew(job, each).length === 0)
  throw new Problem({
    code: 'field-too-new',
    what: `${jobTitle(job.object)} is not converted: Trainer ${dialect.version} does not know ${paths.join(', ')}`,
    where: paths[0],
    why: `the pod templates of its runtimes have no such field, and the API server would drop it`,
    next: ['remove the field', ...(first ? [`upgrade Trainer, and --target-version ${first.version}`] : [])],
    exit: exitCode.no,
  })
}

function pathsIn(value: unknown, path: PathStep[]): PathStep[][] {
  if (typeof value !== 'object' || value === null) return []
  const members: [PathStep, unknown][] = Array.isArray(value)
    ? value.map((item, at) => [at, item])
    : Object.entries(value)
  return members.flatMap(([step, item]) => [[...path, step], ...pathsIn(item, [...path, step])])
}
