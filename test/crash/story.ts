import type { Crash, ProgramRun } from './program.ts'
import type { Flow, Scenario } from './scenarios.ts'
import { type State, stateOf } from './state.ts'
import { World } from './world.ts'

/** A command that is killed, once or more often, and what is typed then. */
export interface Story {
  readonly scenario: Scenario
  readonly flow: Flow
  /** of the command, then of what follows it */
  readonly crashes: readonly Crash[]
  /** the same command, or another */
  readonly follow: string
  /** seconds between a crash and the next command */
  readonly pause: number
  /** the next command is typed on another machine */
  readonly elsewhere: boolean
  readonly seed: number
}

export interface Told {
  /** of the last run */
  readonly code: number
  readonly said: string
  readonly state: State
  readonly faults: readonly string[]
  /** the side whose training has ended by itself */
  readonly finished: string | undefined
  /** writes at which it was killed */
  readonly killed: readonly string[]
}

/** Longer than anything takes that was begun. */
const settled = 40

export async function tell({ scenario, flow, crashes, follow, pause, elsewhere, seed }: Story): Promise<Told> {
  const world = new World({ seed, ...scenario })
  for (const words of flow.before) await world.run(words)
  const killed: string[] = []
  let [words, host] = [flow.command, 'laptop']
  for (const crash of crashes) {
    const run = await world.run(words, crash, host)
    if (run.code === 137) killed.push(`${crash.when} write ${crash.write}, ${run.writes.at(-1)}`)
    world.pass(pause)
    words = follow
    if (elsewhere) host = host === 'laptop' ? 'server' : 'laptop'
  }
  let run = await world.run(words, undefined, host)
  if (isEarly(run)) {
    world.pass(settled)
    run = await world.run(words, undefined, host)
  }
  world.pass(settled)
  const { faults, finished } = world.pods
  return { code: run.code, said: run.stdout + run.stderr, state: stateOf(world), faults, finished, killed }
}

/** What was deleted takes a moment to go, its JobSet's Service with the garbage collector, and the program refuses to go on meanwhile. */
function isEarly({ stderr }: ProgramRun): boolean {
  return /is being deleted|there is a Service bert already/.test(stderr)
}

export interface Untroubled extends Omit<Told, 'killed'> {
  /** of the last command */
  readonly writes: readonly string[]
}

/** What a run of these commands comes to that nobody kills. */
export async function uninterrupted(
  scenario: Scenario,
  commands: readonly string[],
  first?: (world: World) => void,
): Promise<Untroubled> {
  const world = new World({ seed: 1, ...scenario })
  first?.(world)
  world.pass(settled)
  let run: ProgramRun | undefined
  for (const words of commands) {
    run = await world.run(words)
    world.pass(settled)
  }
  const { faults, finished } = world.pods
  const { code = 0, stdout = '', stderr = '', writes = [] } = run ?? {}
  return { code, said: stdout + stderr, state: stateOf(world), faults, finished, writes }
}
