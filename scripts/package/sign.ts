import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { cacheFolder } from './paths.ts'
import { run } from './run.ts'

/** A tool that puts an ad-hoc signature on a Mach-O file: without one Apple silicon kills the process at its start. */
export interface Signer {
  readonly name: string
  sign(file: string): Promise<void>
}

const identifier = 'kubectl-migrate'

/** The crate apple-codesign, whose rcodesign signs on any platform. */
const crate = 'apple-codesign'
const crateVersion = '0.29.0'

/**
 * Finds what can sign here: Apple's codesign, rcodesign, or cargo to build rcodesign into the cache. Returns undefined
 * where there is none; `announce` gets a sentence before a build of minutes.
 */
export async function findSigner(announce: (sentence: string) => void): Promise<Signer | undefined> {
  if (process.platform === 'darwin' && onPath('codesign')) return codesign
  if (onPath('rcodesign')) return rcodesign('rcodesign')
  const root = join(cacheFolder(), `rcodesign-${crateVersion}`)
  const cached = join(root, 'bin', process.platform === 'win32' ? 'rcodesign.exe' : 'rcodesign')
  if (existsSync(cached)) return rcodesign(cached)
  if (!onPath('cargo')) return undefined
  announce(`building rcodesign ${crateVersion} with cargo to sign for macOS: about 5 minutes, once (kept in ${root})`)
  // the default features notarize through Apple's and Amazon's services: not needed, and most of the build
  const version = ['--version', crateVersion, '--locked', '--no-default-features']
  await run('cargo', ['install', crate, ...version, '--quiet', '--root', root])
  return rcodesign(cached)
}

/** What to do where findSigner finds nothing. */
export const howToGetSigner =
  `install Rust (https://rustup.rs), which then builds rcodesign by itself, or put rcodesign on PATH (cargo install ${crate}), ` +
  'or package on macOS, which has codesign'

const codesign: Signer = {
  name: 'codesign',
  async sign(file) {
    await run('codesign', ['--force', '--sign', '-', '--identifier', identifier, file])
  },
}

function rcodesign(program: string): Signer {
  return {
    name: 'rcodesign',
    async sign(file) {
      await run(program, ['sign', '--binary-identifier', identifier, file])
    },
  }
}

function onPath(program: string): boolean {
  const file = process.platform === 'win32' ? `${program}.exe` : program
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, file)))
}
