import type { Command, Invocation } from '../cli/command.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { shellWord } from '../kube/text.ts'
import { Problem } from '../problem.ts'
import type { RunningSandbox } from '../sandbox/host.ts'
import type { StateProblem } from '../sandbox/state-file.ts'

const flags = {
  dir: {
    type: 'string',
    value: 'DIR',
    describe: 'keep its state in this folder, and go on from there the next time',
    group: 'Output',
  },
  exec: {
    type: 'string',
    value: 'COMMAND',
    describe: 'run this shell command with KUBECONFIG set, then stop; its exit code is the answer',
    group: 'Output',
  },
  port: {
    type: 'number',
    value: 'PORT',
    describe: 'port on loopback; any that is free without it',
    group: 'Connection',
  },
  speed: {
    type: 'string',
    value: 'FACTOR',
    default: '1',
    describe: 'how many times faster than life steps, starts and stops go',
    group: 'Timing',
  },
} as const

export const command: Command<typeof flags> = {
  name: 'sandbox',
  summary: 'a simulated cluster with a team of v1 jobs, to try every verb on',
  usage: '',
  examples: [
    { does: 'Start it; Ctrl-C stops it and leaves nothing behind', type: '$0 sandbox' },
    { does: 'One that is as it was left when it is started again', type: '$0 sandbox --dir ./sandbox' },
    { does: 'A script of yours in it', type: '$0 sandbox --exec ./try.sh' },
    { does: 'Trainings ten times faster than life', type: '$0 sandbox --speed 10' },
  ],
  flags,
  connects: false,
  manyNamespaces: false,
  run,
}

/** The team's first namespace. */
const namespace = 'nlp'

async function run(env: Env, { positionals, flags: given }: Invocation<typeof flags>): Promise<ExitCode> {
  const [word] = positionals
  if (word !== undefined) throw usage(`"${word}" is one word too many`, ['$0 sandbox', "$0 sandbox --exec 'COMMAND'"])
  const options = {
    port: portOf(given.port),
    speed: speedOf(given.speed),
    namespace,
    ...(given.dir !== undefined && { home: { folder: given.dir, self: env.self, isAlive: env.isAlive } }),
    now: env.now,
    random: Math.random,
  }
  const { startSandbox } = await import('../sandbox/host.ts')
  const { team } = await import('../sandbox/team.ts')
  const sandbox = await startSandbox({ ...options, beginning: team() }).catch((error: NodeJS.ErrnoException) => {
    throw stateProblem(error) ?? portProblem(error, options.port)
  })
  try {
    if (given.exec !== undefined) {
      const atTerminal = env.in.isTTY || env.out.isTTY || env.err.isTTY
      return (await sandbox.exec(given.exec, { ...env, atTerminal })) as ExitCode
    }
    env.out.write(`export KUBECONFIG=${sandbox.kubeconfig}\n`)
    env.err.write(`${introduction(env.name, sandbox, given.dir).join('\n')}\n`)
    await untilStopped(env.signal)
    env.err.write(given.dir === undefined ? '\nThe sandbox is gone.\n' : `\nThe sandbox is kept in ${given.dir}.\n`)
    return exitCode.ok
  } finally {
    await sandbox.stop()
  }
}

function introduction(name: string, { port, resumed }: RunningSandbox, dir: string | undefined): string[] {
  return [
    '',
    `A simulated cluster runs on 127.0.0.1:${port}: Training Operator v1.9.4,`,
    'Trainer v2.3.0, six nodes of 8 GPUs, 30 v1 jobs in nlp, vision and recsys.',
    'There is no Kueue: a queue is only a label of a job.',
    'Type the line above in another terminal, then for example:',
    '',
    `  ${name} list -A`,
    `  ${name} status`,
    `  ${name} diff job bert-large`,
    `  ${name} cutover job bert-large --observe 10s`,
    '  kubectl get pods -w',
    '',
    ...(resumed ? [`It goes on from ${dir}, and time has gone on meanwhile.`] : []),
    dir === undefined ? 'It is kept in memory. Ctrl-C stops it.' : `It is kept in ${dir}. Ctrl-C stops it.`,
  ]
}

async function untilStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

function portOf(port: number | undefined): number {
  if (port === undefined) return 0
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw usage(`--port ${port} is no port: a whole number from 1 to 65535`, ['$0 sandbox --port 6443'])
}

function speedOf(text: string | undefined): number {
  const speed = Number(text)
  if (speed >= 0.1 && speed <= 1000) return speed
  throw usage(`--speed ${text} is no factor from 0.1 to 1000`, ['$0 sandbox --speed 10'])
}

/** A state that cannot be gone on from is left as it is. */
function stateProblem(error: Error): Problem | undefined {
  if (error.name !== 'StateProblem') return undefined
  const { lock } = error as StateProblem
  const next = [
    '$0 sandbox   (forgets when it stops)',
    '$0 sandbox --dir ANOTHER_FOLDER',
    ...(lock === undefined ? [] : [`rm ${shellWord(lock)}   (where none runs any more)`]),
  ]
  return new Problem({ code: 'sandbox-state', what: error.message, next, exit: exitCode.usage }, { cause: error })
}

function portProblem(error: NodeJS.ErrnoException, port: number): unknown {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return error
  const why = error.code === 'EACCES' ? 'it is not yours to open' : 'something else listens there'
  const what = `port ${port} cannot be had: ${why}`
  return new Problem(
    { code: 'port-taken', what, next: ['$0 sandbox   (takes one that is free)'], exit: exitCode.usage },
    { cause: error },
  )
}

function usage(what: string, next: readonly string[]): Problem {
  return new Problem({ code: 'usage', what, next, exit: exitCode.usage })
}
