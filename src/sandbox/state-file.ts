import { promises } from 'node:fs'
import path from 'node:path'
import type { SandboxState } from './sandbox.ts'

/** Of the form of the file: one that is newer is not read. */
const form = 1

/** A state that is there and cannot be gone on from: what, and why. */
export class StateProblem extends Error {
  override readonly name = 'StateProblem'
  /** the file that says so, where another sandbox has the folder */
  readonly lock: string | undefined

  constructor(message: string, { lock, ...options }: ErrorOptions & { readonly lock?: string } = {}) {
    super(message, options)
    this.lock = lock
  }
}

function fileIn(folder: string): string {
  return path.join(folder, 'sandbox.json')
}

/** The state that a folder keeps; undefined where it keeps none. Throws StateProblem for one that cannot be read. */
export async function readState(folder: string): Promise<SandboxState | undefined> {
  const file = fileIn(folder)
  let text: string
  try {
    text = await promises.readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new StateProblem(`${file} cannot be read: ${(error as Error).message}`, { cause: error })
  }
  let kept: { readonly form?: unknown; readonly state?: SandboxState }
  try {
    kept = JSON.parse(text)
  } catch (error) {
    throw new StateProblem(`${file} is no state of a sandbox: ${(error as Error).message}`, { cause: error })
  }
  if (typeof kept?.form === 'number' && kept.form > form) {
    throw new StateProblem(`${file} was written by a newer kubectl-migrate (form ${kept.form}; this one reads ${form})`)
  }
  if (kept?.form !== form || !Array.isArray(kept.state?.objects))
    throw new StateProblem(`${file} is no state of a sandbox`)
  return kept.state
}

/** Keeps a state in a folder, which is made in one that is there; whoever reads at the same time finds the one before or this one, whole. */
export async function writeState(folder: string, state: SandboxState): Promise<void> {
  const text = JSON.stringify({ form, state })
  await promises.mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const file = fileIn(folder)
  const next = `${file}.new`
  const handle = await promises.open(next, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await promises.rename(next, file)
}
