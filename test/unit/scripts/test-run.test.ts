import { describe, expect, it } from 'vitest'
import { tellFailure } from '../../../scripts/test-run/failures.ts'
import { phasesFor } from '../../../scripts/test-run/phases.ts'
import { countTests, type PhaseResult, summarize, total } from '../../../scripts/test-run/summary.ts'

describe('counting the tests of a report', () => {
  it.each([
    {
      what: 'each test by its status',
      files: [{ status: 'failed', tests: ['passed', 'failed', 'skipped', 'todo'] }],
      counts: [1, 1, 2],
    },
    {
      what: 'a file that could not be loaded as one failure',
      files: [{ status: 'failed', tests: [] }],
      counts: [0, 1, 0],
    },
    {
      what: 'a broken hook as one failure',
      files: [{ status: 'failed', tests: ['passed', 'skipped'] }],
      counts: [1, 1, 1],
    },
    {
      what: 'several files together',
      files: [
        { status: 'passed', tests: ['passed'] },
        { status: 'passed', tests: ['passed'] },
      ],
      counts: [2, 0, 0],
    },
  ])('counts $what', ({ files, counts }) => {
    const report = {
      testResults: files.map((file) => ({
        status: file.status,
        assertionResults: file.tests.map((status) => ({ status, fullName: 'a test', failureMessages: [] })),
      })),
    }
    const [passed, failed, skipped] = counts
    expect(countTests(report)).toEqual({ passed, failed, skipped, secondTries: [] })
  })

  it('tells each test that passed at the second try, and why its first failed', () => {
    const test = {
      status: 'passed',
      fullName: 'a cutover',
      failureMessages: ['Error: not within 30 s: all pods.\n  at x.ts'],
    }
    expect(countTests({ testResults: [{ status: 'passed', assertionResults: [test] }] })).toEqual({
      passed: 1,
      failed: 0,
      skipped: 0,
      secondTries: ['a cutover: Error: not within 30 s: all pods.'],
    })
  })
})

describe('the summary of a run', () => {
  const good: PhaseResult[] = [
    { name: 'install', seconds: 14, exitCode: 0 },
    { name: 'lint', seconds: 1.25, exitCode: 0 },
    { name: 'unit', seconds: 3.5, exitCode: 0, tests: { passed: 120, failed: 0, skipped: 0, secondTries: [] } },
  ]

  it('ends in the counts of all phases', () => {
    expect(summarize(good)).toEqual([
      'phase    result  passed  failed  skipped  seconds',
      'install  ok                                  14.0',
      'lint     ok                                   1.3',
      'unit     ok         120       0        0      3.5',
      'all                                          18.8',
      '',
      '120 passed, 0 failed',
    ])
  })

  it('shows what failed, what was not run and what was skipped', () => {
    const results: PhaseResult[] = [
      { name: 'build', seconds: 1, exitCode: 1 },
      { name: 'unit', seconds: 3, exitCode: 1, tests: { passed: 118, failed: 2, skipped: 1, secondTries: [] } },
      { name: 'package', seconds: 0, exitCode: 0, skipped: 'build failed' },
    ]
    expect(summarize(results)).toEqual([
      'phase    result                 passed  failed  skipped  seconds',
      'build    FAILED: exit 1                                      1.0',
      'unit     FAILED                    118       2        1      3.0',
      'package  not run: build failed                               0.0',
      'all                                                          4.0',
      '',
      '118 passed, 3 failed, 1 skipped',
    ])
  })

  it('names what needed a second try before the last line', () => {
    const tests = { passed: 3, failed: 0, skipped: 0, secondTries: ['a cutover: Error: not within 30 s: all pods.'] }
    expect(summarize([{ name: 'cluster', seconds: 3, exitCode: 0, tests }]).slice(-3)).toEqual([
      '',
      'passed at the second try only: a cutover: Error: not within 30 s: all pods.',
      '3 passed, 0 failed',
    ])
  })

  it.each([
    { what: 'a phase without tests that exits 1', result: { name: 'lint', seconds: 1, exitCode: 1 } },
    {
      what: 'tests that passed where vitest exits 1',
      result: { name: 'unit', seconds: 1, exitCode: 1, tests: { passed: 5, failed: 0, skipped: 0, secondTries: [] } },
    },
    {
      what: 'a test phase that ran nothing',
      result: { name: 'unit', seconds: 1, exitCode: 0, tests: { passed: 0, failed: 0, skipped: 0, secondTries: [] } },
    },
  ])('counts $what as a failure', ({ result }) => {
    expect(total([result]).failed).toBe(1)
  })
})

describe('a failure, as it is repeated at the end of a run', () => {
  it('is its name, what its errors say, and both values in plain text', () => {
    const errors = [
      { message: 'expected 1 to be 2', diff: '\u001b[32m- 2\u001b[39m\n\u001b[31m+ 1\u001b[39m' },
      { message: 'and more' },
    ]
    expect(tellFailure({ name: 'cluster a.test.ts > counts', errors })).toBe(
      'FAILED: cluster a.test.ts > counts\nexpected 1 to be 2\n- 2\n+ 1\nand more',
    )
  })

  it('says how much of a long one stands further up', () => {
    const told = tellFailure({ name: 'x', errors: [{ message: 'y'.repeat(4000) }] })
    expect([told.length < 3100, told.slice(-33)]).toEqual([true, '... (1010 characters more above)'.padStart(33)])
  })
})

describe('the phases of a run', () => {
  it('has one for every vitest project, also one it does not know', () => {
    const names = phasesFor(['unit', 'cluster', 'later']).map((phase) => phase.name)
    expect(names).toEqual(['lint', 'types', 'dead-code', 'build', 'demo', 'unit', 'cluster', 'later'])
  })
})
