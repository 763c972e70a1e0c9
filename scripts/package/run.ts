import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

interface RunOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

interface Failure extends Error {
  readonly stdout?: string
  readonly stderr?: string
}

const execute = promisify(execFile)

/** Runs a program and returns its standard output; throws with everything it printed where it exits with another code than 0. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  try {
    const { stdout } = await execute(program, args, { ...options, maxBuffer: 64 * 1024 * 1024 })
    return stdout
  } catch (error) {
    const { message, stdout = '', stderr = '' } = error as Failure
    throw new Error(`${message.split('\n')[0]}\n${stdout}${stderr}`.trimEnd(), { cause: error })
  }
}

/** npm as this machine starts it: on Windows it is a script, which only a shell can run. */
export function npm(args: readonly string[], options: RunOptions = {}): Promise<string> {
  return process.platform === 'win32' ? run('cmd.exe', ['/c', 'npm', ...args], options) : run('npm', args, options)
}
