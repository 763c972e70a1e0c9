import type { Cluster } from '../cluster/cluster.ts'
import type { Env } from '../env.ts'
import type { Stop } from '../execute/halt.ts'
import { followFirstStep, readSideEnd, withLastWords } from '../execute/handover.ts'
import type { StoredJournal } from '../execute/journal.ts'
import type { Observer } from '../execute/observer.ts'
import type { Plan } from '../migration/facts.ts'
import type { Halt } from '../migration/outcome.ts'
import type { Handover } from '../migration/resume.ts'

/** Reads what the logs of both sides tell of the training while one job is cut over, and keeps it in the record. */
export interface HandoverWatch {
  /** How far v1 is, right before it is stopped; why it must not be, where a resume is required and could not be seen. */
  readV1(): Promise<Stop | undefined>
  /** Begins to look for v2's first step. */
  followV2(): void
  explain(halt: Halt): Promise<Halt>
  /** Ends the looking; what it found is kept with the next write of the record. */
  close(): void
}

/** @param before what an earlier run of the same migration saw */
export function watchHandover(
  env: Env,
  cluster: Cluster,
  { observer, journal, plan }: { readonly observer: Observer; readonly journal: StoredJournal; readonly plan: Plan },
  before: Handover | undefined,
): HandoverWatch {
  const watching = new AbortController()
  const reading = { signal: AbortSignal.any([watching.signal, env.signal]), sleep: env.sleep }
  let follows = false
  const keep = (): void => {
    const { v1, first } = observer.facts.handover ?? {}
    if (v1 || first) journal.keep({ v1, first })
  }
  if (before) observer.noteHandover(before)
  return {
    async readV1() {
      const v1 = await readSideEnd(cluster, observer.facts, plan.kind, 'v1', reading)
      if (v1) observer.noteHandover({ v1 })
      keep()
      if (!plan.requireResume || v1?.last || v1?.checkpoint?.place) return undefined
      const why = v1?.unread === 'forbidden' ? 'may not be read (get pods/log)' : 'tells no step'
      return { why: 'failed', reason: `--require-resume cannot be held: v1’s log ${why}` }
    },
    followV2() {
      if (follows) return
      follows = true
      void followFirstStep(cluster, observer, plan.kind, reading)
    },
    explain: (halt) => withLastWords(cluster, observer.facts, plan.kind, halt, reading),
    close() {
      watching.abort()
      keep()
    },
  }
}
