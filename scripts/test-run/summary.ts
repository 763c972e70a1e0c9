/** How one phase of the test run ended. `tests` is absent where a phase runs no tests of its own (lint, build). */
export interface PhaseResult {
  readonly name: string
  readonly seconds: number
  readonly exitCode: number
  readonly tests?: TestCounts
  /** Why the phase was not run. */
  readonly skipped?: string
}

export interface TestCounts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** tests that passed only when they were run again, each with why it was */
  readonly secondTries: readonly string[]
}

/** What vitest's JSON reporter writes, as far as it is read here (vitest 4, packages/vitest/src/node/reporters/json.ts). */
export interface VitestReport {
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      /** of a passed test: what its first try failed with */
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/**
 * Counts the tests of one report. A file that failed without a failed test (it could not be loaded, a hook broke)
 * counts as one failed test, so that it cannot go unseen.
 */
export function countTests(report: VitestReport): TestCounts {
  let passed = 0
  let failed = 0
  let skipped = 0
  const secondTries: string[] = []
  for (const file of report.testResults) {
    const statuses = file.assertionResults.map((test) => test.status)
    passed += statuses.filter((status) => status === 'passed').length
    const failures = statuses.filter((status) => status === 'failed').length
    failed += failures === 0 && file.status === 'failed' ? 1 : failures
    skipped += statuses.filter((status) => status !== 'passed' && status !== 'failed').length
    for (const { status, fullName, failureMessages } of file.assertionResults) {
      const [why] = failureMessages
      if (status === 'passed' && why !== undefined) secondTries.push(`${fullName}: ${why.split('\n')[0]}`)
    }
  }
  return { passed, failed, skipped, secondTries }
}

/**
 * Adds all phases up. A phase that failed without a failed test counts as one failure, and so does a test phase
 * in which nothing was run.
 */
export function total(results: readonly PhaseResult[]): TestCounts {
  let passed = 0
  let failed = 0
  let skipped = 0
  for (const result of results) {
    passed += result.tests?.passed ?? 0
    failed += result.tests?.failed ?? 0
    skipped += result.tests?.skipped ?? 0
    if (failedWithoutTest(result)) failed += 1
  }
  return { passed, failed, skipped, secondTries: results.flatMap(({ tests }) => tests?.secondTries ?? []) }
}

/** The table of phases, the tests that needed a second try, and, last, the line that says how it all ended. */
export function summarize(results: readonly PhaseResult[]): string[] {
  const counts = total(results)
  const heads = ['phase', 'result', 'passed', 'failed', 'skipped', 'seconds']
  const rows = results.map((result) => [
    result.name,
    outcome(result),
    String(result.tests?.passed ?? ''),
    String(result.tests?.failed ?? ''),
    String(result.tests?.skipped ?? ''),
    result.seconds.toFixed(1),
  ])
  const sum = results.reduce((seconds, result) => seconds + result.seconds, 0)
  rows.push(['all', '', '', '', '', sum.toFixed(1)])
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
  const again = counts.secondTries.map((test) => `passed at the second try only: ${test}`)
  return [line(heads), ...rows.map(line), '', ...again, `${counts.passed} passed, ${counts.failed} failed${skipped}`]
}

function outcome(result: PhaseResult): string {
  if (result.skipped !== undefined) return `not run: ${result.skipped}`
  if (failedWithoutTest(result))
    return result.exitCode === 0 ? 'FAILED: no test ran' : `FAILED: exit ${result.exitCode}`
  return (result.tests?.failed ?? 0) > 0 ? 'FAILED' : 'ok'
}

function failedWithoutTest(result: PhaseResult): boolean {
  if (result.skipped !== undefined || (result.tests?.failed ?? 0) > 0) return false
  if (result.exitCode !== 0) return true
  return result.tests !== undefined && result.tests.passed + result.tests.skipped === 0
}
