/** `scripts/cluster up|down|env|status`: the kept control plane, for a developer to play with. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildKey, controlPlaneRecipe } from './build.ts'
import { kubeconfigOf } from './components.ts'
import { startControlPlane } from './control-plane.ts'
import { cacheFolder, keptFolder } from './folders.ts'
import { isAlive } from './process-identity.ts'
import { conditionOf, discard, readState } from './state.ts'
import { ControlPlaneUnavailable } from './unavailable.ts'

const usage = `usage: scripts/cluster up|down|env|status

  up      build it if need be (once: 5 to 11 minutes on two cores), start it, leave it running
  down    stop it and forget everything in it
  env     print what a shell needs to use it:  eval "$(scripts/cluster env)"
  status  say what runs
`

const say = (line: string): void => console.error(line)

async function up(): Promise<number> {
  const { kubeconfig } = await startControlPlane({ keep: true, say })
  say(`KUBECONFIG=${kubeconfig}\nuse it:   eval "$(scripts/cluster env)"\nstop it:  scripts/cluster down`)
  return 0
}

async function down(): Promise<number> {
  const was = conditionOf(await readState(keptFolder()))
  await discard(keptFolder())
  say(was === 'absent' ? 'nothing was running' : 'stopped')
  return 0
}

async function env(): Promise<number> {
  if (conditionOf(await readState(keptFolder())) !== 'running') {
    say('no control plane is running: start it with scripts/cluster up')
    return 1
  }
  console.log(`export KUBECONFIG='${kubeconfigOf(keptFolder())}'`)
  const bin = join(cacheFolder(), `build-${buildKey(controlPlaneRecipe).slice(0, 16)}`, 'bin')
  if (existsSync(bin)) console.log(`export PATH='${bin}':"$PATH"`)
  return 0
}

async function status(): Promise<number> {
  const state = await readState(keptFolder())
  const condition = conditionOf(state)
  say(
    { absent: 'not running', starting: 'starting', running: 'running', dead: 'broken: run scripts/cluster up' }[
      condition
    ],
  )
  for (const process of state?.processes ?? []) {
    console.log(`${process.name.padEnd(24)} ${isAlive(process) ? 'running' : 'ENDED'}  pid ${process.pid}`)
  }
  return condition === 'running' ? 0 : 1
}

const verbs: Readonly<Record<string, () => Promise<number>>> = { up, down, env, status }

const verb = verbs[process.argv[2] ?? '']
if (verb === undefined) {
  process.stderr.write(usage)
  process.exitCode = 2
} else {
  try {
    process.exitCode = await verb()
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = error instanceof ControlPlaneUnavailable ? 3 : 1
  }
}
