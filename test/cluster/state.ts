import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from './folders.ts'
import type { Ports } from './ports.ts'
import { isAlive, kill, type ProcessIdentity } from './process-identity.ts'

/** What a control plane's folder says about it, in `state.json`. */
export interface State {
  /** of the binaries and of the harness it was started with */
  readonly key: string
  /** false while it starts */
  readonly ready: boolean
  /** ends with this process; absent: kept until told to stop */
  readonly owner?: ProcessIdentity
  readonly ports: Ports
  readonly processes: readonly (ProcessIdentity & { readonly name: string })[]
}

/**
 * What a folder holds now. `dead`: some of its recorded processes are gone (a reboot, a crash, a kill); `starting`: its
 * starter is at work or was ended in the middle of it.
 */
export type Condition = 'absent' | 'starting' | 'running' | 'dead'

export async function readState(folder: string): Promise<State | undefined> {
  const path = join(folder, 'state.json')
  if (!existsSync(path)) return undefined
  return JSON.parse(await readFile(path, 'utf8')) as State
}

/** Replaces the state in one step: a reader never sees half of it. */
export async function writeState(folder: string, state: State): Promise<void> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'state.json')
  await writeFile(`${path}.new`, JSON.stringify(state, null, 2))
  await rename(`${path}.new`, path)
}

export function conditionOf(state: State | undefined): Condition {
  if (state === undefined) return 'absent'
  if (!state.processes.every(isAlive)) return 'dead'
  return state.ready ? 'running' : 'starting'
}

/** Ends every recorded process of a folder for certain and removes the folder. Nothing there is fine. */
export async function discard(folder: string): Promise<void> {
  const state = await readState(folder)
  if (state !== undefined) await kill(state.processes)
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

/**
 * Discards control planes whose owner has ended without them: their supervisor must have been killed too. Returns their
 * folders.
 */
export async function discardOrphans(): Promise<string[]> {
  const parent = cacheFolder()
  if (!existsSync(parent)) return []
  const discarded: string[] = []
  for (const name of await readdir(parent)) {
    if (!name.startsWith('run-')) continue
    const folder = join(parent, name)
    const state = await readState(folder)
    if (state?.owner === undefined || isAlive(state.owner)) continue
    await discard(folder)
    discarded.push(folder)
  }
  return discarded
}
