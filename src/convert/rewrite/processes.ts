import type { EnvVar } from '../../kube/pod.ts'
import type { Dialect } from '../../v2/dialects/dialect.ts'
import { renderJobSet, UnmodelledError } from '../../v2/render.ts'
import { type TrainingRuntime, type TrainJob, trainerContainer } from '../../v2/trainjob.ts'
import type { FindingDetail } from '../finding.ts'

interface Processes {
  /** of the TrainJob; absent: Trainer counts */
  readonly processes?: number | string
  readonly finding?: FindingDetail
}

/**
 * numProcPerNode for a release that takes numbers of TrainJobs only, from one that took words, and values of runtimes: the number where
 * both would not count alike, so that as many processes start as before.
 */
export function processesFor(
  trainJob: TrainJob,
  runtime: TrainingRuntime | undefined,
  from: Dialect,
  to: Dialect,
): Processes {
  const own = trainJob.spec.trainer?.numProcPerNode
  const stays = typeof own === 'number' || to.version < '2.2' ? own : undefined
  const before = counted(trainJob, runtime, from)
  const after = counted(withProcesses(trainJob, stays), runtime && plain(runtime), to)
  if (before !== undefined && before === after) {
    return stays === own ? { processes: own } : { finding: same(`${own} is left out: Trainer counts the same`) }
  }
  if (before !== undefined && /^\d+$/.test(before)) {
    const processes = Number(before)
    return { processes, finding: same(`numProcPerNode is ${processes}, as many as Trainer ${from.release} started`) }
  }
  if (before === undefined && (stays === own || own === 'auto')) {
    return stays === own
      ? { processes: own }
      : { finding: same('auto is left out: Trainer counts the same without it') }
  }
  const told = before === undefined ? `${own} is left out` : `torchrun is told ${after} instead of ${before}`
  return {
    processes: stays,
    finding: {
      code: 'process-word',
      message: `${told}: Trainer ${to.release} counts by itself`,
      explains: [processVariable],
    },
  }
}

/** Part of the path of a value in a JobSet. */
const processVariable = 'PET_NPROC_PER_NODE'

function same(message: string): FindingDetail {
  return { code: 'dialect-field', message }
}

/** What torchrun is told; undefined where that is not known. */
function counted(trainJob: TrainJob, runtime: TrainingRuntime | undefined, dialect: Dialect): string | undefined {
  if (!runtime?.spec.mlPolicy?.torch) return undefined
  try {
    const jobs = renderJobSet(trainJob, runtime, dialect).replicatedJobs
    const containers = jobs.flatMap(({ template }) => template.spec.template.spec.containers)
    const env = containers.filter(({ name }) => name === trainerContainer).flatMap((node): EnvVar[] => node.env ?? [])
    return env.find(({ name }) => name === processVariable)?.value
  } catch (error) {
    if (error instanceof UnmodelledError) return undefined
    throw error
  }
}

/** The runtime without the value that later releases do not have. */
function plain(runtime: TrainingRuntime): TrainingRuntime {
  const { mlPolicy } = runtime.spec
  return { ...runtime, spec: { ...runtime.spec, mlPolicy: { ...mlPolicy, torch: {} } } }
}

function withProcesses(trainJob: TrainJob, processes: number | string | undefined): TrainJob {
  const { numProcPerNode: _word, ...trainer } = trainJob.spec.trainer ?? {}
  const spec = {
    ...trainJob.spec,
    trainer: { ...trainer, ...(processes === undefined ? {} : { numProcPerNode: processes }) },
  }
  // overrides say nothing of processes, and are written for one release
  return { ...trainJob, spec: { ...spec, runtimePatches: undefined } }
}
