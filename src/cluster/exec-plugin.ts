import { spawn } from 'node:child_process'
import { isRecord } from '../kube/object.ts'
import { parseJson } from '../kube/parse-json.ts'
import { withoutSecrets } from '../kube/secrets.ts'
import { neutralise } from '../kube/text.ts'
import { type Credential, type Credentials, fileOrData, type Login } from './credentials.ts'
import { ClusterError } from './errors.ts'
import type { ExecEntry } from './kubeconfig.ts'
import type { Settings } from './settings.ts'

/** A plugin that is not done by then is waiting for a person: show what it says. */
const quietPeriod = 1000
const tailLines = 20

/**
 * Credentials of an exec plugin (client.authentication.k8s.io v1 and v1beta1), as client-go v0.36.3 runs it
 * (plugin/pkg/client/auth/exec/exec.go): once, then again when its credential has expired or was refused.
 * Fails with `execPlugin`; what the plugin prints never goes into an error unless it is free of credentials.
 */
export function execCredentials(exec: ExecEntry, login: Login): Credentials {
  let cached: { readonly credential: Credential; readonly expires: number } | undefined
  let running: Promise<Credential> | undefined

  const run = (): Promise<Credential> => {
    running ??= runPlugin(exec, login)
      .then((fresh) => {
        cached = fresh
        return fresh.credential
      })
      .finally(() => {
        running = undefined
      })
    return running
  }

  return {
    current: async () => (cached !== undefined && login.now() < cached.expires ? cached.credential : run()),
    async renew(used) {
      // somebody else has renewed it meanwhile
      if (cached !== undefined && cached.credential !== used) return true
      await run()
      return true
    },
  }
}

async function runPlugin(exec: ExecEntry, login: Login): Promise<{ credential: Credential; expires: number }> {
  const terminal = login.terminal()
  if (exec.interactiveMode === 'Always' && !terminal) {
    throw pluginError(exec, { reason: 'it needs a terminal to ask, and standard input is none' })
  }
  const interactive = terminal && exec.interactiveMode !== 'Never'
  const environment = {
    ...login.environment,
    ...Object.fromEntries(exec.env.map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(exec, login.settings, interactive)),
  }
  return readCredential(exec, await output(exec, environment, interactive, login))
}

/** The ExecCredential a plugin finds in KUBERNETES_EXEC_INFO. */
function execInfo(exec: ExecEntry, settings: Settings, interactive: boolean): unknown {
  const { cluster, user } = settings
  const authority = fileOrData(cluster.certificateAuthority, cluster.certificateAuthorityData, user.origin)
  const about = {
    server: settings.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.insecureSkipTlsVerify || undefined,
    'certificate-authority-data': authority?.toString('base64'),
    'proxy-url': cluster.proxyUrl,
    'disable-compression': cluster.disableCompression || undefined,
    config: cluster.execExtension ?? null,
  }
  return {
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion,
    spec: { interactive, ...(exec.provideClusterInfo && { cluster: about }) },
  }
}

/** The plugin's standard output. What it says on stderr is shown when it takes long, and kept for the error. */
function output(exec: ExecEntry, env: NodeJS.ProcessEnv, interactive: boolean, login: Login): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(exec.command, exec.args, {
      env,
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', interactive ? 'inherit' : 'pipe'],
      windowsHide: true,
    })
    const stdout: Buffer[] = []
    const words = new Words(login.warn)
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => words.add(chunk.toString('utf8')))
    const onAbort = (): void => {
      child.kill()
    }
    login.signal.addEventListener('abort', onAbort, { once: true })
    const finish = (): void => {
      words.close()
      login.signal.removeEventListener('abort', onAbort)
    }
    child.once('error', (error) => {
      finish()
      const missing = 'code' in error && error.code === 'ENOENT'
      const reason = missing ? 'it is not installed' : 'it cannot be started'
      reject(pluginError(exec, { reason, ...(missing && { installHint: exec.installHint }) }))
    })
    child.once('close', (exitCode, signal) => {
      finish()
      if (login.signal.aborted) return reject(new ClusterError({ kind: 'aborted' }))
      if (exitCode === 0) return resolve(Buffer.concat(stdout).toString('utf8'))
      const reason = exitCode === null ? `it was ended by ${signal}` : `it failed with exit code ${exitCode}`
      reject(pluginError(exec, { reason, exitCode: exitCode ?? undefined, stderr: words.tail() }))
    })
  })
}

/** Lines of a plugin's stderr, free of credentials and control characters. */
class Words {
  private readonly warn: (text: string) => void
  private readonly lines: string[] = []
  private unfinished = ''
  private shown = 0
  private live = false
  private readonly timer: ReturnType<typeof setTimeout>

  constructor(warn: (text: string) => void) {
    this.warn = warn
    this.timer = setTimeout(() => {
      this.live = true
      this.show()
    }, quietPeriod)
  }

  add(text: string): void {
    const parts = (this.unfinished + text).split('\n')
    this.unfinished = parts.pop() ?? ''
    this.lines.push(...parts.map((part) => neutralise(withoutSecrets(part.replace(/\r$/, '')))))
    if (this.live) this.show()
  }

  close(): void {
    clearTimeout(this.timer)
    if (this.unfinished !== '') this.add('\n')
  }

  tail(): string {
    return this.lines
      .filter((line) => line.trim() !== '')
      .slice(-tailLines)
      .join('\n')
  }

  private show(): void {
    for (; this.shown < this.lines.length; this.shown += 1) this.warn(this.lines[this.shown] ?? '')
  }
}

function readCredential(exec: ExecEntry, text: string): { credential: Credential; expires: number } {
  const refuse = (reason: string): never => {
    throw pluginError(exec, { reason, exitCode: 0 })
  }
  const answer = parseJson(text)
  if (!isRecord(answer) || answer['kind'] !== 'ExecCredential') return refuse('it did not print an ExecCredential')
  if (answer['apiVersion'] !== exec.apiVersion) {
    return refuse(`it prints another apiVersion than the kubeconfig's ${exec.apiVersion}`)
  }
  const status = answer['status']
  if (!isRecord(status)) return refuse('it did not print a status')
  const field = (name: string): string => (typeof status[name] === 'string' ? status[name].trim() : '')
  const token = field('token')
  const certificate = field('clientCertificateData')
  const key = field('clientKeyData')
  if (token === '' && certificate === '' && key === '') return refuse('it printed neither a token nor a certificate')
  if ((certificate === '') !== (key === '')) return refuse('it printed a certificate or a key, not both')
  const expiration = field('expirationTimestamp')
  const expires = expiration === '' ? Number.POSITIVE_INFINITY : Date.parse(expiration)
  if (Number.isNaN(expires)) return refuse('it printed an expirationTimestamp that is not a time')
  const credential = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(certificate && { certificate, key }),
  }
  return { credential, expires }
}

function pluginError(
  exec: ExecEntry,
  about: { reason: string; exitCode?: number; stderr?: string; installHint?: string },
): ClusterError {
  return new ClusterError({ kind: 'execPlugin', command: exec.command, stderr: '', ...about })
}
