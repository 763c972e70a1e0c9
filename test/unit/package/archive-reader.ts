import { readFileSync } from 'node:fs'
import { unzipSync } from 'fflate'
import { list } from 'tar'
import type { ArchiveFile } from './krew-rules.ts'

export interface DatedFile extends ArchiveFile {
  readonly size: number
  /** UTC, as `2026-01-31T12:00:00` */
  readonly modified: string
}

/** Lists a .tar.gz or .zip, in its own order. */
export async function listArchive(file: string): Promise<DatedFile[]> {
  return file.endsWith('.zip') ? listZip(readFileSync(file)) : await listTar(file)
}

/** The content of one file of an archive. Throws where the archive has no such file. */
export async function readMember(file: string, name: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  if (file.endsWith('.zip')) {
    const member = unzipSync(readFileSync(file), { filter: (candidate) => candidate.name === name })[name]
    if (member !== undefined) chunks.push(Buffer.from(member.buffer, member.byteOffset, member.byteLength))
  } else {
    await list({
      file,
      filter: (path) => path === name,
      onReadEntry: (entry) => entry.on('data', (chunk: Buffer) => chunks.push(chunk)),
    })
  }
  if (chunks.length === 0) throw new Error(`${file} holds no ${name}`)
  return Buffer.concat(chunks)
}

async function listTar(file: string): Promise<DatedFile[]> {
  const files: DatedFile[] = []
  await list({
    file,
    onReadEntry({ path, type, mode = 0, size = 0, mtime }) {
      const kind = type === 'File' ? 'file' : type === 'Directory' ? 'folder' : 'other'
      files.push({ name: path, kind, mode: mode & 0o7777, size, modified: mtime?.toISOString().slice(0, 19) ?? '' })
    },
  })
  return files
}

/** Reads the central directory (PKWARE, APPNOTE.TXT 6.3.10, 4.3.12 and 4.3.16). */
function listZip(zip: Buffer): DatedFile[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  const files: DatedFile[] = []
  let offset = zip.readUInt32LE(end + 16)
  for (let index = 0; index < zip.readUInt16LE(end + 10); index += 1) {
    const nameLength = zip.readUInt16LE(offset + 28)
    const name = zip.toString('utf8', offset + 46, offset + 46 + nameLength)
    const unixMode = zip.readUInt32LE(offset + 38) >>> 16
    const type = unixMode & 0o170000
    files.push({
      name,
      kind: type === 0o100000 ? 'file' : type === 0o040000 ? 'folder' : 'other',
      mode: unixMode & 0o7777,
      size: zip.readUInt32LE(offset + 24),
      modified: dosTime(zip.readUInt16LE(offset + 14), zip.readUInt16LE(offset + 12)),
    })
    offset += 46 + nameLength + zip.readUInt16LE(offset + 30) + zip.readUInt16LE(offset + 32)
  }
  return files
}

function dosTime(date: number, time: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = [1980 + (date >> 9), two((date >> 5) & 15), two(date & 31)].join('-')
  return `${day}T${[two(time >> 11), two((time >> 5) & 63), two((time & 31) * 2)].join(':')}`
}
