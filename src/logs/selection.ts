import type { Pod } from '../kube/pod.ts'
import type { LogSource, Side } from './line.ts'
import type { PlaceOf } from './places.ts'

/** Which logs are meant. */
export interface LogSelection {
  /** absent: both */
  readonly side?: Side
  /** absent: all, also pods that have none */
  readonly ranks?: RankSet
  /** names of containers, init containers too; empty: the one that trains */
  readonly containers: readonly string[]
}

/** Ranks as typed. */
export interface RankSet {
  has(rank: number): boolean
}

const most = 1_000_000

/** `0`, `0,2`, `0-3`, `0,4-7`; undefined for anything else. */
export function parseRanks(text: string): RankSet | undefined {
  const ranges: (readonly [number, number])[] = []
  for (const part of text.split(',')) {
    const [, from, to] = /^\s*(\d{1,7})\s*(?:-\s*(\d{1,7})\s*)?$/.exec(part) ?? []
    if (from === undefined) return undefined
    const range = [Number(from), Number(to ?? from)] as const
    if (range[0] > range[1] || range[1] > most) return undefined
    ranges.push(range)
  }
  return { has: (rank) => ranges.some(([from, to]) => from <= rank && rank <= to) }
}

/** The containers of one pod whose logs are meant, in the pod's order. */
export function sourcesOf(side: Side, pod: Pod, placeOf: PlaceOf, selection: LogSelection): LogSource[] {
  if (selection.side !== undefined && selection.side !== side) return []
  const { role, rank, container } = placeOf(pod)
  if (selection.ranks && (rank === undefined || !selection.ranks.has(rank))) return []
  const wanted = selection.containers.length > 0 ? selection.containers : container === undefined ? [] : [container]
  const { name = '', namespace = '', uid = '' } = pod.metadata
  return containerNames(pod)
    .filter((present) => wanted.includes(present))
    .map((present) => ({ side, role, rank, namespace, pod: name, uid, container: present }))
}

/** Containers of a pod, init containers first. */
export function containerNames({ spec }: Pod): string[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map(({ name }) => name)
}

/** v1 before v2, then by rank, then by names. */
export function bySideAndRank(a: LogSource, b: LogSource): number {
  if (a.side !== b.side) return a.side < b.side ? -1 : 1
  const [one, other] = [a.rank ?? Number.POSITIVE_INFINITY, b.rank ?? Number.POSITIVE_INFINITY]
  if (one !== other) return one < other ? -1 : 1
  return a.pod < b.pod ? -1 : a.pod > b.pod ? 1 : 0
}
