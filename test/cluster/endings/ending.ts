import { isDeepStrictEqual } from 'node:util'

/** What became of one place among a job's pods. */
export interface PodEnding {
  /** of its newest pod; `gone`: there is none */
  readonly phase: string
  /** how many pods followed its first one */
  readonly recreated: number
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

/** Both sides of one scenario, in one run. */
export interface Endings {
  readonly v1: Ending
  readonly v2: Ending
}

/** What was seen of a scenario: each way in which a side ended. A side with more than one way is not steady. */
export interface Seen {
  readonly v1: readonly Ending[]
  readonly v2: readonly Ending[]
}

/** By the scenario's name. */
export type Observed = Readonly<Record<string, Seen>>

/** What was seen of a scenario with another run of it. */
export function seenAlso(seen: Seen | undefined, now: Endings): Seen {
  const also = (ways: readonly Ending[], way: Ending) =>
    ways.some((one) => isDeepStrictEqual(one, way)) ? ways : [...ways, way]
  return { v1: also(seen?.v1 ?? [], now.v1), v2: also(seen?.v2 ?? [], now.v2) }
}
