import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { extract } from 'tar'
import { cacheFolder } from './paths.ts'
import { npm } from './run.ts'
import { nodeArch, nodePlatform, type Target } from './targets.ts'

/** Where Node for a target comes from: an npm package that holds it, or nodejs.org, from which pkg itself downloads. */
export type NodeSource = 'registry' | 'nodejs'

/** The home folder to run pkg with: it looks for Node in `.pkg-cache/sea` there. One a source, so that they never mix. */
export function pkgHome(source: NodeSource): string {
  return join(cacheFolder(), `node-from-${source}`)
}

/**
 * Makes Node for a target available to pkg and returns where it is from. Asked for nothing, it takes the npm package and
 * leaves the download to pkg only where the registry does not have that package.
 */
export async function provideNode(target: Target, version: string, asked: NodeSource | undefined): Promise<NodeSource> {
  if (asked === 'nodejs') return 'nodejs'
  const missing = await fillFromRegistry(target, version)
  if (missing === undefined) return 'registry'
  if (asked === 'registry') throw new Error(`the npm registry has no ${target.nodePackage}@${version}: ${missing}`)
  return 'nodejs'
}

/**
 * Lays the npm package's Node where pkg's SEA mode expects a finished download (pkg 6.23, lib/sea.ts: an archive and
 * the file extracted from it, each with a `.ok` beside it). Returns why it could not where the registry lacks the package.
 */
async function fillFromRegistry(target: Target, version: string): Promise<string | undefined> {
  const node = cachedNode(target, version)
  if (existsSync(`${node.file}.ok`)) return undefined
  const temporary = await temporaryFolder()
  try {
    const packed = await npm([
      'pack',
      `${target.nodePackage}@${version}`,
      '--json',
      '--pack-destination',
      temporary,
    ]).catch((error: Error) => error)
    if (packed instanceof Error) {
      if (/E404|ETARGET/.test(packed.message)) return 'not found'
      throw packed
    }
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
    const tarball = join(temporary, filename)
    await checkIntegrity(tarball, target)
    const inside = target.os === 'windows' ? 'bin/node.exe' : 'bin/node'
    await extract({
      file: tarball,
      cwd: temporary,
      strip: 1,
      filter: (path) => path === `package/${inside}` || path === 'package/LICENSE',
    })
    await mkdir(dirname(node.file), { recursive: true })
    await rename(join(temporary, inside), node.file)
    if (existsSync(join(temporary, 'LICENSE'))) await rename(join(temporary, 'LICENSE'), node.licence)
    for (const marker of [node.archive, `${node.archive}.ok`, `${node.file}.ok`]) await writeFile(marker, '')
    return undefined
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/**
 * Node's own licence, with those of all it contains. Where pkg downloaded Node it is in the archive pkg left; the npm
 * package for Windows has none, so `fallback` names another target: the text is the same on every platform.
 */
export async function nodeLicence(
  target: Target,
  version: string,
  source: NodeSource,
  fallback: Target,
): Promise<string> {
  const node = cachedNode(target, version, source)
  if (source === 'nodejs') return licenceInArchive(node.archive)
  if (existsSync(node.licence)) return readFile(node.licence, 'utf8')
  if (target === fallback) throw new Error(`${target.nodePackage}@${version} has no LICENSE`)
  await provideNode(fallback, version, source)
  return nodeLicence(fallback, version, source, fallback)
}

async function licenceInArchive(file: string): Promise<string> {
  const isLicence = (path: string): boolean => /^[^/]+\/LICENSE$/.test(path)
  if (file.endsWith('.zip')) {
    const [text] = Object.values(unzipSync(await readFile(file), { filter: ({ name }) => isLicence(name) }))
    if (text === undefined) throw new Error(`${file} has no LICENSE`)
    return strFromU8(text)
  }
  const temporary = await temporaryFolder()
  try {
    await extract({ file, cwd: temporary, strip: 1, filter: isLicence })
    return await readFile(join(temporary, 'LICENSE'), 'utf8')
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

interface CachedNode {
  readonly file: string
  readonly archive: string
  readonly licence: string
}

function cachedNode(target: Target, version: string, source: NodeSource = 'registry'): CachedNode {
  const folder = join(pkgHome(source), '.pkg-cache', 'sea')
  const platform = target.os === 'windows' ? 'win' : nodePlatform(target)
  const name = join(folder, `node-v${version}-${platform}-${nodeArch(target)}`)
  if (target.os === 'windows') return { file: `${name}.exe`, archive: `${name}.zip`, licence: `${name}.LICENSE` }
  return { file: join(name, 'bin', 'node'), archive: `${name}.tar.gz`, licence: join(name, 'LICENSE') }
}

async function checkIntegrity(tarball: string, target: Target): Promise<void> {
  const found = `sha512-${createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64')}`
  if (found === target.nodeIntegrity) return
  throw new Error(
    `${target.nodePackage} is not the file scripts/package/targets.ts pins: it has ${found}. After a change of Node's version in package.json, ` +
      `compare with 'npm view ${target.nodePackage}@VERSION dist.integrity' and pin that`,
  )
}

async function temporaryFolder(): Promise<string> {
  await mkdir(cacheFolder(), { recursive: true })
  return mkdtemp(join(cacheFolder(), 'tmp-'))
}
