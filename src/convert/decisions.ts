import type { KubeObject } from '../kube/object.ts'
import type { FindingCode } from './codes.ts'
import type { MpiTransport } from './features/mpi.ts'

/** A finding that somebody accepted. */
export interface Acceptance {
  readonly code: FindingCode
  readonly reason: string
  readonly approver: string
  /** last day on which it holds, YYYY-MM-DD in UTC */
  readonly expires?: string
}

/** What keeps two trainings that run side by side from each other's files. */
export type Isolation = 'subpath' | 'readonly' | 'emptydir' | 'shared'

/** What is decided about a job. */
interface Decision {
  readonly runtime?: string
  readonly mpi?: MpiTransport
  readonly isolation?: Isolation
  readonly podLabels?: 'v1'
  readonly gangScheduler?: string
}

interface Entry extends Decision {
  readonly match?: {
    readonly kind?: string
    readonly namespace?: string
    readonly name?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly accept?: readonly Acceptance[]
}

/** A decisions file that fits its schema (decisions-schema.ts). */
export interface Decisions {
  readonly jobs: readonly Entry[]
}

/** What holds for one job on one day. */
export interface Decided extends Decision {
  readonly accepted: readonly Acceptance[]
  /** acceptances whose last day is over, and that no other one replaces */
  readonly expired: readonly Acceptance[]
}

/**
 * What a file decides about a job. All entries that match hold, later ones over earlier ones. `namespace` is that of a job that names
 * none.
 */
export function decisionsFor({ jobs }: Decisions, job: KubeObject, now: Date, namespace?: string): Decided {
  const entries = jobs.filter((entry) => matches(entry, job, namespace))
  const today = now.toISOString().slice(0, 10)
  const all = entries.flatMap(({ accept = [] }) => accept)
  const accepted = all.filter(({ expires }) => expires === undefined || expires >= today)
  const expired = all.filter(
    (acceptance) => !accepted.includes(acceptance) && !accepted.some(({ code }) => code === acceptance.code),
  )
  const last = <K extends keyof Decision>(key: K) =>
    entries.reduce<Decision[K]>((found, entry) => entry[key] ?? found, undefined)
  return {
    accepted,
    expired,
    runtime: last('runtime'),
    mpi: last('mpi'),
    isolation: last('isolation'),
    podLabels: last('podLabels'),
    gangScheduler: last('gangScheduler'),
  }
}

function matches({ match = {} }: Entry, { kind, metadata }: KubeObject, namespace: string | undefined): boolean {
  const labels = Object.entries(match.labels ?? {})
  return (
    (match.kind === undefined || match.kind === kind) &&
    (match.namespace === undefined || glob(match.namespace, metadata.namespace ?? namespace ?? 'default')) &&
    (match.name === undefined || glob(match.name, metadata.name ?? metadata.generateName ?? '')) &&
    labels.every(([key, value]) => metadata.labels?.[key] === value)
  )
}

/** Whether a text fits a pattern in which `*` stands for any text and `?` for one character. */
function glob(pattern: string, text: string): boolean {
  const quoted = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${quoted}$`, 's').test(text)
}
