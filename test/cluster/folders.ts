import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** The repository's own folder. */
export const repository = resolve(import.meta.dirname, '..', '..')

const pinnedNode = join(repository, 'node_modules', 'node', 'bin', 'node')

/** The Node that runs TypeScript as it is: the pinned one, whichever Node vitest was started with. */
export const node = existsSync(pinnedNode) ? pinnedNode : process.execPath

/** The folder of the harness and of its Go modules. */
export const sources = import.meta.dirname

/**
 * Everything the control plane keeps, always outside the repository: `$XDG_CACHE_HOME/kubectl-migrate/control-plane`, or
 * under `~/.cache` where that variable is not set. `build-<hash>` folders hold binaries, `run-*` folders one running control
 * plane each, `kept` the one that outlives its starter.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubectl-migrate', 'control-plane')
}

export const keptFolder = (): string => join(cacheFolder(), 'kept')
