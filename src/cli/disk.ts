import { constants, promises, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { FileEntry, Files } from '../env.ts'

/** bytes read or written at once */
const pieceSize = 256 * 1024

/**
 * What is asked of thousands of small files is asked at once, without a thread in between: that takes a tenth of the time. A pipe
 * may make its reader wait, and must not keep Ctrl-C from being heard.
 */
async function readAll(file: string): Promise<Uint8Array> {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file) : await promises.readFile(file)
}

/** Node's own way to make all folders of a path never ends below a folder that takes no member, as /proc does (Node 22.23). */
async function makeFolder(folder: string): Promise<void> {
  if (await statOf(folder)) return
  const above = path.dirname(folder)
  if (above !== folder) await makeFolder(above)
  await promises.mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    // somebody else has just made it
    if (error.code !== 'EEXIST') throw error
  })
}

/** A link in a folder of output leads to a file that nobody named: it is not written through. Windows makes none without rights of its own. */
function flagOf(overwrite: boolean): number | string {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW = 0 } = constants
  return overwrite ? O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW : 'wx'
}

/**
 * The disk; what fails is Node's own error with its `code` and `path`, which src/present/errors.ts has the words for. Node
 * makes `promises` at its first use, so that a verb without files does not load it.
 */
export const disk: Files = {
  read: readAll,

  async *chunks(file) {
    const handle = await promises.open(file)
    try {
      for (;;) {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(pieceSize), 0, pieceSize)
        if (bytesRead === 0) return
        yield buffer.subarray(0, bytesRead)
      }
    } finally {
      await handle.close()
    }
  },

  stat: statOf,

  async entries(folder) {
    const entries = await promises.readdir(folder, { withFileTypes: true })
    const found = await Promise.all(
      entries.map(async (entry): Promise<FileEntry> => {
        const file = path.join(folder, entry.name)
        const directory = entry.isSymbolicLink() ? (await statOf(file))?.directory : entry.isDirectory()
        return { path: file, directory: directory ?? false }
      }),
    )
    return found.sort((a, b) => (a.path < b.path ? -1 : 1))
  },

  async write(file, text, { overwrite, mode }) {
    await makeFolder(path.dirname(file))
    await promises.writeFile(file, text, { flag: flagOf(overwrite), mode })
    // of a file that was there, writeFile leaves the mode as it was
    if (overwrite && mode !== undefined) await promises.chmod(file, mode)
  },

  async create(file, { overwrite, mode }) {
    await makeFolder(path.dirname(file))
    const handle = await promises.open(file, flagOf(overwrite), mode)
    if (overwrite && mode !== undefined) await handle.chmod(mode)
    let pending = ''
    const flush = async (): Promise<void> => {
      const text = pending
      pending = ''
      await handle.writeFile(text)
    }
    return {
      async write(text) {
        pending += text
        if (pending.length >= pieceSize) await flush()
      },
      async close() {
        try {
          await flush()
        } finally {
          await handle.close()
        }
      },
    }
  },
}

async function statOf(file: string): Promise<{ directory: boolean; size: number } | undefined> {
  try {
    const found = statSync(file)
    return { directory: found.isDirectory(), size: found.size }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
