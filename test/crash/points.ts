import type { Crash } from './program.ts'
import { type Flow, type Scenario, scenarios } from './scenarios.ts'
import { type Story, type Untroubled, uninterrupted } from './story.ts'
import { randomFrom } from './world.ts'

/** A flow with what it comes to when nobody kills it, by the command it ends with. */
export interface Known {
  readonly scenario: Scenario
  readonly flow: Flow
  readonly ends: ReadonlyMap<string, Untroubled>
  /** how it stands where nobody does anything, where the flow is not begun; and where v1 then ends by itself */
  readonly without: Untroubled
  readonly unmoved: Untroubled
  readonly ended: Untroubled
}

/** Runs a flow to each of its ends. */
export async function learn(scenario: Scenario, flow: Flow): Promise<Known> {
  const ends = new Map<string, Untroubled>()
  ends.set(flow.command, await uninterrupted(scenario, [...flow.before, flow.command]))
  for (const other of flow.others) {
    ends.set(other, await uninterrupted(scenario, [...flow.before, flow.command, other]))
  }
  const [without, ended] = [await uninterrupted(scenario, []), await uninterrupted(scenario, [], scenario.ends)]
  const unmoved = await uninterrupted(scenario, flow.before)
  return { scenario, flow, ends, without, unmoved, ended }
}

/** What may lie between a crash and the next command: nothing, less and more than pods take to come and go, longer than a lock is kept. */
const pauses = [0, 0.2, 3, 45] as const

/** Every write of a flow's command, on both sides of it, with every way on. */
export function singlePoints(known: Known, seed: number): Story[] {
  const random = randomFrom(seed)
  return crashesOf(known).flatMap((crash) =>
    [...known.ends.keys()].map((follow) => story(known, [crash], follow, random)),
  )
}

/** Killed, killed again in what follows, perhaps once more: drawn. */
export function drawnPoints(all: readonly Known[], crashes: number, seed: number): Story[] {
  const random = randomFrom(seed)
  const drawn: Story[] = []
  for (let left = crashes; left > 0; ) {
    const known = pick(all, random)
    const follow = pick([...known.ends.keys()], random)
    const more = random() < 0.3 ? 2 : 1
    const writes = known.ends.get(follow)?.writes.length ?? 1
    const again = Array.from({ length: more }, () => crashAt(1 + Math.floor(random() * writes), random))
    drawn.push(story(known, [pick(crashesOf(known), random), ...again], follow, random))
    left -= 1 + more
  }
  return drawn
}

function crashesOf({ flow, ends }: Known): Crash[] {
  const writes = ends.get(flow.command)?.writes ?? []
  return writes.flatMap((_, at) => (['before', 'after'] as const).map((when) => ({ write: at + 1, when })))
}

function story({ scenario, flow }: Known, crashes: readonly Crash[], follow: string, random: () => number): Story {
  return {
    ...{ scenario, flow, crashes, follow },
    pause: pick(pauses, random),
    elsewhere: random() < 0.1,
    seed: Math.floor(random() * 2 ** 31),
  }
}

function crashAt(write: number, random: () => number): Crash {
  return { write, when: random() < 0.5 ? 'before' : 'after' }
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T
}

/** All flows of all scenarios that go there, or that go back. */
export function flowsOf(direction: Flow['direction']): [title: string, scenario: Scenario, flow: Flow][] {
  return scenarios.flatMap((scenario) =>
    scenario.flows
      .filter((flow) => flow.direction === direction)
      .map((flow): [string, Scenario, Flow] => [`${scenario.title}: ${flow.title}`, scenario, flow]),
  )
}
