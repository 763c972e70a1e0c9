import { promises } from 'node:fs'
import path from 'node:path'
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
    for (;;) {
      if (await write(file, JSON.stringify(self))) return () => promises.rm(file, { force: true })
      const text = await promises.readFile(file, 'utf8').catch(absent)
      if (text === undefined) continue
      const why = whyHeld(text, self, isAlive)
      if (why !== undefined) throw new StateProblem(`${folder} ${why}`, { lock: file })
      await removeLeft(file, text, self.pid)
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

/** Takes away what a process left that is gone; a lock that somebody has made meanwhile stays. */
async function removeLeft(file: string, text: string, pid: number): Promise<void> {
  const aside = `${file}.${pid}`
  try {
    await promises.rename(file, aside)
  } catch (error) {
    return absent(error as NodeJS.ErrnoException)
  }
  if ((await promises.readFile(aside, 'utf8')) !== text) await promises.link(aside, file)
  await promises.rm(aside)
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
