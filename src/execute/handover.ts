import type { Cluster } from '../cluster/cluster.ts'
import type { LogSource } from '../logs/line.ts'
import type { Facts } from '../migration/facts.ts'
import { failingContainer } from '../migration/failing.ts'
import type { Halt } from '../migration/outcome.ts'
import type { Handover, V1End } from '../migration/resume.ts'
import { type BothSides, leadingSources } from '../read/logs.ts'
import { type LogReading, readFirstPlace, readLastLines, readRunEnd } from '../read/run-end.ts'
import type { KindInfo } from '../v1/kinds.ts'
import type { Observer } from './observer.ts'

/** milliseconds between two tries to read a log */
const pause = 1000
/** Lines a failed container is quoted with. */
const quoted = 10

/** What the log of the pod that leads a side says of its training; undefined where no pod of it runs. Never throws. */
export async function readSideEnd(
  cluster: Cluster,
  facts: Facts,
  kind: KindInfo,
  side: 'v1' | 'v2',
  reading: LogReading,
): Promise<V1End | undefined> {
  const [leader] = leadingSources(sidesOf(facts, kind), side)
  if (!leader || !started(facts, leader)) return undefined
  const end = await readRunEnd(cluster, leader, reading)
  return 'why' in end ? { unread: end.why === 'forbidden' ? 'forbidden' : 'unreadable' } : end
}

/**
 * Follows the log of the pod that leads v2 until it tells its first step, which becomes a fact. Ends when the signal aborts, or where logs
 * may not be read; never throws.
 */
export async function followFirstStep(
  cluster: Cluster,
  observer: Observer,
  kind: KindInfo,
  reading: LogReading,
): Promise<void> {
  const { signal } = reading
  while (!signal.aborted) {
    const { version, facts } = observer
    const [leader] = leadingSources(sidesOf(facts, kind), 'v2')
    if (leader && started(facts, leader)) {
      const { handover = {} } = facts
      if (handover.followed === undefined) observer.noteHandover({ followed: facts.now.getTime() })
      const first = await readFirstPlace(cluster, leader, axisOf(handover), reading)
      if (first && 'axis' in first) return observer.noteHandover({ first })
      if (first?.why === 'forbidden') return
      await reading.sleep(pause)
    }
    await observer.changedSince(Math.max(version, observer.version)).catch(() => reading.sleep(pause))
  }
}

/** A halt with what the container that failed said last: its pod is gone once v2 is taken back. Never throws. */
export async function withLastWords(
  cluster: Cluster,
  facts: Facts,
  kind: KindInfo,
  halt: Halt,
  reading: LogReading,
): Promise<Halt> {
  if (halt.why !== 'failed') return halt
  const failing = failingContainer(facts)
  const { name, namespace = '', uid = '' } = failing?.pod.metadata ?? {}
  const found = leadingSources(sidesOf(facts, kind), 'v2').find(({ pod }) => pod === name)
  if (!failing || name === undefined) return halt
  const { container, previous } = failing
  const source: LogSource = {
    ...(found ?? { side: 'v2', role: '', rank: undefined }),
    namespace,
    pod: name,
    uid,
    container,
  }
  const lines = (await readLastLines(cluster, source, { ...reading, count: quoted, previous })).filter(
    (line) => line.trim() !== '',
  )
  const last = lines.at(-1)?.trim()
  if (last === undefined) return halt
  const told = halt.reason.includes(last)
  return { ...halt, reason: told ? halt.reason : `${halt.reason}: ${last}`, lastLines: lines }
}

function axisOf({ v1 }: Handover) {
  return v1?.last?.axis ?? v1?.checkpoint?.place?.axis
}

function sidesOf({ v1, v1Pods, jobSet, v2Pods }: Facts, kind: KindInfo): BothSides {
  return { kind, v1, v1Pods, jobSet, v2Pods }
}

function started({ v1Pods, v2Pods }: Facts, { uid }: LogSource): boolean {
  const pod = [...v1Pods, ...v2Pods].find(({ metadata }) => metadata.uid === uid)
  return pod?.status?.phase !== undefined && pod.status.phase !== 'Pending'
}
