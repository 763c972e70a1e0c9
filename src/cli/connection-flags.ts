import type { ConnectionFlags } from '../cluster/cluster.ts'
import { shellWord } from '../kube/text.ts'
import type { FlagSpec, FlagValues } from './command.ts'

/** kubectl's connection flags with kubectl's meaning (kubectl 1.36, `kubectl options`; cli-runtime pkg/genericclioptions/config_flags.go). */
export const connectionFlags = {
  namespace: {
    type: 'string',
    short: 'n',
    value: 'NAMESPACE',
    describe: 'namespace to work in; of the context when absent',
    group: 'Connection',
    completes: 'namespace',
  },
  context: {
    type: 'string',
    value: 'NAME',
    describe: 'context of the kubeconfig to use',
    group: 'Connection',
    completes: 'context',
  },
  kubeconfig: {
    type: 'string',
    value: 'FILE',
    describe: 'kubeconfig file, instead of $KUBECONFIG and ~/.kube/config',
    group: 'Connection',
    completes: 'file',
  },
  cluster: {
    type: 'string',
    value: 'NAME',
    describe: 'cluster of the kubeconfig to use',
    group: 'Connection',
    completes: 'cluster',
  },
  user: {
    type: 'string',
    value: 'NAME',
    describe: 'user of the kubeconfig to use',
    group: 'Connection',
    completes: 'user',
  },
  server: {
    type: 'string',
    short: 's',
    value: 'URL',
    describe: 'address and port of the API server',
    group: 'Connection',
  },
  token: { type: 'string', value: 'TOKEN', describe: 'bearer token for the API server', group: 'Connection' },
  'certificate-authority': {
    type: 'string',
    value: 'FILE',
    describe: "certificate authority that signed the server's certificate",
    group: 'Connection',
    completes: 'file',
  },
  'client-certificate': {
    type: 'string',
    value: 'FILE',
    describe: 'client certificate for TLS',
    group: 'Connection',
    completes: 'file',
  },
  'client-key': {
    type: 'string',
    value: 'FILE',
    describe: 'key of the client certificate',
    group: 'Connection',
    completes: 'file',
  },
  'insecure-skip-tls-verify': {
    type: 'boolean',
    describe: "do not check the server's certificate: the connection is not secure",
    group: 'Connection',
  },
  'tls-server-name': {
    type: 'string',
    value: 'NAME',
    describe: "name to check the server's certificate against, instead of its host",
    group: 'Connection',
  },
  as: {
    type: 'string',
    value: 'USER',
    describe: 'impersonate this user or service account',
    group: 'Connection',
  },
  'as-group': {
    type: 'strings',
    value: 'GROUP',
    describe: 'impersonate this group; can be repeated',
    group: 'Connection',
  },
  'as-uid': { type: 'string', value: 'UID', describe: 'impersonate this UID', group: 'Connection' },
  'as-user-extra': {
    type: 'strings',
    value: 'KEY=VALUE',
    describe: 'impersonate with this extra; can be repeated, also for one key',
    group: 'Connection',
  },
  username: { type: 'string', value: 'NAME', describe: 'user name for basic authentication', group: 'Connection' },
  password: { type: 'string', value: 'PASSWORD', describe: 'password for basic authentication', group: 'Connection' },
  'request-timeout': {
    type: 'string',
    value: 'TIME',
    describe: 'give up on a single request after this time (1s, 2m, 3h); 0: never',
    group: 'Connection',
  },
  'disable-compression': {
    type: 'boolean',
    describe: 'do not ask for compressed answers',
    group: 'Connection',
  },
  v: {
    type: 'number',
    short: 'v',
    value: 'LEVEL',
    describe: 'log level: 6 shows each request, never its headers',
    group: 'Connection',
  },
} as const satisfies Record<string, FlagSpec>

/** Of every verb: the words of `kubectl-migrate` about itself. */
export const commonFlags = {
  'no-color': { type: 'boolean', describe: 'no colour, as with NO_COLOR in the environment', group: 'Output' },
  help: { type: 'boolean', short: 'h', describe: 'this help', group: 'Output' },
} as const satisfies Record<string, FlagSpec>

export const allNamespacesFlag = {
  'all-namespaces': {
    type: 'boolean',
    short: 'A',
    describe: 'all namespaces; -n is then ignored',
    group: 'Selection',
  },
} as const satisfies Record<string, FlagSpec>

/** An empty value means the same as an absent flag, as in kubectl. */
export function toConnection(flags: FlagValues<typeof connectionFlags>): ConnectionFlags {
  return {
    kubeconfig: flags.kubeconfig || undefined,
    context: flags.context || undefined,
    cluster: flags.cluster || undefined,
    user: flags.user || undefined,
    server: flags.server || undefined,
    token: flags.token || undefined,
    certificateAuthority: flags['certificate-authority'] || undefined,
    clientCertificate: flags['client-certificate'] || undefined,
    clientKey: flags['client-key'] || undefined,
    insecureSkipTlsVerify: flags['insecure-skip-tls-verify'],
    tlsServerName: flags['tls-server-name'] || undefined,
    as: flags.as || undefined,
    asGroup: flags['as-group'],
    asUid: flags['as-uid'] || undefined,
    asUserExtra: flags['as-user-extra'],
    username: flags.username || undefined,
    password: flags.password || undefined,
    requestTimeout: flags['request-timeout'] || undefined,
    disableCompression: flags['disable-compression'],
    namespace: flags.namespace || undefined,
    verbosity: flags.v ?? 0,
  }
}

/** Flags without which a suggested command would ask another cluster, or ask as somebody else; tokens and passwords are not repeated. */
const identifying = ['kubeconfig', 'context', 'cluster', 'user', 'server', 'as'] as const

/** The program's name for hints: with the flags that say which cluster was asked, ready to copy. */
export function nameWithConnection(name: string, connection: ConnectionFlags): string {
  const { asGroup = [], asUid, asUserExtra = [] } = connection
  const given: readonly (readonly [flag: string, value: string | undefined])[] = [
    ...identifying.map((flag) => [flag, connection[flag]] as const),
    ...asGroup.map((group) => ['as-group', group] as const),
    ['as-uid', asUid],
    ...asUserExtra.map((extra) => ['as-user-extra', extra] as const),
  ]
  const flags = given.flatMap(([flag, value]) => (value === undefined ? [] : ` --${flag} ${shellWord(value)}`))
  return name + flags.join('')
}
