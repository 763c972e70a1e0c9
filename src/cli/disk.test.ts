import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { disk } from './disk.ts'

let folder: string
const at = (...names: string[]): string => path.join(folder, ...names)

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'disk-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('disk', () => {
  it('reads bytes', async () => {
    writeFileSync(at('a'), Buffer.from([0xff, 0x00]))
    expect([...(await disk.read(at('a')))]).toEqual([0xff, 0x00])
  })

  it('fails with the code and the path of what is not there', async () => {
    await expect(disk.read(at('a'))).rejects.toMatchObject({ code: 'ENOENT', path: at('a') })
    await expect(disk.entries(at('a'))).rejects.toMatchObject({ code: 'ENOENT', path: at('a') })
  })

  it('tells files, folders and nothing apart', async () => {
    writeFileSync(at('a'), 'abc')
    expect(await disk.stat(at('a'))).toEqual({ directory: false, size: 3 })
    expect(await disk.stat(folder)).toMatchObject({ directory: true })
    expect(await disk.stat(at('b'))).toBeUndefined()
    await expect(disk.stat(at('a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })

  it('lists a folder by name and follows links, those that lead nowhere too', async () => {
    mkdirSync(at('b'))
    writeFileSync(at('c'), '')
    symlinkSync(at('b'), at('a'))
    symlinkSync(at('nowhere'), at('d'))
    expect(await disk.entries(folder)).toEqual([
      { path: at('a'), directory: true },
      { path: at('b'), directory: true },
      { path: at('c'), directory: false },
      { path: at('d'), directory: false },
    ])
  })

  it('writes into folders that it makes, and over no file unless told', async () => {
    const file = at('x', 'y', 'z')
    await disk.write(file, 'one', { overwrite: false })
    await expect(disk.write(file, 'two', { overwrite: false })).rejects.toMatchObject({ code: 'EEXIST', path: file })
    expect(readFileSync(file, 'utf8')).toBe('one')
    await disk.write(file, 'two', { overwrite: true })
    expect(readFileSync(file, 'utf8')).toBe('two')
  })

  it('writes over no file that a link leads to', async () => {
    writeFileSync(at('elsewhere'), 'kept')
    symlinkSync(at('elsewhere'), at('link'))
    const refused = { code: 'ELOOP', path: at('link') }
    await expect(disk.write(at('link'), 'x', { overwrite: true })).rejects.toMatchObject(refused)
    await expect(disk.create(at('link'), { overwrite: true })).rejects.toMatchObject(refused)
    expect(readFileSync(at('elsewhere'), 'utf8')).toBe('kept')
  })

  it('ends where a folder takes no member', async (context) => {
    context.skip(process.platform !== 'linux', 'other systems have no /proc')
    const error = { code: 'ENOENT', path: '/proc/x' }
    await expect(disk.write('/proc/x/y/z', '', { overwrite: false })).rejects.toMatchObject(error)
  })

  it('gives a file the mode asked for, also one that was there', async (context) => {
    context.skip(process.platform === 'win32', 'Windows has no such modes')
    await disk.write(at('new'), '', { overwrite: false, mode: 0o600 })
    writeFileSync(at('old'), '', { mode: 0o644 })
    await disk.write(at('old'), '', { overwrite: true, mode: 0o600 })
    expect([at('new'), at('old')].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600])
  })

  it('reads and writes piece by piece', async () => {
    const file = at('logs', 'a')
    const writer = await disk.create(file, { overwrite: false, mode: 0o600 })
    const long = 'ä'.repeat(400_000)
    await writer.write(long)
    await writer.write('end')
    await writer.close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const chunks: Uint8Array[] = []
    for await (const chunk of disk.chunks(file)) chunks.push(chunk)
    expect(chunks.length).toBeGreaterThan(1)
    expect(Buffer.concat(chunks).toString()).toBe(`${long}end`)
    await expect(disk.create(file, { overwrite: false })).rejects.toMatchObject({ code: 'EEXIST', path: file })
    await (await disk.create(file, { overwrite: true })).close()
    expect(readFileSync(file, 'utf8')).toBe('')
  })
})
