import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { node, repository } from '../cluster/folders.ts'
import { faultsOf } from './judge.ts'
import { flowsOf, type Known, learn } from './points.ts'
import type { Crash } from './program.ts'
import { serve } from './real-process.ts'
import { realKills, seed } from './seed.ts'
import { stateOf } from './state.ts'
import { randomFrom, World } from './world.ts'

const random = randomFrom(seed)
const [[, scenario, flow] = []] = flowsOf('there')
if (!scenario || !flow) throw new Error('there is no scenario')

/** One in 50 of the crash points of a run: at each write, just before or just after, by turns with each way on. */
const points = Array.from({ length: realKills }, (_, at): [title: string, crash: Crash, follow: string] => {
  const crash: Crash = { write: 1 + (at % 16), when: random() < 0.5 ? 'before' : 'after' }
  const follow = random() < 0.5 ? flow.command : (flow.others[0] ?? '')
  return [`${crash.when} write ${crash.write}, then ${follow}`, crash, follow]
})

describe(`a process ended by SIGKILL (MIGRATE_TEST_CRASH_SEED=${seed})`, () => {
  let folder = ''
  let known: Known

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubectl-migrate-crash-'))
    await promisify(execFile)(node, [join(repository, 'scripts', 'build.ts'), '--out', folder], { cwd: repository })
    // the program loads its verbs in real time, which the first run is not to take for time that passes
    await learn(scenario, flow)
    known = await learn(scenario, flow)
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each(points)('%s: ends as if nothing had been', async (_, crash, follow) => {
    const world = new World({ seed, ...scenario, speed: 20, start: new Date(Date.now() - 5000) })
    const served = await serve(world, join(folder, 'kubectl-migrate.cjs'), folder)
    try {
      const killed = await served.run(flow.command, crash)
      expect([killed.code, killed.code === 137 ? '' : killed.stdout + killed.stderr]).toEqual([137, ''])
      const run = await served.run(follow)
      world.pass(40)
      const { faults, finished } = world.pods
      const said = run.stdout + run.stderr
      const told = { code: run.code, said, state: stateOf(world), faults, finished, killed: killed.writes }
      const story = { scenario, flow, crashes: [crash], follow, pause: 0, elsewhere: false, seed }
      expect(faultsOf(story, told, known)).toEqual([])
    } finally {
      await served.stop()
    }
  })
})
