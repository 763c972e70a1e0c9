/** One phase of the test run: commands run one after the other, and the vitest project whose tests they end with. */
export interface Phase {
  readonly name: string
  readonly what: string
  readonly commands: readonly (readonly string[])[]
  readonly project?: string
  /** On as many cores as there are, where vitest would leave one to itself: its tests start nothing but themselves, or wait for what they start. */
  readonly everyCore?: true
  /** The phase without whose success this one cannot run. */
  readonly needs?: string
}

const known: readonly Phase[] = [
  { name: 'lint', what: 'formatting and lint, with the import directions between rooms', commands: [npm('lint')] },
  { name: 'types', what: 'TypeScript, strict', commands: [npm('types')] },
  { name: 'dead-code', what: 'unused files, exports and dependencies', commands: [npm('dead-code')] },
  { name: 'build', what: 'bundle into dist/kubectl-migrate.cjs', commands: [npm('build')] },
  { name: 'demo', what: 'scripts/demo: the examples, and a job moved in the sandbox', commands: [['scripts/demo']] },
  { name: 'unit', what: 'pure rooms, commands on fakes, scripts', commands: [], project: 'unit', everyCore: true },
  {
    name: 'crash',
    what: 'the program killed at its writes, 2,000 times in the sandbox',
    commands: [],
    project: 'crash',
    everyCore: true,
  },
  {
    name: 'cluster',
    what: 'a real API server with both operators',
    commands: [],
    project: 'cluster',
    everyCore: true,
    needs: 'build',
  },
  { name: 'kueue', what: 'the same cluster with Kueue, alone', commands: [], project: 'kueue', needs: 'build' },
  {
    name: 'serial',
    what: 'the same cluster, parts of which go down, or full of pods',
    commands: [],
    project: 'serial',
    needs: 'build',
  },
  {
    name: 'package',
    what: 'the single binaries, archives, sums, SBOM and Krew manifest',
    commands: [[...npm('package'), '--', '--all', '--leave-out-unsignable']],
    project: 'package',
    needs: 'build',
  },
]

/**
 * The phases to run, in order, from the names of vitest's projects: a project without a phase of its own gets one,
 * so that no test is left out by an oversight here.
 */
export function phasesFor(projects: readonly string[]): Phase[] {
  const here = known.filter((phase) => phase.project === undefined || projects.includes(phase.project))
  const named = new Set(known.map((phase) => phase.project))
  const others = projects.filter((project) => !named.has(project))
  return [...here, ...others.map((project) => ({ name: project, what: 'tests', commands: [], project }))]
}

function npm(script: string): string[] {
  return ['npm', 'run', '--silent', script]
}
