import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { create } from 'tar'

/** A file to put into an archive, at its top level. */
export interface Entry {
  readonly name: string
  readonly source: string | Uint8Array
  readonly executable: boolean
}

/**
 * Writes a .zip or .tar.gz (by its name) of regular files. The same entries and time give the same bytes on any machine:
 * no owner, no order of a folder, and every file dated `modified`.
 */
export async function writeArchive(file: string, entries: readonly Entry[], modified: Date): Promise<void> {
  await (file.endsWith('.zip') ? writeZip(file, entries, modified) : writeTarGz(file, entries, modified))
}

async function writeTarGz(file: string, entries: readonly Entry[], mtime: Date): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-migrate-archive-'))
  try {
    for (const entry of entries) {
      const path = join(folder, entry.name)
      await (typeof entry.source === 'string' ? copyFile(entry.source, path) : writeFile(path, entry.source))
    }
    const executables = new Set(entries.filter((entry) => entry.executable).map((entry) => entry.name))
    await create(
      {
        file,
        cwd: folder,
        gzip: true,
        portable: true,
        mtime,
        onWriteEntry(entry) {
          if (entry.stat) entry.stat.mode = executables.has(entry.path) ? 0o100755 : 0o100644
        },
      },
      entries.map((entry) => entry.name),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeZip(file: string, entries: readonly Entry[], modified: Date): Promise<void> {
  // zip stores a wall clock without a zone, and fflate reads the local one
  const mtime = new Date(modified.getTime() + modified.getTimezoneOffset() * 60_000)
  const unix = 3
  const files = await Promise.all(
    entries.map(async ({ name, source, executable }) => {
      const data = typeof source === 'string' ? await readFile(source) : source
      const attrs = (executable ? 0o100755 : 0o100644) * 0x10000
      return [name, [data, { mtime, os: unix, attrs }]] as const
    }),
  )
  await writeFile(file, zipSync(Object.fromEntries(files.map(([name, [data, options]]) => [name, [data, options]]))))
}
