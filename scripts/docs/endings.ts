import { v1Kinds } from '../../src/v1/kinds.ts'
import { differences, differencesOf } from '../../test/cluster/endings/differences.ts'
import type { Ending, Observed, PodEnding, Seen } from '../../test/cluster/endings/ending.ts'
import { conversionOf, type Event, type Scenario, scenarios } from '../../test/cluster/endings/scenarios.ts'
import { escapeCell, table } from './markdown.ts'

/** The page of what becomes of jobs when their pods end, from what was observed, as Markdown. */
export function endings(observed: Observed): string {
  const rows = scenarios.map((scenario) => ({ scenario, seen: seenOf(observed, scenario) }))
  const unsteady = rows.filter(({ seen }) => seen.v1.length + seen.v2.length > 2).length
  const same = rows.filter(({ seen }) => differencesOf(seen).length === 0).length
  const lines = [
    '# How jobs end',
    '',
    'What becomes of a job, and of its pods, when pods end: on Training Operator 1.9.4 (v1), and on Trainer 2.3.0 (v2) as the TrainJob',
    '`kubectl migrate convert` makes of that job. Both were observed side by side on a real control plane with simulated kubelets.',
    `${same} of ${rows.length} end the same; each difference has a code, and the conversion of exactly that job says it.`,
    '',
    `A pod that is deleted or drained has three seconds to end. ${unsteady} jobs ended now so, now so, from run to run: *or* stands between the ways.`,
    '',
    'Made from the observations by `npm run docs`; `npm run test:endings` observes anew.',
    '',
    ...v1Kinds.flatMap(({ kind, restartPolicy }) => [
      `## ${kind}`,
      '',
      `restartPolicy is ${restartPolicy}, and cleanPodPolicy None, where a row says nothing else.`,
      '',
      ...table(
        ['The job', 'What happens', 'v1', 'v2', 'Findings'],
        rows
          .filter(({ scenario }) => scenario.kind === kind)
          .map(({ scenario, seen }) => row(scenario, seen).map(escapeCell)),
      ),
      '',
    ]),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function seenOf(observed: Observed, { name }: Scenario): Seen {
  const seen = observed[name]
  if (!seen) throw new Error(`${name} was not observed: MIGRATE_TEST_UPDATE=endings npm run test:endings`)
  return seen
}

function row(scenario: Scenario, seen: Seen): string[] {
  const told = new Set(conversionOf(scenario).findings.map(({ code }) => code))
  const named = differencesOf(seen).flatMap((difference) => differences[difference].filter((code) => told.has(code)))
  const codes = [...new Set(named)].map((code) => `[${code}](findings.md#${code})`)
  const v2 = codes.length === 0 ? 'the same' : ways(seen.v2)
  return [job(scenario), scenario.events.map(event).join(', then '), ways(seen.v1), v2, codes.join(', ')]
}

/** One ending, or where runs of the scenario ended differently, each of them. */
function ways(seen: readonly Ending[]): string {
  return seen.map(ending).join(' *or* ')
}

function job({ roles, restart, runPolicy = {}, spec = {} }: Scenario): string {
  const fields = Object.entries({ ...(restart && { restartPolicy: restart }), ...runPolicy, ...spec })
  return [
    Object.entries(roles)
      .map(([role, count]) => (count === 1 ? role : `${count} ${role}s`))
      .join(', '),
    ...fields.map(([field, value]) => (typeof value === 'object' ? field : `${field} ${String(value)}`)),
  ].join('; ')
}

function event(event: Event): string {
  if ('seconds' in event) return `${event.seconds} s pass`
  if ('suspend' in event) return event.suspend ? 'it is suspended' : 'it is resumed'
  if ('evicted' in event) return `${event.pod} is evicted`
  if ('lost' in event) return `${event.pod} is lost with its node`
  if ('deleted' in event) {
    return `${event.pod} is ${event.drained ? 'drained' : 'deleted'} and exits with ${event.deleted}`
  }
  return `${event.pod} exits with ${event.exit}${event.times === undefined ? '' : `, ${times(event.times)}`}`
}

/** `**Failed**: master-0 Running; worker-0, worker-1 gone`. */
function ending({ state, pods }: Ending): string {
  const places = new Map<string, string[]>()
  for (const [place, pod] of Object.entries(pods)) {
    const words = podWords(pod)
    places.set(words, [...(places.get(words) ?? []), place])
  }
  return `**${state}**: ${[...places].map(([words, names]) => `${names.join(', ')} ${words}`).join('; ')}`
}

function podWords({ phase, recreated, restarts, kept }: PodEnding): string {
  const notes = [
    ...(restarts > 0 ? [`restarted ${times(restarts)}`] : []),
    ...(recreated > 0 ? [`made anew ${times(recreated)}`] : []),
    ...(kept ? ['the failed one kept'] : []),
  ]
  return notes.length === 0 ? phase : `${phase} (${notes.join(', ')})`
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`
}
