import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import type { V1Job } from '../v1/job.ts'
import { isTrainJobName, longestPodName, longestTrainJobName } from '../v2/names.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import { jobTitle } from './job-title.ts'
import type { Proof } from './proof.ts'

/** Throws a Problem, `name-not-taken`, for a name Trainer refuses: MPIJobs may have names with dots, and with a digit first. */
export function refuseOtherName({ object }: V1Job, { metadata }: Pick<TrainJob, 'metadata'>): void {
  const { name, generateName = '' } = metadata
  if (isTrainJobName(name ?? generateName.replace(/-$/, ''))) return
  throw new Problem({
    code: 'name-not-taken',
    what: `${jobTitle(object)} is not converted: no TrainJob can be called ${name ?? generateName}`,
    where: `metadata.${name === undefined ? 'generateName' : 'name'}`,
    why: 'the name of a TrainJob takes a-z, 0-9 and -, begins with a letter and does not end in -',
    next: ['--name NEW gives the TrainJob another name, where one job is converted'],
    exit: exitCode.no,
  })
}

/**
 * Throws a Problem, `name-too-long`, where the names of the pods JobSet makes would be longer than it takes: it refuses them, and
 * nothing but an event would tell.
 * @param proof with the pods of the TrainJob
 */
export function refuseLongName({ object }: V1Job, trainJob: TrainJob, proof: Proof): void {
  const { name, generateName = '' } = trainJob.metadata
  const given = name ?? generateName
  const most = longestTrainJobName(given, proof.v2, name === undefined)
  if (given.length <= most) return
  const field = name === undefined ? 'generateName' : 'name'
  throw new Problem({
    code: 'name-too-long',
    what: `${jobTitle(object)} is not converted: its ${field} has ${given.length} characters, and a TrainJob of this shape may have ${most}`,
    where: `metadata.${field}`,
    why: `JobSet makes pod names of it and refuses those of more than ${longestPodName} characters; the longest that works is ${given.slice(0, most).replace(/-+$/, '')}`,
    next: ['--name NEW gives the TrainJob another name, where one job is converted'],
    exit: exitCode.no,
  })
}
