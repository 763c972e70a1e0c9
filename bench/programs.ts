import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { node, repository } from '../test/cluster/folders.ts'

/** Ways to start kubectl-migrate that are measured. */
export interface Built {
  readonly name: 'binary' | 'bundle'
  readonly words: readonly string[]
}

/** What `npm run package` left in dist. @throws Error when it is not there */
export function builtPrograms(): { readonly binary: Built; readonly bundle: Built } {
  const binary = join(repository, 'dist', process.platform === 'win32' ? 'kubectl-migrate.exe' : 'kubectl-migrate')
  const bundle = join(repository, 'dist', 'kubectl-migrate.cjs')
  for (const file of [binary, bundle]) {
    if (!existsSync(file)) throw new Error(`there is no ${relative(repository, file)}: npm run package makes it`)
  }
  return { binary: { name: 'binary', words: [binary] }, bundle: { name: 'bundle', words: [node, bundle] } }
}
