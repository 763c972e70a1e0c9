import type { Conversion } from '../convert/convert.ts'
import { jobTitle } from '../convert/job-title.ts'
import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import type { Source } from '../read/sources.ts'

interface Holder {
  readonly kind: string
  readonly label: string
}

/**
 * The names of the TrainJobs of one run. v1 tells jobs apart by kind as well: a TFJob and a JAXJob of one name would be one TrainJob, and
 * the second would be refused by the API server, or take the first one's place. The same job given twice stays the same job.
 */
export class TrainJobNames {
  readonly #taken = new Map<string, Holder>()

  /** Takes a conversion's name; the Problem where a job of another kind has it. */
  taken({ label }: Source, { job, trainJob }: Conversion): Problem | undefined {
    const { name, namespace = '' } = trainJob.metadata
    if (name === undefined) return undefined
    const key = `${namespace}/${name}`
    const { kind } = job.object
    const holder = this.#taken.get(key)
    if (!holder) this.#taken.set(key, { kind, label })
    if (!holder || holder.kind === kind) return undefined
    return new Problem({
      code: 'name-taken',
      what: `${jobTitle(job.object)} is not converted: the ${holder.kind} of ${holder.label} is TrainJob ${name} already`,
      where: 'metadata.name',
      why: 'v1 tells jobs of one name apart by their kind; TrainJobs are all of one kind',
      next: ['--name NEW gives it another name, in a run of its own'],
      exit: exitCode.no,
    })
  }
}
