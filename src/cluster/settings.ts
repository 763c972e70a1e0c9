import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import type { ConnectionFlags } from './cluster.ts'
import { ClusterError } from './errors.ts'
import { type ClusterEntry, type Kubeconfig, kubeconfigFiles, loadKubeconfig, type UserEntry } from './kubeconfig.ts'
import { parseRequestTimeout } from './request-timeout.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Everything a connection needs, decided: kubeconfig, flags and in-cluster files merged; secrets still where they were. */
export interface Settings {
  readonly context: string
  readonly namespace: string
  readonly server: string
  readonly cluster: ClusterEntry
  readonly user: UserEntry
  readonly userName: string
  /** milliseconds; undefined: no limit asked for */
  readonly requestTimeout?: number
}

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Decides where to connect to and as whom, as kubectl does (k8s.io/client-go v0.36.3, tools/clientcmd/client_config.go and
 * merged_client_builder.go): flags over kubeconfig; without any cluster in sight, the pod's service account.
 * Fails with a ClusterError about the kubeconfig or a Problem about a flag.
 */
export async function resolveSettings(
  flags: ConnectionFlags,
  environment: Environment,
  serviceAccount: string = serviceAccountFolder,
): Promise<Settings> {
  const requestTimeout = parseRequestTimeout(flags.requestTimeout)
  const files = kubeconfigFiles(flags.kubeconfig, environment)
  const kubeconfig = await loadKubeconfig(files)
  if (flags.kubeconfig && kubeconfig.found === 0) throw new ClusterError({ kind: 'noKubeconfig', tried: files })

  const contextName = flags.context || kubeconfig.currentContext
  const context = contextName === '' ? undefined : kubeconfig.contexts.get(contextName)
  if (contextName !== '' && context === undefined) {
    throw new ClusterError({ kind: 'unknownContext', name: contextName, known: [...kubeconfig.contexts.keys()] })
  }
  const clusterName = flags.cluster || context?.cluster || ''
  if (clusterName === '' && !flags.server) {
    const inCluster = inClusterSettings(flags, environment, serviceAccount)
    if (inCluster !== undefined) return { ...inCluster, requestTimeout }
    if (kubeconfig.found === 0) throw new ClusterError({ kind: 'noKubeconfig', tried: files })
    if (kubeconfig.contexts.size === 0) {
      throw new ClusterError({ kind: 'invalidKubeconfig', path: files.join(', '), message: 'it has no context' })
    }
    throw new ClusterError({ kind: 'unknownContext', name: '', known: [...kubeconfig.contexts.keys()] })
  }

  const cluster = mergeCluster(findCluster(kubeconfig, clusterName, contextName, flags), flags)
  if (!cluster.server) {
    throw new ClusterError({ kind: 'invalidKubeconfig', message: `cluster ${clusterName} has no server` })
  }
  const userName = flags.user || context?.user || ''
  const user = mergeUser(findUser(kubeconfig, userName, contextName, flags), flags)
  validate(userName, user, clusterName, cluster)
  return {
    context: contextName,
    namespace: flags.namespace || context?.namespace || podNamespace(environment, serviceAccount),
    server: normaliseServer(cluster.server),
    cluster,
    user,
    userName,
    requestTimeout,
  }
}

function findCluster(kubeconfig: Kubeconfig, name: string, context: string, flags: ConnectionFlags): ClusterEntry {
  const found = kubeconfig.clusters.get(name)
  if (found !== undefined || (flags.server && !flags.cluster)) return found ?? {}
  const known = [...kubeconfig.clusters.keys()]
  throw new ClusterError({
    kind: 'unknownEntry',
    entry: 'cluster',
    name,
    known,
    context: flags.cluster ? undefined : context,
  })
}

/** kubectl asks for a user name at the terminal when the context's user is absent; here it is an error that says so. */
function findUser(kubeconfig: Kubeconfig, name: string, context: string, flags: ConnectionFlags): UserEntry {
  const found = kubeconfig.users.get(name)
  if (found !== undefined) return found
  if (!flags.user && (name === '' || flags.token || flags.clientCertificate)) return {}
  const known = [...kubeconfig.users.keys()]
  throw new ClusterError({
    kind: 'unknownEntry',
    entry: 'user',
    name,
    known,
    context: flags.user ? undefined : context,
  })
}

function mergeCluster(entry: ClusterEntry, flags: ConnectionFlags): ClusterEntry {
  const trust = flags.insecureSkipTlsVerify || flags.certificateAuthority
  return {
    ...entry,
    server: flags.server || entry.server,
    // a server of the command line drops the file's server name, which belongs to the file's server
    tlsServerName: flags.tlsServerName || (flags.server ? undefined : entry.tlsServerName),
    disableCompression: flags.disableCompression || entry.disableCompression,
    ...(trust && {
      insecureSkipTlsVerify: flags.insecureSkipTlsVerify ?? false,
      certificateAuthority: absolute(flags.certificateAuthority),
      certificateAuthorityData: undefined,
    }),
  }
}

function mergeUser(entry: UserEntry, flags: ConnectionFlags): UserEntry {
  return {
    ...entry,
    ...(flags.clientCertificate && {
      clientCertificate: absolute(flags.clientCertificate),
      clientCertificateData: undefined,
    }),
    ...(flags.clientKey && { clientKey: absolute(flags.clientKey), clientKeyData: undefined }),
    // a token of the command line is what the user means to use, whatever the file has
    ...(flags.token && { token: flags.token, tokenFile: undefined, username: undefined, password: undefined }),
    ...(flags.username && { username: flags.username }),
    ...(flags.password && { password: flags.password }),
    as: flags.as || entry.as,
    asUid: flags.asUid || entry.asUid,
    asGroups: flags.asGroup?.length ? flags.asGroup : entry.asGroups,
    asUserExtra: flags.asUserExtra?.length ? userExtra(flags.asUserExtra) : entry.asUserExtra,
  }
}

/** `KEY=VALUE` of each flag, values of one key together (cli-runtime v0.36.3, pkg/genericclioptions/config_flags.go). */
function userExtra(flags: readonly string[]): Record<string, readonly string[]> {
  const extra = new Map<string, string[]>()
  for (const flag of flags) {
    const at = flag.indexOf('=')
    if (at < 1) {
      throw new Problem({
        code: 'wrong-flag-value',
        what: `--as-user-extra cannot be ${JSON.stringify(flag)}: it takes KEY=VALUE`,
        next: ['--as-user-extra scopes=view'],
        exit: exitCode.usage,
      })
    }
    const key = flag.slice(0, at)
    extra.set(key, [...(extra.get(key) ?? []), flag.slice(at + 1)])
  }
  return Object.fromEntries(extra)
}

function absolute(file: string | undefined): string | undefined {
  return file === undefined || file === '' ? undefined : path.resolve(file)
}

/** What client-go's validateAuthInfo and validateClusterInfo refuse (tools/clientcmd/validation.go). */
function validate(userName: string, user: UserEntry, clusterName: string, cluster: ClusterEntry): void {
  const refuse = (message: string): never => {
    throw new ClusterError({ kind: 'invalidKubeconfig', path: user.origin, message })
  }
  const both = (entry: string, key: string, file: unknown, data: unknown): void => {
    if (file && data) refuse(`${entry} has both ${key} and ${key}-data`)
  }
  both(
    `cluster ${clusterName}`,
    'certificate-authority',
    cluster.certificateAuthority,
    cluster.certificateAuthorityData,
  )
  if (cluster.insecureSkipTlsVerify && (cluster.certificateAuthority || cluster.certificateAuthorityData)) {
    refuse(`cluster ${clusterName} has both insecure-skip-tls-verify and a certificate authority`)
  }
  both(`user ${userName}`, 'client-certificate', user.clientCertificate, user.clientCertificateData)
  both(`user ${userName}`, 'client-key', user.clientKey, user.clientKeyData)
  const certificate = user.clientCertificate || user.clientCertificateData
  if (certificate && !user.clientKey && !user.clientKeyData)
    refuse(`user ${userName} has a client certificate without a key`)
  if (user.token && (user.username || user.password)) refuse(`user ${userName} has both a token and a password`)
  if (user.exec && user.authProvider) refuse(`user ${userName} has both an exec plugin and an auth-provider`)
  if (user.exec) validateExec(`user ${userName}`, user.exec, refuse)
  if (!user.as && (user.asUid || user.asGroups?.length || Object.keys(user.asUserExtra ?? {}).length > 0)) {
    throw new Problem({
      code: 'impersonation-without-user',
      what: 'a group, uid or extra to impersonate is given without a user',
      next: ['add --as USER'],
      exit: exitCode.usage,
    })
  }
}

function validateExec(entry: string, exec: NonNullable<UserEntry['exec']>, refuse: (message: string) => never): void {
  if (exec.command === '') refuse(`${entry} has an exec plugin without a command`)
  if (!['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'].includes(exec.apiVersion)) {
    refuse(`${entry} has an exec plugin of apiVersion ${exec.apiVersion || '(none)'}: v1 and v1beta1 are supported`)
  }
  if (exec.interactiveMode === '') refuse(`${entry} has an exec plugin without interactiveMode, which v1 requires`)
  if (!['Never', 'IfAvailable', 'Always'].includes(exec.interactiveMode)) {
    refuse(`${entry} has an exec plugin with the unknown interactiveMode ${exec.interactiveMode}`)
  }
}

/** client-go reads a server without a scheme as plain HTTP (rest/url_utils.go, DefaultServerURL). */
function normaliseServer(server: string): string {
  const withScheme = server.includes('://') ? server : `http://${server}`
  let url: URL
  try {
    url = new URL(withScheme)
  } catch {
    throw new ClusterError({ kind: 'invalidKubeconfig', message: `the server ${server} is not a URL` })
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new ClusterError({ kind: 'invalidKubeconfig', message: `the server ${server} is neither https nor http` })
  }
  return url.origin + url.pathname.replace(/\/+$/, '')
}

/** The pod's service account (client-go rest.InClusterConfig); undefined outside of a pod. */
function inClusterSettings(
  flags: ConnectionFlags,
  environment: Environment,
  folder: string,
): Omit<Settings, 'requestTimeout'> | undefined {
  if (!inPod(environment, folder)) return undefined
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port } = environment
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  const cluster = mergeCluster({ server, certificateAuthority: path.join(folder, 'ca.crt') }, flags)
  const user = mergeUser({ tokenFile: path.join(folder, 'token') }, flags)
  validate('of the pod', user, 'of the pod', cluster)
  return {
    context: '',
    namespace: flags.namespace || podNamespace(environment, folder),
    server,
    cluster,
    user,
    userName: '',
  }
}

function inPod(environment: Environment, folder: string): boolean {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment
  return Boolean(host && port && statSync(path.join(folder, 'token'), { throwIfNoEntry: false })?.isFile())
}

/** The pod's own namespace (inClusterClientConfig.Namespace); also what a kubeconfig without one means inside a pod. */
function podNamespace(environment: Environment, folder: string): string {
  if (!inPod(environment, folder)) return 'default'
  if (environment['POD_NAMESPACE']) return environment['POD_NAMESPACE']
  const file = path.join(folder, 'namespace')
  const written = statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, 'utf8').trim() : ''
  return written || 'default'
}
