import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import config from '../vitest.config.ts'
import { type Phase, phasesFor } from './test-run/phases.ts'
import { seedFor } from './test-run/seed.ts'
import {
  countTests,
  type PhaseResult,
  summarize,
  type TestCounts,
  total,
  type VitestReport,
} from './test-run/summary.ts'

const reports = mkdtempSync(join(tmpdir(), 'kubectl-migrate-test-'))
const failures = join(reports, 'failures.txt')
process.env['MIGRATE_TEST_FAILURES'] = failures
const results: PhaseResult[] = []
let interrupted = false
process.on('SIGINT', () => {
  interrupted = true
})

process.exitCode = await main(process.argv.slice(2))

async function main(wanted: string[]): Promise<number> {
  const all = phasesFor(projectNames())
  if (wanted.includes('--list')) {
    for (const phase of all) console.log(`${phase.name.padEnd(10)} ${phase.what}`)
    return 0
  }
  const unknown = wanted.filter((name) => !all.some((phase) => phase.name === name))
  if (unknown.length > 0) {
    console.error(`scripts/test: no phase ${unknown.join(', ')}. Phases: ${all.map((phase) => phase.name).join(', ')}`)
    return 2
  }
  const phases = wanted.length === 0 ? all : all.filter((phase) => wanted.includes(phase.name))
  announce(phases)
  process.env['MIGRATE_TEST_SEED'] ??= String(seedFor(currentCommit()))
  console.log(
    `Random tests draw from MIGRATE_TEST_SEED=${process.env['MIGRATE_TEST_SEED']}, made from the commit unless set.`,
  )
  results.push({ name: 'install', seconds: Number(process.env['INSTALL_SECONDS'] ?? 0), exitCode: 0 })
  for (const phase of phases) {
    if (interrupted) break
    results.push(await runPhase(phase))
  }
  const failed = existsSync(failures) ? `\n${readFileSync(failures, 'utf8')}` : ''
  rmSync(reports, { recursive: true, force: true })
  console.log(`${failed}\n${summarize(results).join('\n')}`)
  if (interrupted) return 130
  return total(results).failed > 0 ? 1 : 0
}

function announce(phases: readonly Phase[]): void {
  console.log('scripts/test runs, one after the other:')
  for (const phase of phases) console.log(`  ${phase.name.padEnd(10)} ${phase.what}`)
  if (phases.some((phase) => phase.project === 'cluster')) {
    console.log(
      'It takes 25 to 35 minutes on two cores; twenty more the first time, when control planes are compiled from Go modules and a signer for macOS with cargo.',
    )
  }
}

function currentCommit(): string | undefined {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

async function runPhase(phase: Phase): Promise<PhaseResult> {
  const needed = results.find((result) => result.name === phase.needs)
  if (needed !== undefined && needed.exitCode !== 0) {
    return { name: phase.name, seconds: 0, exitCode: 0, skipped: `${needed.name} failed` }
  }
  console.log(`\n--- ${phase.name}: ${phase.what}`)
  const started = performance.now()
  const report = join(reports, `${phase.name}.json`)
  const commands =
    phase.project === undefined ? phase.commands : [...phase.commands, vitest(phase, phase.project, report)]
  let exitCode = 0
  for (const command of commands) {
    exitCode = await run(command)
    if (exitCode !== 0) break
  }
  const seconds = (performance.now() - started) / 1000
  const tests = phase.project === undefined ? undefined : readReport(report)
  return { name: phase.name, seconds, exitCode, tests }
}

function vitest({ everyCore }: Phase, project: string, report: string): string[] {
  return [
    ...['npm', 'exec', '--no', '--', 'vitest', 'run', '--project', project],
    ...(everyCore ? ['--maxWorkers', '100%'] : []),
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    '--reporter=./scripts/test-run/failures.ts',
  ]
}

/** Runs a command in this terminal and resolves with its exit code, 128 + signal where one ended it, as shells say it. */
function run([file = '', ...args]: readonly string[]): Promise<number> {
  const shell = process.platform === 'win32'
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'], shell })
    child.on('error', (error) => {
      console.error(`${file} cannot be started: ${error.message}`)
      resolve(127)
    })
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}

function readReport(file: string): TestCounts {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0, secondTries: [] }
  const report: VitestReport = JSON.parse(readFileSync(file, 'utf8'))
  return countTests(report)
}

function projectNames(): string[] {
  const projects = config.test?.projects ?? []
  return projects.map((project) => {
    const name = typeof project === 'object' && 'test' in project ? project.test?.name : undefined
    if (typeof name !== 'string')
      throw new Error('vitest.config.ts: every project needs a name for scripts/test to run it')
    return name
  })
}
