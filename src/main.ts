import { isSea } from 'node:sea'
import { setFlagsFromString } from 'node:v8'
import { disk } from './cli/disk.ts'
import { endedAtOnce } from './cli/ended-at-once.ts'
import { isAlive, processIdentity } from './cli/process-identity.ts'
import { runProgram } from './cli/program.ts'
import { programName } from './cli/program-name.ts'
import { standardInput } from './cli/standard-input.ts'
import { asShown, lookOf } from './cli/terminal.ts'
import { keepYoungGenerationSmall, thisHeap } from './cli/young-generation.ts'
import type { Env, Output } from './env.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { Problem } from './problem.ts'

const interruption = new AbortController()

/** The first Ctrl-C lets the verb end in order and say how to go on; the second ends the process at once. */
function interrupt(): void {
  if (!interruption.signal.aborted) {
    interruption.abort()
    return
  }
  if (changesTheCluster) env.err.write(`\n${lastWords.join('\n')}\n`)
  process.exit(exitCode.interrupted)
}

let changesTheCluster = false
/** of a second Ctrl-C, which waits for nothing */
let lastWords: readonly string[] = []
let hintName: string | undefined
let verbosity = 0
let lostOutput: unknown
let failing: Promise<never> | undefined
let unheard = false

/**
 * A reader that went away (`| head`) is no error: the rest is not wanted. A verb that changes the cluster goes on without
 * words, as it must not stop half-way.
 */
function outputFailed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') {
    const what = `cannot write the output: ${error.message}`
    lostOutput = new Problem({ code: 'cannot-write-output', what, exit: exitCode.usage }, { cause: error })
  }
  if (changesTheCluster) return
  if (lostOutput === undefined) endUnheard()
  else fail(lostOutput)
}

/** Ends as nobody reads on: what was said so far is said whole, for whoever reads the words, and no more of it. */
function endUnheard(): void {
  unheard = true
  void flushed(process.stderr).then(() => process.exit(exitCode.ok))
}

/** Words a failure and ends the process with its exit code. */
function fail(error: unknown): Promise<never> {
  failing ??= Promise.all([import('./present/errors.ts'), import('./present/spoken.ts')]).then(
    async ([errors, words]) => {
      const { lines, exit } = errors.describeError(error, hintName ?? env.name, verbosity)
      env.err.write(words.spoken(lines, env.err))
      await Promise.all([flushed(process.stdout), flushed(process.stderr)])
      process.exit(exit)
    },
  )
  return failing
}

async function end(code: ExitCode): Promise<never> {
  await Promise.all([flushed(process.stdout), flushed(process.stderr)])
  if (failing !== undefined || (code === exitCode.ok && lostOutput !== undefined)) return await fail(lostOutput)
  process.exit(code)
}

function outputTo(stream: NodeJS.WriteStream): Output {
  const look = lookOf(stream, process.env, process.platform)
  return {
    ...look,
    get columns() {
      return lookOf(stream, process.env, process.platform).columns
    },
    get rows() {
      return stream.isTTY ? stream.rows : undefined
    },
    write(text) {
      if (unheard) return
      stream.write(asShown(text, look, stream === process.stderr))
    },
    async drained() {
      if (stream.writableNeedDrain) await new Promise<void>((resolve) => stream.once('drain', resolve))
    },
  }
}

/** Resolves at the next Ctrl-C. */
function interrupted(): Promise<undefined> {
  return new Promise((resolve) => {
    interruption.signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}

/** Ctrl-C ends a sleep early; after it (while rolling back) one can sleep again. No time at all is one look at what has come meanwhile. */
function sleep(milliseconds: number): Promise<void> {
  if (milliseconds === 0) return new Promise((resolve) => setImmediate(resolve))
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer)
      interruption.signal.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, milliseconds)
    interruption.signal.addEventListener('abort', wake)
  })
}

/** All that was written has left the process: on Windows pipes are written in the background. */
async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => stream.write('', () => resolve()))
}

const env: Env = {
  name: programName({
    called: isSea() ? process.argv0 : (process.argv[1] ?? ''),
    underscore: process.env['_'],
  }),
  // not touched before somebody asks: opening it costs time
  in: standardInput(() => process.stdin, interrupted),
  out: outputTo(process.stdout),
  err: outputTo(process.stderr),
  variables: process.env,
  signal: interruption.signal,
  files: disk,
  now: () => new Date(),
  sleep,
  elapsed: () => performance.now(),
  get self() {
    return processIdentity(process.pid, process.platform)
  },
  isAlive: (other) => isAlive(other, process.kill.bind(process)),
  onTerminate(act) {
    process.on('SIGTERM', act)
    return () => void process.off('SIGTERM', act)
  },
  async connect(flags, signal = interruption.signal) {
    const { connect } = await import('./cluster/connect.ts')
    return await connect(flags, process.env, (line) => env.err.write(`${line}\n`), signal)
  },
  async runTool(words, folders) {
    const { runTool } = await import('./cli/tool.ts')
    return await runTool(words, folders)
  },
  async hook(command, how) {
    const { runHook } = await import('./cli/hook.ts')
    return await runHook(command, how, { platform: process.platform, kill: process.kill.bind(process) })
  },
  async run(program, words) {
    const { runChild } = await import('./cli/child.ts')
    return await runChild(program, words, interruption.signal)
  },
  async getJson(url, signal) {
    const { getJson } = await import('./cluster/http-json.ts')
    return await getJson(url, signal)
  },
}

process.on('SIGINT', interrupt)
process.on('SIGTERM', interrupt)
process.stdout.on('error', outputFailed)
process.stderr.on('error', outputFailed)

process.on('uncaughtException', fail)

runProgram(env, process.argv.slice(2), {
  starting: (command, invocation, name) => {
    hintName = name
    changesTheCluster = command.writes === true
    lastWords = changesTheCluster ? endedAtOnce(name, command.name, invocation) : []
    verbosity = invocation.verbosity
    if (command.leavesUncompiled) setFlagsFromString('--no-opt')
    // read by V8 after each collection, so that it can still be said here
    if (command.collectsOften) setFlagsFromString('--heap-growing-percent=100')
    if (command.keepsYoungSmall) keepYoungGenerationSmall(thisHeap)
  },
}).then(end, fail)
