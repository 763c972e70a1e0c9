/** At which writes runs are killed on the real control plane: all with MIGRATE_TEST_CRASH=all, else those drawn here. */
import { type Crash, type CrashPoint, crashPoints, thorough } from './points.ts'
import {
  alike,
  completing,
  cutoverWrites,
  differ,
  ending,
  endingWrites,
  failing,
  failingWrites,
  rollbackWrites,
  type Scenario,
  suspended,
} from './scenarios.ts'

interface Move {
  /** how the job stands before */
  readonly from: 'v1' | 'v2'
  /** by default, the side of each write */
  readonly side: Crash['when']
  writes(scenario: Scenario): readonly string[]
}

/** By what becomes of a run that was killed. */
export const moves = {
  'a cutover is gone on with by the same command': { from: 'v1', side: 'after', writes: cutoverWrites },
  'a rollback is gone on with by the same command': { from: 'v2', side: 'after', writes: rollbackWrites },
  'a cutover is taken back by rollback': { from: 'v1', side: 'before', writes: cutoverWrites },
  'a rollback leaves a job that can be cut over': { from: 'v2', side: 'before', writes: rollbackWrites },
} as const satisfies Readonly<Record<string, Move>>

export type Direction = keyof typeof moves

export const scenarios: readonly Scenario[] = [alike, differ, suspended]

/** All points of all directions, by turns: what one leaves is what another begins with. */
export function pointsOf(scenario: Scenario): (readonly [title: string, direction: Direction, crash: Crash])[] {
  const all = Object.entries(moves).flatMap(([direction, { side, writes }]) =>
    crashPoints(writes(scenario), side)
      .map(([title, crash], at) => ({ at, crash, point: [title, direction as Direction, crash] as const }))
      .filter(({ point: [title] }) => scenario !== differ || writes !== cutoverWrites || isDrawn(title, side)),
  )
  return all.sort((a, b) => a.at - b.at).map(({ point }) => point)
}

/** Where roles differ, the writes of a cutover are those of roles that do not: by default every other one in either direction, and each of a job. */
function isDrawn(title: string, side: Crash['when']): boolean {
  const even = Number(/write (\d+)/.exec(title)?.[1]) % 2 === 0
  return thorough || /jobs/.test(title) || even === (side === 'after')
}

/** By default where v1 is held and nothing runs. */
export function pointsOfKind(scenario: Scenario): CrashPoint[] {
  const hold = `PATCH ${scenario.kind.toLowerCase()}s/bert`
  return crashPoints(cutoverWrites(scenario), 'after').filter(([title]) => thorough || title.endsWith(hold))
}

const started = cutoverWrites(completing).indexOf('PATCH trainjobs/bert') + 1
const held = endingWrites(ending).indexOf('PATCH pytorchjobs/bert') + 1
const isBehind =
  (write: number) =>
  ([, crash]: CrashPoint): boolean =>
    crash.write > write

/** Of jobs that end while they are moved. */
export const endingPoints = {
  failsAndGoesOn: crashPoints(failingWrites(failing), 'after'),
  failsAndIsTakenBack: crashPoints(failingWrites(failing), 'before'),
  completesAndGoesOn: crashPoints(cutoverWrites(completing), 'after'),
  completesAndIsTakenBack: crashPoints(cutoverWrites(completing), 'before').filter(isBehind(started)),
  v1EndsBefore: crashPoints(endingWrites(ending), 'after').filter(isBehind(held)),
  v1EndsAfter: crashPoints(endingWrites(ending), 'before').filter(isBehind(held)),
} as const
