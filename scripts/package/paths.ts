import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export const repository = resolve(import.meta.dirname, '..', '..')
export const dist = join(repository, 'dist')

/** One folder a target with its binary: `linux-amd64/kubectl-migrate`. */
export const binaries = join(dist, 'bin')

/** What a release uploads: archives, sums, SBOM, Krew manifest. */
export const release = join(dist, 'release')

/** What is worth keeping between runs, outside the repository: Node for other platforms and the tool that signs. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'] || process.env['LOCALAPPDATA'] || join(homedir(), '.cache')
  return join(base, 'kubectl-migrate', 'package')
}
