import type { Invocation } from '../cli/command.ts'
import { runtimeNameFault } from '../convert/build.ts'
import type { Style } from '../convert/choose.ts'
import type { ConvertOptions } from '../convert/convert.ts'
import { type Decisions, decisionsFor } from '../convert/decisions.ts'
import type { MpiTransport } from '../convert/features/mpi.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import { Problem } from '../problem.ts'
import { namedDialect } from '../read/dialect.ts'
import { isTrainJobName } from '../v2/names.ts'
import type { flags } from './convert-flags.ts'

/** What is alike for all jobs of a run. */
export type Settings = Omit<ConvertOptions, 'live' | 'toolVersion'> & {
  readonly strict: boolean
  /** by --runtime or by a decision */
  readonly runtimeNamed?: string
}

/** What the flags say of every job alike. Throws a Problem for values that say nothing. */
export function settingsOf({ flags: given, connection }: Invocation<typeof flags>): Settings {
  const { name, 'runtime-name': runtimeName = '' } = given
  if (name !== undefined) checkName(name)
  const fault = runtimeNameFault(runtimeName)
  if (fault !== undefined) {
    throw new Problem({ code: 'usage', what: `--runtime-name ${runtimeName}: ${fault}`, exit: exitCode.usage })
  }
  return {
    name,
    runtimeName,
    clusterRuntimes: given['cluster-runtimes'],
    runtimeNamed: given.runtime,
    style: given.style as Style,
    podLabels: given['pod-labels'] as 'v1' | undefined,
    gangScheduler: given['gang-scheduler'],
    dialect: namedDialect(given['target-version']),
    mpi: given.mpi as MpiTransport | undefined,
    namespace: connection.namespace,
    accept: given.accept,
    strict: given.strict,
    run: given.run,
  }
}

function checkName(name: string): void {
  if (isTrainJobName(name)) return
  throw new Problem({
    code: 'usage',
    what: `--name ${name} is no name of a TrainJob: it takes a-z, 0-9 and -, begins with a letter and does not end in -`,
    exit: exitCode.usage,
  })
}

/** The settings for one job: what a decisions file says of it holds where no flag says otherwise. */
export function decided(settings: Settings, job: KubeObject, decisions: Decisions | undefined, now: Date): Settings {
  if (!decisions) return settings
  const { accepted, expired, mpi, podLabels, gangScheduler, runtime } = decisionsFor(
    decisions,
    job,
    now,
    settings.namespace,
  )
  return {
    ...settings,
    accepted,
    expired,
    mpi: settings.mpi ?? mpi,
    podLabels: settings.podLabels ?? podLabels,
    gangScheduler: settings.gangScheduler ?? gangScheduler,
    runtimeNamed: settings.runtimeNamed ?? runtime,
  }
}
