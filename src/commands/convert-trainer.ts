import { acceptedCodes } from '../convert/accepted.ts'
import { type Rewriting, rewriteRuntime, rewriteTrainJob } from '../convert/rewrite/rewrite.ts'
import type { TrainerObject } from '../convert/rewrite/versions.ts'
import type { ServerValidation } from '../execute/validate-conversion.ts'
import { Problem } from '../problem.ts'
import type { RuntimeShelf } from '../read/runtimes.ts'
import type { Source } from '../read/sources.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import { changesRefused, located, refusalOf } from './convert-faults.ts'
import type { Settings } from './convert-settings.ts'

/** One of Trainer's own objects, as it was found. */
export type TrainerSource = Extract<Source, { is: 'other' }> & { readonly object: TrainerObject }

export type RewriteSettings = Pick<Settings, 'accept' | 'accepted' | 'strict' | 'namespace'> & {
  /** release of Trainer to write for */
  readonly to: Dialect
  /** runtimes beside those that are rewritten themselves */
  readonly shelf?: RuntimeShelf
  /** of --validate=server */
  readonly validation?: ServerValidation
}

interface Decided {
  readonly source: TrainerSource
  /** absent: it fits already */
  readonly rewriting?: Rewriting | Error
}

/** Trainer's own objects for another release, runtimes first, as Trainer refuses a TrainJob without one. */
export async function rewriteAll(sources: readonly TrainerSource[], settings: RewriteSettings): Promise<Decided[]> {
  const runtimes = sources.flatMap(({ object }) => (object.kind === 'TrainJob' ? [] : [object]))
  const isJob = ({ object }: TrainerSource) => object.kind === 'TrainJob'
  const ordered = [...sources.filter((source) => !isJob(source)), ...sources.filter(isJob)]
  const decided: Decided[] = []
  for (const source of ordered) decided.push({ source, rewriting: await rewriteOne(source, runtimes, settings) })
  return decided
}

async function rewriteOne(
  { object, whereOf }: TrainerSource,
  own: readonly TrainingRuntime[],
  settings: RewriteSettings,
): Promise<Rewriting | Error | undefined> {
  const { to, strict, validation } = settings
  const accept = acceptedCodes(settings)
  try {
    const rewriting =
      object.kind === 'TrainJob'
        ? rewriteTrainJob(object, await runtimeOf(object, own, settings), { to, accept })
        : rewriteRuntime(object, { to, accept })
    if (!rewriting) return undefined
    await validation?.checkAlone(rewriting.object)
    const title = `${object.kind} ${object.metadata.name ?? ''} is not rewritten`
    return (strict ? changesRefused(title, rewriting.findings, accept) : undefined) ?? rewriting
  } catch (error) {
    return error instanceof Problem ? located(error, whereOf) : refusalOf(error)
  }
}

/** The runtime a TrainJob refers to: of the same run, else of --runtimes or of the cluster. */
async function runtimeOf(
  { spec, metadata }: TrainJob,
  own: readonly TrainingRuntime[],
  { shelf, namespace }: RewriteSettings,
): Promise<TrainingRuntime | undefined> {
  const { name, kind = 'ClusterTrainingRuntime' } = spec.runtimeRef ?? {}
  const where = metadata.namespace ?? namespace
  const isIt = (runtime: TrainingRuntime) =>
    runtime.metadata.name === name &&
    runtime.kind === kind &&
    (kind === 'ClusterTrainingRuntime' || (runtime.metadata.namespace ?? namespace) === where)
  return (
    own.find(isIt) ??
    (await shelf?.of(where))?.find((runtime) => runtime.metadata.name === name && runtime.kind === kind)
  )
}
