import type { Point } from '../convert/check.ts'
import type { ProblemData } from '../problem.ts'

/** What became of one v1 job in a check. */
export interface Checked {
  /** `PyTorchJob nlp/bert` */
  readonly title: string
  /** the file to mark */
  readonly file: string
  readonly line: number
  readonly points: readonly (Point & { readonly file: string; readonly line: number })[]
  /** why it could not be compared */
  readonly problem?: ProblemData
}

/** Workflow commands of GitHub Actions, one a line, that mark lines of a pull request. */
export function githubLines(checks: readonly Checked[]): string[] {
  return checks.flatMap(({ title, file, line, points, problem }) => [
    ...(problem ? [annotation('error', { file, line, title: `${title}: not compared` }, sentence(problem))] : []),
    ...points.map((point) => {
      const level = point.weight === 'fails' ? 'error' : 'warning'
      const name = `${title}: ${word(point)}`
      return annotation(level, { file: point.file, line: point.line, title: name }, withPods(point))
    }),
  ])
}

/** Escapes as actions/toolkit v2 does (packages/core/src/command.ts). */
function annotation(level: string, properties: Readonly<Record<string, string | number>>, message: string): string {
  const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
  const written = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`)
  return `::${level} ${written.join(',')}::${data(message)}`
}

/** A JUnit report: a test case a job, a failure with everything that counts against it, an error where nothing could be compared. */
export function junitLines(checks: readonly Checked[]): string[] {
  const failed = checks.filter(({ points }) => points.some(({ weight }) => weight === 'fails'))
  const broken = checks.filter(({ problem }) => problem !== undefined)
  const counts = `tests="${checks.length}" failures="${failed.length}" errors="${broken.length}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="kubectl migrate diff" ${counts}>`,
    ...checks.flatMap(testCase),
    '  </testsuite>',
    '</testsuites>',
  ]
}

function testCase({ title, file, line, points, problem }: Checked): string[] {
  const [kind = '', name = ''] = title.split(' ')
  const head = `    <testcase classname="${xml(kind)}" name="${xml(name)}" file="${xml(file)}" line="${line}"`
  const fails = points.filter(({ weight }) => weight === 'fails')
  const told = points.filter(({ weight }) => weight === 'told')
  const lines = (list: typeof points) =>
    list.map((point) => `${point.file}:${point.line}: ${word(point)}: ${withPods(point)}`).join('\n')
  const inner = [
    ...(problem
      ? [`      <error type="${xml(problem.code)}" message="${xml(problem.what)}">${xml(sentence(problem))}</error>`]
      : []),
    ...(fails.length > 0
      ? [
          `      <failure type="differs" message="${fails.length} ${fails.length === 1 ? 'difference' : 'differences'}">${xml(lines(fails))}</failure>`,
        ]
      : []),
    ...(told.length > 0 ? [`      <system-out>${xml(lines(told))}</system-out>`] : []),
  ]
  return inner.length === 0 ? [`${head}/>`] : [`${head}>`, ...inner, '    </testcase>']
}

function word({ code, weight }: Point): string {
  return code ?? (weight === 'fails' ? 'differs' : 'changed')
}

function withPods({ pods, message }: Point): string {
  return pods === undefined ? message : `${pods === 'all' ? 'all pods' : pods}: ${message}`
}

function sentence({ what, where, why, next = [] }: ProblemData): string {
  return [what, where, why, ...next].filter((text) => text !== undefined).join('\n')
}

/** Text inside XML 1.0; characters it cannot hold become U+FFFD. */
function xml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return [...text]
    .map((character) => entities[character] ?? (allowed(character.codePointAt(0) ?? 0) ? character : '\ufffd'))
    .join('')
}

function allowed(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d
  return (code < 0xd800 || code > 0xdfff) && code !== 0xfffe && code !== 0xffff
}
