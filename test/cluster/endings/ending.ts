/** What became of one place among a job's pods. */
export interface PodEnding {
  /** of its newest pod; `gone`: there is none */
  readonly phase: string
  /** whether its first pod was followed by another */
  readonly recreated: boolean
  /** restarts of containers in place, of all its pods */
  readonly restarts: number
  /** whether an older pod of this place is still there */
  readonly kept: boolean
}

/** What became of a job when nothing more happened. */
export interface Ending {
  /** `Running`, `Succeeded`, `Failed` or `Suspended` */
  readonly state: string
  /** by v1's name without the job's */
  readonly pods: Readonly<Record<string, PodEnding>>
}

/** Both sides of one scenario. */
export interface Endings {
  readonly v1: Ending
  readonly v2: Ending
}

export type Observed = Readonly<Record<string, Endings>>
