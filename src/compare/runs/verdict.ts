import type { CompareOptions, MetricRow } from './run.ts'

/** The answer, with its reasons: what speaks for it, or what is missing or differs. */
export interface Overall {
  readonly verdict: 'match' | 'differs' | 'inconclusive'
  readonly reasons: readonly string[]
}

const isResult = ({ kind }: MetricRow): boolean => kind === 'curve' || kind === 'result'
const isSpeed = ({ kind }: MetricRow): boolean => kind === 'speed' || kind === 'summary'

/**
 * Differs when any metric does. A match needs a result and a speed that match, the result on enough shared steps, and no
 * metric of the logs without an answer: what is missing is never a pass. Utilisation, for which another source must be
 * there, is shown as inconclusive and does not hold up the answer.
 * @param against why the runs do not match whatever their metrics say, unless metrics were asked for
 */
export function overall(
  rows: readonly MetricRow[],
  options: Pick<CompareOptions, 'minSteps' | 'only'>,
  against: readonly string[] = [],
): Overall {
  const differing = rows.filter(({ verdict }) => verdict === 'differs')
  if (differing.length > 0) return { verdict: 'differs', reasons: differing.map(differenceSentence) }
  const asked = options.only.length > 0
  const open = rows.filter(
    ({ kind, verdict }) =>
      verdict === 'inconclusive' && (asked || (kind !== 'utilisation' && kind !== 'told' && kind !== 'summary')),
  )
  const reasons = open.map(({ metric, why }) => `${metric}: ${why ?? 'no data'}`)
  const results = rows.filter((row) => isResult(row) && row.verdict === 'match')
  const speeds = rows.filter((row) => isSpeed(row) && row.verdict === 'match')
  if (!asked) {
    const enough = results.some(({ shared }) => shared >= options.minSteps)
    if (!rows.some(isResult)) reasons.unshift('no loss, accuracy or other result was found')
    else if (!enough && !open.some(isResult)) {
      reasons.unshift(`no result has ${options.minSteps} shared steps`)
    }
    if (!rows.some(isSpeed)) reasons.push('no time per step was found')
    else if (speeds.length === 0 && !open.some(isSpeed)) reasons.push('no speed is known of both')
    reasons.push(...against)
  }
  if (reasons.length > 0) return { verdict: 'inconclusive', reasons }
  const [result] = [...results].sort((a, b) => b.shared - a.shared)
  const [speed] = speeds
  const others = rows.filter(
    (row) => row !== result && row !== speed && row.verdict === 'match' && row.tolerance !== undefined,
  )
  return {
    verdict: 'match',
    reasons: [
      ...(result ? [matchSentence(result)] : []),
      ...(speed ? [speedSentence(speed)] : []),
      ...(result || speed ? [] : others.map(matchSentence)),
    ],
  }
}

function matchSentence({ metric, tolerance = 0, shared, axis = 'step' }: MetricRow): string {
  const points = axis === 'order' ? 'value' : axis
  return `${metric} within ${percent(tolerance)} on ${shared} shared ${points}${shared === 1 ? '' : 's'}`
}

function speedSentence({ metric, difference = 0, kind }: MetricRow): string {
  if (Math.abs(difference) < 0.0005) return `${metric} the same`
  const isTime = kind === 'speed' ? metric.endsWith('time') : metric === 'run time'
  return `${metric} ${percent(Math.abs(difference))} ${difference < 0 === isTime ? 'faster' : 'slower'}`
}

function differenceSentence({ metric, difference, tolerance, why, kind }: MetricRow): string {
  if (difference === undefined) return `${metric}: ${why ?? 'not the same'}`
  const of = kind === 'curve' || kind === 'result' ? ' of its range' : ''
  const most = why === undefined ? '' : `, ${why}`
  return `${metric} by ${signedPercent(difference)}${of}${most}${tolerance === undefined ? '' : `; tolerance ${percent(tolerance)}`}`
}

/** `5 %`, `0.8 %`: a fraction for readers. */
export function percent(fraction: number): string {
  const value = fraction * 100
  return `${Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toFixed(Math.abs(value) < 1 ? 2 : 1))} %`
}

/** As `percent`, with a + where there is more. */
export function signedPercent(fraction: number): string {
  return fraction > 0 ? `+${percent(fraction)}` : percent(fraction)
}
