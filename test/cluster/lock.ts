import { readFile, rm, writeFile } from 'node:fs/promises'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'

/** Where progress goes, one line at a time. */
export type Say = (line: string) => void

/**
 * Takes the lock file's path and what its holder does, waits while another living process holds it, and returns the function
 * that lets go. A holder that has ended holds nothing.
 */
export async function lock(path: string, doing: string, say: Say): Promise<() => Promise<void>> {
  const self = identify(process.pid)
  for (let waited = 0; ; waited++) {
    try {
      await writeFile(path, JSON.stringify(self), { flag: 'wx' })
      return () => rm(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = await readHolder(path)
    if (holder !== undefined && !isAlive(holder)) {
      say(`taking over from process ${holder.pid}, which ended before it was done`)
      await rm(path, { force: true })
      continue
    }
    if (waited === 0) say(`process ${holder?.pid ?? '?'} ${doing}: waiting for it`)
    await new Promise((wake) => setTimeout(wake, 500))
  }
}

async function readHolder(path: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ProcessIdentity
  } catch {
    // gone, or not written yet: the caller looks again
    return undefined
  }
}
