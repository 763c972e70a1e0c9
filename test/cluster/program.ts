import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { node, repository } from './folders.ts'

export interface BuiltProgram {
  /** the bundle, made from the sources as they stand */
  readonly path: string
  remove(): Promise<void>
}

/**
 * Bundles the program once for a whole run of tests: started from its sources, it takes a second of processor time to read them, and
 * tests start it many hundred times. What Node compiles is kept beside it.
 */
export async function buildProgram(): Promise<BuiltProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-migrate-program-'))
  await promisify(execFile)(node, [join(repository, 'scripts', 'build.ts'), '--out', folder], { cwd: repository })
  return {
    path: join(folder, 'kubectl-migrate.cjs'),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Where Node keeps what it compiled of the program at this path. */
export function compileCacheOf(path: string): string {
  return `${path}.compiled`
}
