import { agreedConversion } from '../convert/agreed.ts'
import type { Conversion } from '../convert/convert.ts'
import type { Refused } from '../migration/guards/guard.ts'
import { someOf } from '../migration/words.ts'
import type { Reviewed } from '../read/reviewed-file.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'

/** The conversion with the TrainJob and runtime of the reviewed file, or why it is refused where those do something else by now. */
export function asAgreed(
  ours: Conversion,
  reviewed: Reviewed | undefined,
  dialect: Dialect,
): Conversion | (Refused & { readonly code: string }) {
  if (!reviewed) return ours
  const agreed = agreedConversion(ours, reviewed, dialect)
  if (!('differences' in agreed)) return agreed
  const { name, namespace, object } = ours.job
  const job = `${object.kind.toLowerCase()}/${name} -n ${namespace}`
  if (reviewed.trainJob.spec.runtimeRef.kind === 'ClusterTrainingRuntime') return ofTheCluster(reviewed, job)
  return {
    code: 'file-differs',
    message: `it is not what ${reviewed.path} says: ${someOf(agreed.differences)}`,
    why: 'v1, the flags or the decisions are not those of the review, or the file does something else',
    remedy: [`$0 convert ${job}   (for what it would be now: to be reviewed again)`],
  }
}

/** A cutover makes the runtime of its job, and whoever moves a job has rights in its namespace alone. */
function ofTheCluster({ path, trainJob }: Reviewed, job: string): Refused & { readonly code: string } {
  return {
    code: 'file-differs',
    message: `the TrainJob of ${path} is on ClusterTrainingRuntime ${trainJob.spec.runtimeRef.name}`,
    why: 'a cutover makes TrainingRuntimes of the job’s namespace, and moves no job onto one of the cluster',
    remedy: [`$0 convert ${job}   (without --cluster-runtimes: to be reviewed)`],
  }
}
