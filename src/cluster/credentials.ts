import { readFileSync, statSync } from 'node:fs'
import { ClusterError } from './errors.ts'
import type { UserEntry } from './kubeconfig.ts'
import type { Settings } from './settings.ts'

/** What proves who is calling. Never printed, never part of an error. */
export interface Credential {
  /** the Authorization header */
  readonly authorization?: string
  /** PEM */
  readonly certificate?: string | Buffer
  readonly key?: string | Buffer
}

/** Gives the credential of the moment: read from the kubeconfig, a file, a plugin or an identity provider. */
export interface Credentials {
  current(): Promise<Credential>
  /** after the server refused `used`: true when there is another one worth a try */
  renew(used: Credential): Promise<boolean>
}

/** What credentials are got from, and whom to ask. */
export interface Login {
  readonly settings: Settings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly warn: (text: string) => void
  readonly now: () => number
  /** whether somebody can be asked on standard input */
  readonly terminal: () => boolean
}

/**
 * The credentials of a user, in client-go's order: token, token file, basic, and only where none of these nor a client
 * certificate is given, the exec plugin or the auth-provider (transport/config.go, auth/exec UpdateTransportConfig).
 * Over plain HTTP nothing is sent, as kubectl does. Fails when a file of the kubeconfig cannot be read.
 */
export async function credentialsFor(login: Login): Promise<Credentials> {
  const { settings } = login
  const { user } = settings
  if (!settings.server.startsWith('https:')) return fixed({})
  const identity = clientCertificate(user)
  if (user.token) return fixed({ ...identity, authorization: `Bearer ${user.token}` })
  if (user.tokenFile) return tokenFromFile(user.tokenFile, identity, login.now)
  if (user.username || user.password) {
    const basic = Buffer.from(`${user.username ?? ''}:${user.password ?? ''}`).toString('base64')
    return fixed({ ...identity, authorization: `Basic ${basic}` })
  }
  if (identity.certificate !== undefined) return fixed(identity)
  if (user.exec) return (await import('./exec-plugin.ts')).execCredentials(user.exec, login)
  if (user.authProvider) return (await import('./auth-provider.ts')).authProviderCredentials(user.authProvider, login)
  return fixed({})
}

function fixed(credential: Credential): Credentials {
  return { current: async () => credential, renew: async () => false }
}

function clientCertificate(user: UserEntry): Credential {
  const certificate = fileOrData(user.clientCertificate, user.clientCertificateData, user.origin)
  const key = fileOrData(user.clientKey, user.clientKeyData, user.origin)
  return certificate === undefined ? {} : { certificate, key }
}

/** Content of a file of the kubeconfig, or of its inline base64; undefined when neither is given. */
export function fileOrData(
  file: string | undefined,
  data: string | undefined,
  origin: string | undefined,
): Buffer | undefined {
  if (data !== undefined) return Buffer.from(data, 'base64')
  if (file === undefined) return undefined
  try {
    return readFileSync(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new ClusterError({ kind: 'invalidKubeconfig', path: origin, message: `${file} cannot be read (${code})` })
  }
}

/** Service account tokens are rotated under us: client-go reads the file again each minute (transport/token_source.go). */
const tokenFilePeriod = 60_000

function tokenFromFile(file: string, identity: Credential, now: () => number): Credentials {
  let readAt = Number.NEGATIVE_INFINITY
  let credential: Credential = {}
  const read = (): Credential => {
    const token = fileOrData(file, undefined, undefined)?.toString('utf8').trim() ?? ''
    if (token === '') throw new ClusterError({ kind: 'invalidKubeconfig', message: `the token file ${file} is empty` })
    readAt = now()
    const authorization = `Bearer ${token}`
    if (credential.authorization !== authorization) credential = { ...identity, authorization }
    return credential
  }
  return {
    current: async () => (now() - readAt < tokenFilePeriod ? credential : read()),
    renew: async (used) => (statSync(file, { throwIfNoEntry: false }) ? read() !== used : false),
  }
}
