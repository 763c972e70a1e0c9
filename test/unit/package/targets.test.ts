import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repository } from '../../../scripts/package/paths.ts'
import { archiveName, executableName, targetName, targetOf, targets } from '../../../scripts/package/targets.ts'

describe('the targets of a release', () => {
  it.each([
    ['linux', 'x64', 'linux-amd64', 'kubectl-migrate', 'kubectl-migrate_v1.2.3_linux_amd64.tar.gz'],
    ['linux', 'arm64', 'linux-arm64', 'kubectl-migrate', 'kubectl-migrate_v1.2.3_linux_arm64.tar.gz'],
    ['darwin', 'x64', 'darwin-amd64', 'kubectl-migrate', 'kubectl-migrate_v1.2.3_darwin_amd64.tar.gz'],
    ['darwin', 'arm64', 'darwin-arm64', 'kubectl-migrate', 'kubectl-migrate_v1.2.3_darwin_arm64.tar.gz'],
    ['win32', 'x64', 'windows-amd64', 'kubectl-migrate.exe', 'kubectl-migrate_v1.2.3_windows_amd64.zip'],
  ] as const)('on %s %s is %s', (platform, arch, name, executable, archive) => {
    const target = targetOf(platform, arch)
    if (target === undefined) throw new Error(`no target for ${platform} ${arch}`)
    expect([targetName(target), executableName(target), archiveName(target, '1.2.3')]).toEqual([
      name,
      executable,
      archive,
    ])
  })

  it('are no others', () => {
    expect(targets).toHaveLength(5)
    expect(targetOf('freebsd', 'x64')).toBeUndefined()
    expect(targetOf('win32', 'arm64')).toBeUndefined()
  })

  it('pin the npm package of Node that each embeds', () => {
    expect(new Set(targets.map((target) => target.nodePackage)).size).toBe(5)
    for (const { nodeIntegrity } of targets) expect(nodeIntegrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/)
  })
})

describe('what the package step reads from package.json', () => {
  const facts = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    version: string
    homepage: string
    devDependencies: { node: string }
  }

  it('is there in the form it needs', () => {
    expect(facts.version).toMatch(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/)
    expect(facts.homepage).toMatch(/^https:\/\/\S+[^/]$/)
    expect(facts.devDependencies.node).toMatch(/^\d+\.\d+\.\d+$/)
  })
})
