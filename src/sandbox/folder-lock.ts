import { promises } from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Env, ProcessIdentity } from '../env.ts'
import { parseJson } from '../kube/parse-json.ts'
import { StateProblem } from './state-file.ts'

/** Who takes a folder, and whether another that took it lives. */
export type Holder = Pick<Env, 'self' | 'isAlive'>

/**
 * Takes a folder for one sandbox, and makes it where its parent is there; resolves with how to give it back. Throws StateProblem where a sandbox
 * has it, or where nobody can say whether one has; a process that is gone has nothing.
 */
export async function lockFolder(folder: string, { self, isAlive }: Holder): Promise<() => Promise<void>> {
  const file = path.join(folder, 'sandbox.lock')
  try {
    await makeFolder(folder)
    for (let turn = 0; ; turn++) {
      if (await write(file, JSON.stringify(self))) return () => promises.rm(file, { force: true })
      const text = await promises.readFile(file, 'utf8').catch(absent)
      if (text === undefined) continue
      const why = whyHeld(text, self, isAlive)
      if (why !== undefined) throw new StateProblem(`${folder} ${why}`, { lock: file })
      if (await removeLeft(file, text)) continue
      if (turn === mostTurns)
        throw new StateProblem(`${folder} cannot be taken: ${left(file)} stays; delete it if no sandbox starts`)
      await setTimeout(pause)
    }
  } catch (error) {
    if (error instanceof StateProblem) throw error
    const { code = '', message } = error as NodeJS.ErrnoException
    throw new StateProblem(`${folder} cannot keep the sandbox: ${reasons[code] ?? message}`, { cause: error })
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'the folder it is to be in is not there',
  ENOTDIR: 'it is a file',
  EACCES: 'it may not be written',
  EROFS: 'it may not be written',
}

async function makeFolder(folder: string): Promise<void> {
  await promises.mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

/** false where the file is there already */
async function write(file: string, text: string): Promise<boolean> {
  try {
    await promises.writeFile(file, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  }
}

function whyHeld(text: string, self: ProcessIdentity, isAlive: Holder['isAlive']): string | undefined {
  const { pid, host = '', place, started = '' } = (parseJson(text) ?? {}) as Partial<ProcessIdentity>
  if (typeof pid !== 'number') return 'may be used by another sandbox: its sandbox.lock says nobody'
  if (place !== self.place) return `was taken by a sandbox elsewhere (process ${pid} of ${host}), which may still run`
  return isAlive({ pid, started }) ? `is used by another sandbox (process ${pid})` : undefined
}

/** Held by the one that looks at a lock which was left, and removes it. */
const left = (file: string): string => `${file}.left`
/** looks at a lock that another removes, and milliseconds between them */
const mostTurns = 100
const pause = 20

/**
 * Takes away what a process left that is gone, one process at a time: nobody else can have removed it, and made another, when it is removed.
 * @returns false where another is about to
 */
async function removeLeft(file: string, text: string): Promise<boolean> {
  const guard = left(file)
  if (!(await write(guard, ''))) return false
  try {
    if ((await promises.readFile(file, 'utf8').catch(absent)) === text) await promises.rm(file)
  } finally {
    await promises.rm(guard)
  }
  return true
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
