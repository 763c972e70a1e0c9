import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { isRecord } from '../kube/object.ts'
import { ClusterError } from './errors.ts'
import { parsePlainYaml } from './plain-yaml.ts'

/** A cluster of a kubeconfig (k8s.io/client-go v0.36.3, tools/clientcmd/api/v1/types.go); paths are absolute. */
export interface ClusterEntry {
  readonly server?: string
  readonly tlsServerName?: string
  readonly insecureSkipTlsVerify?: boolean
  readonly certificateAuthority?: string
  /** base64, as in the file */
  readonly certificateAuthorityData?: string
  readonly proxyUrl?: string
  readonly disableCompression?: boolean
  /** the extension `client.authentication.k8s.io/exec`: handed to an exec plugin as it is */
  readonly execExtension?: unknown
}

/** A plugin that gives credentials (k8s.io/client-go v0.36.3, tools/clientcmd/api/v1/types.go ExecConfig). */
export interface ExecEntry {
  readonly apiVersion: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly installHint?: string
  readonly provideClusterInfo: boolean
  readonly interactiveMode: string
}

/** A user of a kubeconfig; paths are absolute. */
export interface UserEntry {
  readonly clientCertificate?: string
  readonly clientCertificateData?: string
  readonly clientKey?: string
  readonly clientKeyData?: string
  readonly token?: string
  readonly tokenFile?: string
  readonly username?: string
  readonly password?: string
  readonly as?: string
  readonly asUid?: string
  readonly asGroups?: readonly string[]
  readonly asUserExtra?: Readonly<Record<string, readonly string[]>>
  readonly authProvider?: { readonly name: string; readonly config: Readonly<Record<string, string>> }
  readonly exec?: ExecEntry
  /** the file this user was read from: refreshed tokens go back there */
  readonly origin?: string
}

/** A context of a kubeconfig; a cluster or user it does not name is ''. */
export interface ContextEntry {
  readonly cluster: string
  readonly user: string
  readonly namespace?: string
}

/** Kubeconfig files, merged: of entries with one name, and of current contexts, the first counts. */
export interface Kubeconfig {
  readonly currentContext: string
  readonly contexts: ReadonlyMap<string, ContextEntry>
  readonly clusters: ReadonlyMap<string, ClusterEntry>
  readonly users: ReadonlyMap<string, UserEntry>
  /** the files that were looked for, found or not */
  readonly tried: readonly string[]
  readonly found: number
}

/**
 * The files a kubeconfig is made of and whether all of them may be absent, as client-go's NewDefaultClientConfigLoadingRules
 * has it: --kubeconfig alone, else the list in KUBECONFIG, else `.kube/config` in the home folder.
 */
export function kubeconfigFiles(
  explicit: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (explicit !== undefined && explicit !== '') return [explicit]
  const listed = environment['KUBECONFIG']
  if (listed !== undefined && listed !== '') {
    return [...new Set(listed.split(path.delimiter).filter((file) => file !== ''))]
  }
  const candidates = homeFolders(environment).map((home) => path.join(home, '.kube', 'config'))
  const present = candidates.find((file) => existsSync(file))
  return present === undefined ? candidates.slice(0, 1) : [present]
}

/** Unix has one; on Windows client-go (util/homedir) looks for a config in three, in this order. */
function homeFolders(environment: Readonly<Record<string, string | undefined>>): string[] {
  const { HOME, HOMEDRIVE, HOMEPATH, USERPROFILE } = environment
  const windows = path.sep === '\\'
  const candidates = windows ? [HOME, HOMEDRIVE && HOMEPATH ? HOMEDRIVE + HOMEPATH : '', USERPROFILE] : [HOME]
  return candidates.flatMap((home) => home || [])
}

/**
 * Reads and merges kubeconfig files as kubectl does (clientcmd.ClientConfigLoadingRules.Load): the first file to name a
 * cluster, user or context wins it whole, the first current-context wins, absent files are passed over.
 * Fails with `invalidKubeconfig` when a file cannot be read or understood.
 */
export async function loadKubeconfig(files: readonly string[]): Promise<Kubeconfig> {
  const contexts = new Map<string, ContextEntry>()
  const clusters = new Map<string, ClusterEntry>()
  const users = new Map<string, UserEntry>()
  let currentContext = ''
  let found = 0
  for (const file of files) {
    const document = await readDocument(file)
    if (document === undefined) continue
    found += 1
    const reader = new EntryReader(file)
    for (const [name, entry] of reader.named(document, 'clusters', 'cluster')) {
      if (!clusters.has(name)) clusters.set(name, reader.cluster(entry))
    }
    for (const [name, entry] of reader.named(document, 'contexts', 'context')) {
      if (!contexts.has(name)) contexts.set(name, reader.context(entry))
    }
    for (const [name, entry] of reader.named(document, 'users', 'user')) {
      if (!users.has(name)) users.set(name, reader.user(entry))
    }
    currentContext ||= reader.text(document, 'current-context') ?? ''
  }
  return { currentContext, contexts, clusters, users, tried: files, found }
}

async function readDocument(file: string): Promise<Record<string, unknown> | undefined> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new ClusterError({ kind: 'invalidKubeconfig', path: file, message: `cannot be read (${code})` })
  }
  const document = parsePlainYaml(text) ?? (await parseYaml(file, text))
  if (document === null || document === undefined) return {}
  if (!isRecord(document))
    throw new ClusterError({ kind: 'invalidKubeconfig', path: file, message: 'not a kubeconfig' })
  return document
}

async function parseYaml(file: string, text: string): Promise<unknown> {
  const { loadAll, YAMLException } = await import('js-yaml')
  try {
    return loadAll(text)[0]
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    // only the reason and the place: the parser's own message shows lines of the file, which hold credentials
    const place = error.mark === undefined ? '' : ` at line ${error.mark.line + 1}, column ${error.mark.column + 1}`
    throw new ClusterError({
      kind: 'invalidKubeconfig',
      path: file,
      message: `not valid YAML${place}: ${error.reason}`,
    })
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'
}

/** Turns the entries of one file into typed ones, with errors that name the file. */
class EntryReader {
  private readonly file: string
  private readonly folder: string

  constructor(file: string) {
    this.file = file
    this.folder = path.dirname(path.resolve(file))
  }

  private fail(message: string): never {
    throw new ClusterError({ kind: 'invalidKubeconfig', path: this.file, message })
  }

  /** Scalars that YAML took for numbers or booleans are text again. */
  text(entry: Record<string, unknown>, key: string): string | undefined {
    const value = entry[key]
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    return this.fail(`${key} is not a string`)
  }

  private flag(entry: Record<string, unknown>, key: string): boolean | undefined {
    const value = entry[key]
    if (value === undefined || value === null) return undefined
    if (typeof value === 'boolean') return value
    return this.fail(`${key} is neither true nor false`)
  }

  private texts(entry: Record<string, unknown>, key: string): string[] {
    const value = entry[key]
    if (value === undefined || value === null) return []
    if (!Array.isArray(value)) return this.fail(`${key} is not a list`)
    return value.map((item) =>
      isRecord(item) || Array.isArray(item) ? this.fail(`${key} has an item that is not a string`) : String(item),
    )
  }

  private absolute(entry: Record<string, unknown>, key: string): string | undefined {
    const value = this.text(entry, key)
    return value === undefined ? undefined : path.resolve(this.folder, value)
  }

  *named(document: Record<string, unknown>, list: string, key: string): Iterable<[string, Record<string, unknown>]> {
    const items = document[list]
    if (items === undefined || items === null) return
    if (!Array.isArray(items)) this.fail(`${list} is not a list`)
    const seen = new Set<string>()
    for (const item of items as unknown[]) {
      if (!isRecord(item)) this.fail(`${list} has an entry that is not an object`)
      const name = this.text(item as Record<string, unknown>, 'name')
      if (name === undefined) this.fail(`${list} has an entry without a name`)
      const entry = (item as Record<string, unknown>)[key] ?? {}
      if (!isRecord(entry)) this.fail(`${list}: ${key} of ${name} is not an object`)
      if (seen.has(name as string)) this.fail(`${list} names ${name} twice`)
      seen.add(name as string)
      yield [name as string, entry as Record<string, unknown>]
    }
  }

  context(entry: Record<string, unknown>): ContextEntry {
    return {
      cluster: this.text(entry, 'cluster') ?? '',
      user: this.text(entry, 'user') ?? '',
      namespace: this.text(entry, 'namespace'),
    }
  }

  cluster(entry: Record<string, unknown>): ClusterEntry {
    const extensions = Array.isArray(entry['extensions']) ? (entry['extensions'] as unknown[]) : []
    const exec = extensions.find((item) => isRecord(item) && item['name'] === 'client.authentication.k8s.io/exec')
    return {
      server: this.text(entry, 'server'),
      tlsServerName: this.text(entry, 'tls-server-name'),
      insecureSkipTlsVerify: this.flag(entry, 'insecure-skip-tls-verify'),
      certificateAuthority: this.absolute(entry, 'certificate-authority'),
      certificateAuthorityData: this.text(entry, 'certificate-authority-data'),
      proxyUrl: this.text(entry, 'proxy-url'),
      disableCompression: this.flag(entry, 'disable-compression'),
      execExtension: isRecord(exec) ? exec['extension'] : undefined,
    }
  }

  user(entry: Record<string, unknown>): UserEntry {
    const provider = entry['auth-provider']
    const exec = entry['exec']
    return {
      clientCertificate: this.absolute(entry, 'client-certificate'),
      clientCertificateData: this.text(entry, 'client-certificate-data'),
      clientKey: this.absolute(entry, 'client-key'),
      clientKeyData: this.text(entry, 'client-key-data'),
      token: this.text(entry, 'token'),
      tokenFile: this.absolute(entry, 'tokenFile'),
      username: this.text(entry, 'username'),
      password: this.text(entry, 'password'),
      as: this.text(entry, 'as'),
      asUid: this.text(entry, 'as-uid'),
      asGroups: this.texts(entry, 'as-groups'),
      asUserExtra: this.extra(entry['as-user-extra']),
      authProvider: isRecord(provider) ? this.provider(provider) : undefined,
      exec: isRecord(exec) ? this.exec(exec) : undefined,
      origin: path.resolve(this.file),
    }
  }

  private extra(value: unknown): Record<string, string[]> {
    if (!isRecord(value)) return {}
    return Object.fromEntries(Object.keys(value).map((key) => [key, this.texts(value, key)]))
  }

  private provider(entry: Record<string, unknown>): UserEntry['authProvider'] {
    const config = isRecord(entry['config']) ? entry['config'] : {}
    return {
      name: this.text(entry, 'name') ?? '',
      config: Object.fromEntries(Object.keys(config).map((key) => [key, this.text(config, key) ?? ''])),
    }
  }

  private exec(entry: Record<string, unknown>): ExecEntry {
    const command = this.text(entry, 'command') ?? ''
    const apiVersion = this.text(entry, 'apiVersion') ?? ''
    const env = Array.isArray(entry['env']) ? (entry['env'] as unknown[]) : []
    return {
      apiVersion,
      // a bare name is looked up on PATH; one with a separator is relative to the kubeconfig (clientcmd/loader.go)
      command: command.includes(path.sep) ? path.resolve(this.folder, command) : command,
      args: this.texts(entry, 'args'),
      env: env
        .filter(isRecord)
        .map((item) => ({ name: this.text(item, 'name') ?? '', value: this.text(item, 'value') ?? '' })),
      installHint: this.text(entry, 'installHint'),
      provideClusterInfo: this.flag(entry, 'provideClusterInfo') ?? false,
      // v1beta1 has a default, v1 must say it (clientcmd/api/v1/defaults.go)
      interactiveMode: this.text(entry, 'interactiveMode') ?? (apiVersion.endsWith('/v1beta1') ? 'IfAvailable' : ''),
    }
  }
}
