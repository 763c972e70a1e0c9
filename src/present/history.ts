import type { Entry, MigrationRecord } from '../migration/record.ts'
import { resumeOf } from '../migration/resume.ts'
import { hanging } from './cutover.ts'
import { pad, printable } from './width.ts'

const states: Readonly<Record<MigrationRecord['state'], string>> = {
  moving: 'under way, or killed on the way',
  started: 'a twin runs beside v1',
  moved: 'cut over, v1 is held',
  undone: 'undone by itself, v1 is what it was before',
  returning: 'on the way back, or killed on it',
  returned: 'rolled back',
  ended: 'v1 ended by itself and stays held',
  stranded: 'stopped half-way',
  finalizing: 'v1 is being deleted, or a run was killed at that',
  finalized: 'finalized: v1 is deleted, its manifest kept',
}

/** Each migration of a job, each run of it and each thing that happened, the oldest first. Times are UTC. */
export function historyLines(records: readonly MigrationRecord[], columns: number | undefined): string[] {
  return records.flatMap((record, at) => [...(at === 0 ? [] : ['']), ...migrationLines(record, columns)])
}

function migrationLines(record: MigrationRecord, columns: number | undefined): string[] {
  const { namespace, name, kind, attempt, state, runs, entries } = record
  const title = printable(`${namespace}/${name}   ${kind}   migration ${attempt}: ${states[state]}`)
  const resume = record.handover && resumeOf(record.handover)
  return [
    title,
    ...(resume ? hanging('  ', resume.says, columns) : []),
    ...runs.flatMap(({ at, verb, actor, tool, reason }, index) => [
      ...hanging(
        '  ',
        printable(`${second(at)} ${verb} by ${actor}, version ${tool}${reason === undefined ? '' : `: ${reason}`}`),
        columns,
      ),
      ...entries.flatMap((entry, position) =>
        entry.run === index ? entryLines(entry, entries.slice(position + 1), columns) : [],
      ),
    ]),
  ]
}

function entryLines(entry: Entry, later: readonly Entry[], columns: number | undefined): string[] {
  const { at, step, back, what, writes = [], says } = entry
  const title = `${back ? 'back ' : ''}${step}`
  const head = `    ${second(at)} ${pad(title, 15)} ${pad(what, 6)} `
  const uncertain = what === 'intent' && !hasResult(entry, later) ? ['no result is known: the cluster alone tells'] : []
  return [...writes, ...(says === undefined ? [] : [says]), ...uncertain].flatMap((text) =>
    hanging(head, printable(text), columns),
  )
}

/** What a killed run was about to write may have been written or not. */
function hasResult({ run, step, back }: Entry, later: readonly Entry[]): boolean {
  return later.some((next) => next.run === run && next.step === step && next.back === back && next.what !== 'intent')
}

function second(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z')
}
