import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { fillTemplate } from '../../../scripts/package/krew.ts'
import { repository } from '../../../scripts/package/paths.ts'
import { targetName, targets } from '../../../scripts/package/targets.ts'
import { type ArchiveFile, archiveViolations, manifestViolations } from './krew-rules.ts'

const template = readFileSync(join(repository, 'krew', 'migrate.template.yaml'), 'utf8')
const placeholders = {
  version: () => '1.2.3',
  homepage: () => 'https://example.com/tool',
  uri: (target: string) => `https://example.com/tool/${target}${target.startsWith('windows') ? '.zip' : '.tar.gz'}`,
  sha256: (target: string) => (targets.some((known) => targetName(known) === target) ? 'a'.repeat(64) : undefined),
}

/** A manifest that keeps all rules, changed at one place. */
function manifestWith(change: (spec: Record<string, unknown>, platform: Record<string, unknown>) => void): unknown {
  const manifest = load(fillTemplate(template, placeholders)) as { spec: { platforms: Record<string, unknown>[] } }
  change(manifest.spec, manifest.spec.platforms[0] ?? {})
  return manifest
}

describe('the Krew manifest', () => {
  it('keeps every rule of Krew, filled in', () => {
    expect(manifestViolations(load(fillTemplate(template, placeholders)), 'migrate.yaml')).toEqual([])
  })

  it('is for every platform the package step makes', () => {
    const manifest = load(fillTemplate(template, placeholders)) as {
      spec: { platforms: { selector: { matchLabels: { os: string; arch: string } } }[] }
    }
    const selected = manifest.spec.platforms.map(
      ({ selector: { matchLabels } }) => `${matchLabels.os}-${matchLabels.arch}`,
    )
    expect(selected.toSorted()).toEqual(targets.map(targetName).toSorted())
  })

  it('keeps no placeholder behind', () => {
    expect(() => fillTemplate('version: {{wersion}}', placeholders)).toThrow('nothing to put in for {{wersion}}')
    expect(() => fillTemplate('sha256: {{sha256 plan9-amd64}}', placeholders)).toThrow(
      'nothing to put in for {{sha256 plan9-amd64}}',
    )
  })
})

describe('the rules of Krew', () => {
  it.each<[string, (spec: Record<string, unknown>, platform: Record<string, unknown>) => void]>([
    ['spec.version is not v and a semantic version', (spec) => Object.assign(spec, { version: '1.2.3' })],
    ['spec.version is not v and a semantic version', (spec) => Object.assign(spec, { version: 'v1.02.3' })],
    ['spec.homepage is not an https address', (spec) => Object.assign(spec, { homepage: '' })],
    [
      'spec.shortDescription is longer than 50 characters',
      (spec) => Object.assign(spec, { shortDescription: 'x'.repeat(51) }),
    ],
    ['spec.shortDescription has a line break', (spec) => Object.assign(spec, { shortDescription: 'a\nb' })],
    [
      'spec.shortDescription has a redundant word: kubectl, Kubernetes or plugin',
      (spec) => Object.assign(spec, { shortDescription: 'A plugin' }),
    ],
    ['spec.shortDescription ends in a full stop', (spec) => Object.assign(spec, { shortDescription: 'Moves jobs.' })],
    ['spec.shortDescription is missing', (spec) => Reflect.deleteProperty(spec, 'shortDescription')],
    [
      'spec.description has a line longer than 80 characters',
      (spec) => Object.assign(spec, { description: 'x'.repeat(81) }),
    ],
    ['spec.caveats is empty', (spec) => Object.assign(spec, { caveats: ' ' })],
    ['spec.platforms is empty', (spec) => Object.assign(spec, { platforms: [] })],
    [
      'spec.platforms[0].uri is not the https address of a .tar.gz or .zip',
      (_, platform) => Object.assign(platform, { uri: 'https://example.com/a.tar.xz' }),
    ],
    [
      'spec.platforms[0].sha256 is not 64 lower-case hexadecimal digits',
      (_, platform) => Object.assign(platform, { sha256: 'A'.repeat(64) }),
    ],
    [
      'spec.platforms[0].bin is not a path inside the archive',
      (_, platform) => Object.assign(platform, { bin: '../kubectl-migrate' }),
    ],
    [
      'spec.platforms[0].selector has other keys than os and arch',
      (_, platform) =>
        Object.assign(platform, { selector: { matchLabels: { os: 'linux', arch: 'amd64', libc: 'musl' } } }),
    ],
    [
      'spec.platforms[0].selector matches none of the known platforms',
      (_, platform) => Object.assign(platform, { selector: { matchLabels: { os: 'plan9' } } }),
    ],
    [
      'spec.platforms[0].files is given: best left out, so that all files land',
      (_, platform) => Object.assign(platform, { files: [] }),
    ],
    [
      'linux/arm64 is matched by 2 platforms',
      (_, platform) => Object.assign(platform, { selector: { matchLabels: { os: 'linux', arch: 'arm64' } } }),
    ],
    [
      'spec.platforms[0].bin is no .exe on Windows',
      (spec, platform) =>
        Object.assign(spec, { platforms: [{ ...platform, selector: { matchLabels: { os: 'windows' } } }] }),
    ],
  ])('name what is broken: %s', (sentence, change) => {
    expect(manifestViolations(manifestWith(change), 'migrate.yaml')).toEqual([sentence])
  })

  it('look at the name and the file', () => {
    const named = (name: string): unknown => ({ ...(manifestWith(() => undefined) as object), metadata: { name } })
    expect(manifestViolations(named('Migrate'), 'Migrate.yaml')).toEqual(['metadata.name is not in lower case'])
    expect(manifestViolations(named('kube-migrate'), 'kube-migrate.yaml')).toEqual(['metadata.name starts with kube'])
    expect(manifestViolations(named('com1'), 'com1.yaml')).toEqual(['metadata.name is a device of Windows'])
    expect(manifestViolations(named('mi grate'), 'mi grate.yaml')).toEqual([
      'metadata.name has other characters than letters, digits, _ and -',
    ])
    expect(manifestViolations(named('migrate'), 'manifest.yaml')).toEqual(['the file is not named metadata.name.yaml'])
  })

  const program: ArchiveFile = { name: 'kubectl-migrate', kind: 'file', mode: 0o755 }
  const licence: ArchiveFile = { name: 'LICENSE', kind: 'file', mode: 0o644 }
  it.each<[string, ArchiveFile[]]>([
    ['it holds no LICENSE', [program]],
    ['it holds no kubectl-migrate', [licence]],
    ['kubectl-migrate is not executable', [{ ...program, mode: 0o644 }, licence]],
    ['a path leaves the archive', [program, licence, { ...licence, name: '../LICENSE' }]],
    [
      'it holds something that is neither file nor folder, which Krew cannot unpack',
      [program, licence, { ...licence, name: 'link', kind: 'other' }],
    ],
  ])('name what is broken in an archive: %s', (sentence, files) => {
    expect(archiveViolations(files, 'kubectl-migrate')).toEqual([sentence])
  })
})
