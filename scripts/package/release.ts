import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Entry, writeArchive } from './archive.ts'
import type { Binary } from './binary.ts'
import { fillTemplate } from './krew.ts'
import { thirdPartyLicences } from './licences.ts'
import { nodeLicence } from './node-base.ts'
import { dist, release, repository } from './paths.ts'
import { billOfMaterials } from './sbom.ts'
import { archiveName, executableName, type Target, targetName, targets } from './targets.ts'

/** What package.json and git say about the release being made. */
export interface ReleaseFacts {
  /** without `v` */
  readonly version: string
  readonly homepage: string
  readonly nodeVersion: string
  /** the date of every file in the archives and of the bill of materials */
  readonly modified: Date
}

/** Writes a binary's archive: the binary, kubectl's completion hook where a shell script can run, and the licences. */
export async function archiveBinary({ target, file, nodeFrom }: Binary, facts: ReleaseFacts): Promise<string> {
  const node = await nodeLicence(target, facts.nodeVersion, nodeFrom, targets[0] ?? target)
  const entries: Entry[] = [
    { name: executableName(target), source: file, executable: true },
    { name: 'LICENSE', source: join(repository, 'LICENSE'), executable: false },
    {
      name: 'THIRD_PARTY_LICENSES',
      source: Buffer.from(thirdPartyLicences(facts.nodeVersion, node)),
      executable: false,
    },
  ]
  if (target.os !== 'windows') {
    const hook = 'kubectl_complete-migrate'
    entries.splice(1, 0, { name: hook, source: join(dist, hook), executable: true })
  }
  const archive = join(release, archiveName(target, facts.version))
  await writeArchive(archive, entries, facts.modified)
  return archive
}

/**
 * Writes what belongs to all archives in dist/release together: bill of materials, SHA256SUMS and, where all platforms
 * are there, the Krew manifest. Returns the names of the files, and the platforms without an archive.
 */
export async function completeRelease(facts: ReleaseFacts): Promise<{ files: string[]; missing: Target[] }> {
  const bom = `kubectl-migrate_v${facts.version}_sbom.cdx.json`
  await writeFile(join(release, bom), await billOfMaterials(facts.nodeVersion, facts.modified))
  const archives = targets
    .map((target) => archiveName(target, facts.version))
    .filter((name) => existsSync(join(release, name)))
  const sums = new Map<string, string>()
  for (const name of [...archives, bom]) {
    sums.set(
      name,
      createHash('sha256')
        .update(await readFile(join(release, name)))
        .digest('hex'),
    )
  }
  await writeFile(join(release, 'SHA256SUMS'), [...sums].map(([name, sum]) => `${sum}  ${name}\n`).join(''))
  const missing = targets.filter((target) => !archives.includes(archiveName(target, facts.version)))
  if (missing.length === 0) await writeFile(join(release, 'migrate.yaml'), await krewManifest(facts, sums))
  return { files: (await readdir(release)).sort(), missing }
}

async function krewManifest(facts: ReleaseFacts, sums: ReadonlyMap<string, string>): Promise<string> {
  const archiveOf = (name: string): string => {
    const target = targets.find((candidate) => targetName(candidate) === name)
    if (target === undefined) throw new Error(`krew/migrate.template.yaml: ${name} is not a platform this is made for`)
    return archiveName(target, facts.version)
  }
  return fillTemplate(await readFile(join(repository, 'krew', 'migrate.template.yaml'), 'utf8'), {
    version: () => facts.version,
    homepage: () => facts.homepage,
    uri: (name) => `${facts.homepage}/releases/download/v${facts.version}/${archiveOf(name)}`,
    sha256: (name) => sums.get(archiveOf(name)),
  })
}
