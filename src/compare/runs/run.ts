import type { RunSetting } from './fair.ts'
import type { Judgement } from './judge.ts'
import type { MetricKind } from './metrics.ts'
import type { LogFacts, RunSeries } from './run-log.ts'
import type { Axis, Series } from './series.ts'

/** The log of one pod, or one file. */
export interface NamedLog {
  readonly name: string
  readonly facts: LogFacts
}

/** One run, as its logs and whoever watched it tell of it. */
export interface Run {
  /** what to call it: a job, a file, a folder */
  readonly name: string
  /** by rank, the first first */
  readonly logs: readonly NamedLog[]
  /** what its TrainJob says of its training */
  readonly trainerStatus?: readonly RunSeries[]
  /** numbers of the whole run from elsewhere: restarts, utilisation */
  readonly numbers: ReadonlyMap<string, number>
  /** numbers it should have and has not, by metric: why */
  readonly unmeasured?: ReadonlyMap<string, string>
  readonly setting: RunSetting
  /** why the job failed, where it has */
  readonly failed?: string
}

/** What decides, and how near is near enough. */
export interface CompareOptions {
  /** shared steps below which nothing is said */
  readonly minSteps: number
  /** fraction by metric, or by `time` and `*` */
  readonly tolerances: ReadonlyMap<string, number>
  /** metrics that decide; empty: all */
  readonly only: readonly string[]
}

/** One metric of both runs. */
export interface MetricRow extends Judgement {
  readonly metric: string
  readonly kind: MetricKind
  readonly unit?: string
  readonly axis?: Axis
  /** absent: shown, and not judged */
  readonly tolerance?: number
  /** by the program's own words, its trainerStatus on one side at least, the times of its lines, or by what others measured */
  readonly source: RunSeries['by'] | 'measured'
  readonly series?: { readonly v1?: Series; readonly v2?: Series }
}
