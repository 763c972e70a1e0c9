import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BakeOptions } from './bake.ts'
import { type NodeSource, pkgHome, provideNode } from './node-base.ts'
import { binaries, dist } from './paths.ts'
import { dropSignatureReference } from './portable-executable.ts'
import { run } from './run.ts'
import type { Signer } from './sign.ts'
import { executableName, nodeArch, type Target, targetName, targetOf } from './targets.ts'

/** A binary that was made. */
export interface Binary {
  readonly target: Target
  readonly file: string
  readonly nodeFrom: NodeSource
  readonly signedWith?: string
  /** What `version` printed; undefined where the binary cannot run on this machine. */
  readonly ran?: string
}

export interface BinaryOptions {
  /** The version of Node to embed. It is also the one this process runs on, as it makes the blob that Node will read. */
  readonly nodeVersion: string
  readonly nodeFrom: NodeSource | undefined
  readonly signer: Signer | undefined
}

const bundleName = 'kubectl-migrate.cjs'

/** The bundle that scripts/build.ts makes. */
const bundle = join(dist, bundleName)

/**
 * Makes the binary of one target, signs it where the target is macOS, and runs it where the target is this machine. Only
 * that one gets a V8 code cache: it is valid on the platform that made it alone, and halves the time to start.
 */
export async function makeBinary(target: Target, options: BinaryOptions): Promise<Binary> {
  const nodeFrom = await provideNode(target, options.nodeVersion, options.nodeFrom)
  const native = target === targetOf(process.platform, process.arch)
  const folder = join(binaries, targetName(target))
  const file = join(folder, executableName(target))
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await bake(nodeFrom, {
    bundle: bundleName,
    output: file,
    nodeVersion: options.nodeVersion,
    platform: target.os === 'windows' ? 'win' : target.os === 'darwin' ? 'macos' : 'linux',
    arch: nodeArch(target),
    codeCache: native,
  })
  if (target.os === 'darwin') await options.signer?.sign(file)
  if (target.os === 'windows') await unsign(file)
  await chmod(file, 0o755)
  return {
    target,
    file,
    nodeFrom,
    signedWith: target.os === 'darwin' ? options.signer?.name : undefined,
    ran: native ? await run(file, ['version']) : undefined,
  }
}

/** Puts this machine's binary beside the bundle: with `dist` on PATH, kubectl finds it. */
export async function putOnPath({ file, target }: Binary): Promise<string> {
  const place = join(dist, executableName(target))
  await copyFile(file, `${place}.new`)
  await rename(`${place}.new`, place)
  return place
}

async function unsign(file: string): Promise<void> {
  const program = await readFile(file)
  dropSignatureReference(program)
  await writeFile(file, program)
}

async function bake(nodeFrom: NodeSource, options: BakeOptions): Promise<void> {
  const home = pkgHome(nodeFrom)
  await mkdir(home, { recursive: true })
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-migrate-bake-'))
  try {
    await copyFile(bundle, join(folder, bundleName))
    await run(process.execPath, [join(import.meta.dirname, 'bake.ts'), JSON.stringify(options)], {
      cwd: folder,
      env: { ...process.env, HOME: home, USERPROFILE: home, TMPDIR: folder, TEMP: folder },
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
