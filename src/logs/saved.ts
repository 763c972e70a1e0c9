import { isRecord } from '../kube/object.ts'
import type { LogLine, LogSource, Side } from './line.ts'

/** The file that names all others of a folder of saved logs. */
export const savedIndex = 'logs.json'

/** One of the saved files. */
export interface SavedLog {
  readonly side: Side
  readonly role: string
  readonly rank?: number
  readonly pod: string
  readonly container: string
  /** path in the folder */
  readonly file: string
  readonly lines: number
}

/** What `logs.json` of a folder says. */
export interface SavedLogs {
  readonly apiVersion: 'kubectl-migrate.dev/v1alpha1'
  readonly kind: 'SavedLogs'
  /** RFC 3339: when the saving began */
  readonly saved: string
  readonly namespace: string
  readonly name: string
  /** `PyTorchJob/bert`; absent where there was no v1 job */
  readonly v1?: string
  /** `TrainJob/bert-v2`; absent where there was no TrainJob */
  readonly v2?: string
  /** false while it is being saved, and where that was interrupted */
  readonly complete: boolean
  /** of the containers before their last restart */
  readonly previous: boolean
  readonly logs: readonly SavedLog[]
  /** logs that could not be read to their end */
  readonly gaps: readonly {
    readonly side: Side
    readonly pod: string
    readonly container: string
    readonly why: string
  }[]
}

/** Longest name of a file, in characters of one byte each; file systems have 255. */
const longestName = 200

/**
 * Name of a container's file: `v1/rank-0_POD_CONTAINER.log`, or `v1/ROLE_POD_CONTAINER.log` for a pod without a rank. Whatever the
 * names are, it stays in its folder; one that is taken gets a number.
 */
export function savedName(
  { side, role, rank, pod, container }: Omit<LogSource, 'namespace' | 'uid'>,
  taken: ReadonlySet<string>,
): string {
  const place = rank === undefined ? role || 'other' : `rank-${rank}`
  const words = [place, pod, container].map((word) => word.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_'))
  const stem = `${side}/${words.join('_').slice(0, longestName)}`
  for (let number = 1; ; number += 1) {
    const name = `${stem}${number === 1 ? '' : `_${number}`}.log`
    if (!taken.has(name)) return name
  }
}

/** A line as it is written, its line break before it: whether the line goes on is known only when the next one comes. */
export function savedText({ time, text, continued }: LogLine, first: boolean): string {
  const dated = time === '' || continued ? text : `${time} ${text}`
  return first || continued ? dated : `\n${dated}`
}

/** Reads `logs.json`; undefined for anything else, also where a file would lie outside of the folder. */
export function parseSavedIndex(value: unknown): SavedLogs | undefined {
  if (!isRecord(value) || value['kind'] !== 'SavedLogs' || !Array.isArray(value['logs'])) return undefined
  const logs: readonly unknown[] = value['logs']
  return logs.every(isSavedLog) ? (value as unknown as SavedLogs) : undefined
}

function isSavedLog(value: unknown): value is SavedLog {
  if (!isRecord(value)) return false
  const { side, role, rank, pod, container, file } = value
  return (
    (side === 'v1' || side === 'v2') &&
    [role, pod, container].every((word) => typeof word === 'string') &&
    (rank === undefined || typeof rank === 'number') &&
    typeof file === 'string' &&
    /^v[12]\/[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(file)
  )
}
