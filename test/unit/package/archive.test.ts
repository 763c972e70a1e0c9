import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Entry, writeArchive } from '../../../scripts/package/archive.ts'
import { listArchive } from './archive-reader.ts'

const modified = new Date('2026-01-31T12:30:44Z')
let folder: string
let entries: Entry[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archive-test-'))
  const program = join(folder, 'made-here')
  writeFileSync(program, 'a program', { mode: 0o600 })
  entries = [
    { name: 'tool', source: program, executable: true },
    { name: 'LICENSE', source: Buffer.from('terms'), executable: false },
  ]
})

afterAll(() => rmSync(folder, { recursive: true }))

describe.each(['release.tar.gz', 'release.zip'])('the archive %s', (name) => {
  it('holds regular files in the given order, dated and with the given rights', async () => {
    const file = join(folder, name)
    await writeArchive(file, entries, modified)
    expect(await listArchive(file)).toEqual([
      { name: 'tool', kind: 'file', mode: 0o755, size: 9, modified: '2026-01-31T12:30:44' },
      { name: 'LICENSE', kind: 'file', mode: 0o644, size: 5, modified: '2026-01-31T12:30:44' },
    ])
  })

  it('is the same, byte for byte, at another time and in another time zone', async () => {
    const [first, second] = [join(folder, `1-${name}`), join(folder, `2-${name}`)]
    await writeArchive(first, entries, modified)
    const zone = process.env['TZ']
    process.env['TZ'] = 'Asia/Tokyo'
    utimesSync(join(folder, 'made-here'), 0, 0)
    await writeArchive(second, entries, modified)
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
    expect(readFileSync(second).equals(readFileSync(first))).toBe(true)
  })
})
