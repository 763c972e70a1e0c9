import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { load } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binaries, dist, release, repository } from '../../scripts/package/paths.ts'
import {
  archiveName,
  executableName,
  type Target,
  targetName,
  targetOf,
  targets,
} from '../../scripts/package/targets.ts'
import { listArchive, readMember } from '../unit/package/archive-reader.ts'
import { archiveViolations, manifestViolations } from '../unit/package/krew-rules.ts'
import { readMachO } from '../unit/package/mach-o.ts'

// What `npm run package` left in dist. A platform it did not make is skipped, as it said itself why.
const { version, devDependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  version: string
  devDependencies: { node: string }
}
const native = targetOf(process.platform, process.arch)
const archiveOf = (target: Target): string => join(release, archiveName(target, version))
const wasMade = (target: Target): boolean => existsSync(archiveOf(target))
const binaryOf = (target: Target): Promise<Buffer> => readMember(archiveOf(target), executableName(target))
const byName = targets.map((target) => {
  const made = wasMade(target)
  return { name: `${targetName(target)}${made ? '' : ' (not made on this machine)'}`, target, made }
})

describe("this machine's binary", () => {
  const target = native ?? missing()
  const folder = mkdtempSync(join(tmpdir(), 'package-test-'))
  const program = join(folder, executableName(target))

  beforeAll(async () => {
    expect(wasMade(target), 'run npm run package first').toBe(true)
    writeFileSync(program, await binaryOf(target), { mode: 0o755 })
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  it('prints its version on its own, without Node or the repository', () => {
    // Windows programs do not start without SystemRoot
    const env = process.platform === 'win32' ? { SystemRoot: process.env['SystemRoot'] } : {}
    const printed = execFileSync(program, ['version'], { cwd: folder, env, encoding: 'utf8' })
    expect(printed).toContain(`kubectl-migrate v${version}`)
  })

  it('does not heed the options that are meant for Node', () => {
    const env = { ...process.env, NODE_OPTIONS: '--no-such-option' }
    expect(execFileSync(program, ['version'], { env, encoding: 'utf8' })).toContain(`kubectl-migrate v${version}`)
  })

  it('starts from its code cache, of which V8 warns when it was made with other flags', () => {
    expect(spawnSync(program, ['version'], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  })

  it("takes Node's flags for flags of its own that are not there", () => {
    const { status, stderr } = spawnSync(program, ['list', '--max-old-space-size=1'], { encoding: 'utf8' })
    expect(stderr).toContain('unknown flag --max-old-space-size')
    expect(status).toBe(2)
  })

  const collected = !existsSync(join(binaries, targetName(target)))
  it.skipIf(collected)(`is dist/kubectl-migrate${collected ? ' (the archives were made elsewhere)' : ''}`, () => {
    expect(readFileSync(join(dist, executableName(target))).equals(readFileSync(program))).toBe(true)
  })

  const kubectl = findOnPath('kubectl')
  it.skipIf(kubectl === undefined)(
    `is \`kubectl migrate\` where its folder is on PATH${kubectl ? '' : ' (no kubectl on PATH to try it with)'}`,
    () => {
      const env = { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` }
      const run = (...args: string[]): string =>
        execFileSync(kubectl ?? 'kubectl', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
      expect(run('migrate', 'version')).toContain(`kubectl-migrate v${version}`)
      expect(run('plugin', 'list')).toContain(program)
    },
  )
})

describe.each(byName)('the archive for $name', ({ target, made }) => {
  const file = archiveOf(target)

  it.runIf(made)('holds the binary, the licences and no link', async () => {
    const files = await listArchive(file)
    const hook = target.os === 'windows' ? [] : ['kubectl_complete-migrate']
    expect(files.map(({ name }) => name)).toEqual([executableName(target), ...hook, 'LICENSE', 'THIRD_PARTY_LICENSES'])
    expect(archiveViolations(files, executableName(target))).toEqual([])
    expect(new Set(files.map(({ modified }) => modified)).size).toBe(1)
  })

  it.runIf(made)('has its sum in SHA256SUMS', () => {
    const sum = createHash('sha256').update(readFileSync(file)).digest('hex')
    expect(readFileSync(join(release, 'SHA256SUMS'), 'utf8').split('\n')).toContain(
      `${sum}  ${archiveName(target, version)}`,
    )
  })

  it.runIf(made)('has a binary for its platform that names no folder of this machine', async () => {
    const binary = await binaryOf(target)
    expect(platformOf(binary)).toBe(targetName(target))
    expect(binary.includes(repository)).toBe(false)
  })
})

describe.each(byName.filter(({ target }) => target.os === 'darwin'))('the signature for $name', ({ target, made }) => {
  it.runIf(made)('is ad hoc, without the hardened runtime, and covers every page', async () => {
    const file = await binaryOf(target)
    const { segments, linkeditEnd, signature } = readMachO(file)
    expect(segments).toContain('NODE_SEA')
    expect(segments.at(-1)).toBe('__LINKEDIT')
    expect(linkeditEnd).toBe(file.length)
    expect(signature).toMatchObject({ identifier: 'kubectl-migrate', flags: 0x2, hash: 'sha256', wrongPages: [] })
    expect(signature?.codeLimit).toBe(signature?.signatureOffset)
    expect(signature?.pages).toBe(Math.ceil((signature?.codeLimit ?? 0) / 4096))
  })
})

describe('the Krew manifest of the release', () => {
  const file = join(release, 'migrate.yaml')

  it('is there where every platform was made, keeps every rule and has the sums of the archives', () => {
    if (byName.some(({ made }) => !made)) return expect(existsSync(file)).toBe(false)
    const manifest = load(readFileSync(file, 'utf8')) as { spec: { platforms: { uri: string; sha256: string }[] } }
    expect(manifestViolations(manifest, 'migrate.yaml')).toEqual([])
    const sums = readFileSync(join(release, 'SHA256SUMS'), 'utf8')
    expect(manifest.spec.platforms).toHaveLength(5)
    for (const { uri, sha256 } of manifest.spec.platforms)
      expect(sums).toContain(`${sha256}  ${uri.split('/').at(-1)}\n`)
  })
})

describe('the bill of materials', () => {
  it('lists the program, what it is bundled from and the Node in it, and no build machine', () => {
    const [name] = readdirSync(release).filter((file) => file.endsWith('.cdx.json'))
    expect(name).toBe(`kubectl-migrate_v${version}_sbom.cdx.json`)
    const text = readFileSync(join(release, name ?? ''), 'utf8')
    const bom = JSON.parse(text) as Record<string, unknown> & {
      metadata: { component: object }
      components: { name: string; version: string }[]
    }
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' })
    expect(bom.metadata.component).toMatchObject({ name: 'kubectl-migrate', version, type: 'application' })
    const components = new Map(bom.components.map((component) => [component.name, component.version]))
    expect(components.get('node')).toBe(devDependencies.node)
    expect(components.has('js-yaml')).toBe(true)
    expect(components.has('vitest')).toBe(false)
    expect(text).not.toContain(repository)
    expect(text).not.toContain('.tgz')
  })
})

/** Which platform a program is for, by its first bytes: ELF (e_machine), Mach-O (cputype) or PE (Machine). */
function platformOf(program: Buffer): string {
  if (program.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'))) {
    return { 62: 'linux-amd64', 183: 'linux-arm64' }[program.readUInt16LE(18)] ?? 'linux on another processor'
  }
  if (program.toString('latin1', 0, 2) === 'MZ') {
    const machine = program.readUInt16LE(program.readUInt32LE(0x3c) + 4)
    return machine === 0x8664 ? 'windows-amd64' : 'windows on another processor'
  }
  return readMachO(program).processor === 'arm64' ? 'darwin-arm64' : 'darwin-amd64'
}

function findOnPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file))
}

function missing(): never {
  throw new Error(`there is no binary for ${process.platform} ${process.arch}`)
}
