import { type LogFacts, RunLog } from '../../src/compare/runs/run-log.ts'

/** The facts of a log given as text, in blocks of the size given. */
export function factsOf(
  text: string,
  { patterns = [], block = 1 << 18 }: { patterns?: RegExp[]; block?: number } = {},
): LogFacts {
  const log = new RunLog(patterns)
  const bytes = Buffer.from(text).toString('latin1')
  for (let at = 0; at < bytes.length; at += block) log.push(bytes.slice(at, at + block))
  return log.end()
}

/** Every point of a log: metric, axis, place and value, such as `loss step 10 0.5`; with the format that read it first. */
export function pointsOf(lines: readonly string[], patterns: RegExp[] = []): { format: string[]; points: string[] } {
  const facts = factsOf(`${lines.join('\n')}\n`, { patterns })
  const points = facts.series
    .filter(({ by }) => by === 'program')
    .flatMap(({ metric, series }) =>
      series.points().map(([x, value]) => `${metric} ${series.axis} ${x} ${Number(value.toPrecision(6))}`),
    )
  return { format: [...facts.formats.keys()], points }
}
