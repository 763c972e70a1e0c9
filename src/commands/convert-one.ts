import { build } from '../cli/build.ts'
import { acceptedCodes } from '../convert/accepted.ts'
import { type Conversion, convertJob } from '../convert/convert.ts'
import type { Decisions } from '../convert/decisions.ts'
import { jobTitle } from '../convert/job-title.ts'
import { Problem } from '../problem.ts'
import { parseRuntimeReference, pickRuntime, type RuntimeShelf } from '../read/runtimes.ts'
import type { Source } from '../read/sources.ts'
import type { TrainingRuntime } from '../v2/trainjob.ts'
import type { LazyCluster } from './convert-cluster.ts'
import { changesRefused, located, refusalOf } from './convert-faults.ts'
import { shortName } from './convert-rows.ts'
import { decided, type Settings } from './convert-settings.ts'

/** What the jobs of a run have in common. */
export interface Run {
  readonly settings: Settings
  readonly decisions?: Decisions
  /** of --runtimes */
  readonly shelf?: RuntimeShelf
  /** for jobs of files whose runtime is named */
  readonly cluster: LazyCluster
}

/** The conversion of one job, or the Problem that stands in its way; a bug is thrown. What was accepted until a day before `now` is so no longer. */
export async function convertOne(
  source: Extract<Source, { is: 'job' }>,
  common: Run,
  now: Date,
): Promise<Conversion | Problem> {
  const { object, live, dialect, configMaps, whereOf } = source
  try {
    const settings = await settingsFor(source, common, now)
    const conversion = convertJob(object, {
      ...settings,
      live,
      configMaps: await configMaps?.of(object),
      dialect: dialect ?? settings.dialect,
      toolVersion: build.version,
    })
    if (!settings.strict) return conversion
    const title = `${jobTitle(conversion.job.object)} is not converted`
    return changesRefused(title, conversion.findings, acceptedCodes(settings)) ?? conversion
  } catch (error) {
    if (error instanceof Problem) return located(error, whereOf)
    throw error
  }
}

/** The settings of one job, with its decisions, and with the runtimes it can use: those of --runtimes, else those of its cluster. */
async function settingsFor(source: Extract<Source, { is: 'job' }>, common: Run, now: Date): Promise<Settings> {
  const { object } = source
  const settings = decided(common.settings, object, common.decisions, now)
  const named = settings.runtimeNamed
  const shelf = common.shelf ?? source.shelf
  if (!shelf && named === undefined) return settings
  if (shelf) {
    const runtimes = await shelf.of(object.metadata.namespace ?? settings.namespace)
    return named === undefined ? { ...settings, runtimes } : { ...settings, runtime: pick(runtimes, named) }
  }
  const cluster = await common.cluster.open()
  const namespace = object.metadata.namespace ?? settings.namespace ?? cluster.namespace
  const runtime = pick(await cluster.shelf.of(namespace), named ?? '')
  return {
    ...settings,
    namespace: settings.namespace ?? namespace,
    dialect: settings.dialect ?? cluster.dialect,
    runtime,
  }
}

function pick(runtimes: readonly TrainingRuntime[], named: string): TrainingRuntime {
  return pickRuntime(runtimes, parseRuntimeReference(named))
}

/** The conversion when the server takes it, else its refusal. Throws what is no refusal: a server that cannot be reached. */
export async function validated(
  conversion: Conversion,
  { cluster }: Run,
  note: (text: string) => void,
): Promise<Conversion | Error> {
  const { validation } = await cluster.open()
  try {
    const { whole, said } = await validation.check(conversion)
    if (!whole) note(`${shortName(conversion.job.object)}: ${said}`)
    return conversion
  } catch (error) {
    return refusalOf(error)
  }
}
