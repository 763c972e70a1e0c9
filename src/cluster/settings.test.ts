import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/unit/api-server.ts'
import { Problem } from '../problem.ts'
import type { ConnectionFlags } from './cluster.ts'
import { ClusterError } from './errors.ts'
import { resolveSettings } from './settings.ts'

const nowhere = '/nowhere/serviceaccount'

function write(config: object): string {
  const file = path.join(temporaryFolder(), 'config')
  writeFileSync(file, JSON.stringify(config))
  return file
}

const two = {
  'current-context': 'prod',
  contexts: [
    { name: 'prod', context: { cluster: 'eu', user: 'alice', namespace: 'nlp' } },
    { name: 'dev', context: { cluster: 'us', user: 'bob' } },
    { name: 'broken', context: { cluster: 'gone', user: 'gone' } },
  ],
  clusters: [
    {
      name: 'eu',
      cluster: { server: 'https://eu.example:6443', 'tls-server-name': 'inner', 'certificate-authority-data': 'Q0E=' },
    },
    { name: 'us', cluster: { server: 'https://us.example/k8s/clusters/c-1/' } },
  ],
  users: [
    { name: 'alice', user: { 'client-certificate-data': 'Q0VSVA==', 'client-key-data': 'S0VZ' } },
    { name: 'bob', user: { token: 'bobs-token', 'as-groups': [] } },
  ],
}

function resolve(flags: ConnectionFlags = {}, config: object = two) {
  return resolveSettings(flags, { KUBECONFIG: write(config) }, nowhere)
}

async function failureOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof ClusterError) return error.failure
    if (error instanceof Problem) return { code: error.data.code, exit: error.data.exit }
    throw error
  }
}

describe('resolveSettings: the context', () => {
  it('is the current one', async () => {
    expect(await resolve()).toMatchObject({
      context: 'prod',
      namespace: 'nlp',
      server: 'https://eu.example:6443',
      userName: 'alice',
    })
  })

  it('is the one of --context, with the namespace default where it names none', async () => {
    expect(await resolve({ context: 'dev' })).toMatchObject({
      context: 'dev',
      namespace: 'default',
      server: 'https://us.example/k8s/clusters/c-1',
      userName: 'bob',
      user: { token: 'bobs-token' },
    })
  })

  it('gives way to --namespace, --cluster and --user', async () => {
    expect(await resolve({ namespace: 'other', cluster: 'us', user: 'bob' })).toMatchObject({
      context: 'prod',
      namespace: 'other',
      server: 'https://us.example/k8s/clusters/c-1',
      userName: 'bob',
    })
  })

  it.each<[string, ConnectionFlags, object]>([
    ['that is unknown', { context: 'prd' }, { kind: 'unknownContext', name: 'prd', known: ['prod', 'dev', 'broken'] }],
    [
      'whose cluster is unknown',
      { context: 'broken' },
      { kind: 'unknownEntry', entry: 'cluster', name: 'gone', known: ['eu', 'us'], context: 'broken' },
    ],
    [
      'whose user is unknown',
      { context: 'broken', cluster: 'eu' },
      { kind: 'unknownEntry', entry: 'user', name: 'gone', known: ['alice', 'bob'], context: 'broken' },
    ],
    [
      'with an unknown --cluster',
      { cluster: 'asia' },
      { kind: 'unknownEntry', entry: 'cluster', name: 'asia', context: undefined },
    ],
    [
      'with an unknown --user',
      { user: 'eve' },
      { kind: 'unknownEntry', entry: 'user', name: 'eve', context: undefined },
    ],
  ])('%s is an error that lists what there is', async (_, flags, failure) => {
    expect(await failureOf(() => resolve(flags))).toMatchObject(failure)
  })

  it('that the file calls current but does not have', async () => {
    expect(await failureOf(() => resolve({}, { ...two, 'current-context': 'gone' }))).toMatchObject({
      kind: 'unknownContext',
      name: 'gone',
    })
  })

  it('that the file does not choose', async () => {
    expect(await failureOf(() => resolve({}, { ...two, 'current-context': '' }))).toEqual({
      kind: 'unknownContext',
      name: '',
      known: ['prod', 'dev', 'broken'],
    })
  })
})

describe('resolveSettings: no kubeconfig', () => {
  it('names the file of --kubeconfig', async () => {
    const act = () => resolveSettings({ kubeconfig: '/no/such' }, { KUBECONFIG: write(two) }, nowhere)
    expect(await failureOf(act)).toEqual({ kind: 'noKubeconfig', tried: ['/no/such'] })
  })

  it('names all files of KUBECONFIG', async () => {
    const act = () => resolveSettings({}, { KUBECONFIG: '/no/a:/no/b' }, nowhere)
    expect(await failureOf(act)).toEqual({ kind: 'noKubeconfig', tried: ['/no/a', '/no/b'] })
  })

  it('tells a file without a context from one that is not there', async () => {
    const path = write({})
    expect(await failureOf(() => resolveSettings({ kubeconfig: path }, {}, nowhere))).toEqual({
      kind: 'invalidKubeconfig',
      path,
      message: 'it has no context',
    })
  })

  it('is none needed with --server', async () => {
    const settings = await resolveSettings({ server: 'https://k8s:6443', token: 't' }, {}, nowhere)
    expect(settings).toMatchObject({
      context: '',
      namespace: 'default',
      server: 'https://k8s:6443',
      user: { token: 't' },
    })
  })
})

describe('resolveSettings: flags of the cluster', () => {
  it.each<[string, ConnectionFlags, object]>([
    [
      '--server drops the tls-server-name of the file',
      { server: 'https://other' },
      { server: 'https://other', cluster: { tlsServerName: undefined } },
    ],
    ['--tls-server-name', { server: 'https://other', tlsServerName: 'n' }, { cluster: { tlsServerName: 'n' } }],
    [
      '--insecure-skip-tls-verify drops the authority of the file',
      { insecureSkipTlsVerify: true },
      {
        cluster: { insecureSkipTlsVerify: true, certificateAuthority: undefined, certificateAuthorityData: undefined },
      },
    ],
    [
      '--certificate-authority replaces the authority of the file',
      { certificateAuthority: '/ca' },
      { cluster: { insecureSkipTlsVerify: false, certificateAuthority: '/ca', certificateAuthorityData: undefined } },
    ],
    ['--disable-compression', { disableCompression: true }, { cluster: { disableCompression: true } }],
    ['--request-timeout', { requestTimeout: '5' }, { requestTimeout: 5000 }],
    ['a server without a scheme is plain http', { server: 'localhost:8080' }, { server: 'http://localhost:8080' }],
  ])('%s', async (_, flags, settings) => {
    expect(await resolve(flags)).toMatchObject(settings)
  })

  it.each([
    ['https://', 'the server https:// is not a URL'],
    ['ftp://x', 'the server ftp://x is neither https nor http'],
  ])('refuses the server %s', async (server, message) => {
    expect(await failureOf(() => resolve({ server }))).toMatchObject({ kind: 'invalidKubeconfig', message })
  })
})

describe('resolveSettings: flags of the user', () => {
  it.each<[string, ConnectionFlags, object]>([
    [
      '--client-certificate replaces the data of the file',
      { clientCertificate: '/c', clientKey: '/k' },
      { clientCertificate: '/c', clientCertificateData: undefined, clientKey: '/k', clientKeyData: undefined },
    ],
    ['--token', { token: 't' }, { token: 't', tokenFile: undefined }],
    ['--as', { as: 'root', asGroup: ['a', 'b'], asUid: '7' }, { as: 'root', asGroups: ['a', 'b'], asUid: '7' }],
    [
      '--as-user-extra',
      { as: 'root', asUserExtra: ['scopes=view', 'scopes=a=b', 'x='] },
      { asUserExtra: { scopes: ['view', 'a=b'], x: [''] } },
    ],
    ['--username', { username: 'u', password: 'p' }, { username: 'u', password: 'p' }],
  ])('%s', async (_, flags, user) => {
    expect((await resolve(flags)).user).toMatchObject(user)
  })

  it('--token goes before a password and a token file', async () => {
    const config = { ...two, users: [{ name: 'alice', user: { username: 'a', password: 'p', tokenFile: '/t' } }] }
    expect((await resolve({ token: 't' }, config)).user).toMatchObject({
      token: 't',
      tokenFile: undefined,
      username: undefined,
      password: undefined,
    })
  })

  it.each(['scopes', '=view', ''])('--as-user-extra %j is refused: it names no key and value', async (extra) => {
    expect(await failureOf(() => resolve({ as: 'root', asUserExtra: [extra] }))).toEqual({
      code: 'wrong-flag-value',
      exit: 2,
    })
  })

  it('--as-group needs --as', async () => {
    expect(await failureOf(() => resolve({ asGroup: ['g'] }))).toEqual({ code: 'impersonation-without-user', exit: 2 })
  })
})

describe('resolveSettings: what kubectl refuses too', () => {
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'x', interactiveMode: 'Never' }
  it.each<[object, object, string]>([
    [{}, {}, 'cluster eu has no server'],
    [
      { 'certificate-authority': 'a', 'certificate-authority-data': 'b' },
      {},
      'cluster eu has both certificate-authority and certificate-authority-data',
    ],
    [
      { 'insecure-skip-tls-verify': true, 'certificate-authority-data': 'b' },
      {},
      'cluster eu has both insecure-skip-tls-verify and a certificate authority',
    ],
    [
      {},
      { 'client-certificate': 'a', 'client-certificate-data': 'b' },
      'user alice has both client-certificate and client-certificate-data',
    ],
    [{}, { 'client-key': 'a', 'client-key-data': 'b' }, 'user alice has both client-key and client-key-data'],
    [{}, { 'client-certificate': 'a' }, 'user alice has a client certificate without a key'],
    [{}, { token: 'secret', username: 'a' }, 'user alice has both a token and a password'],
    [{}, { exec, 'auth-provider': { name: 'oidc' } }, 'user alice has both an exec plugin and an auth-provider'],
    [{}, { exec: { ...exec, command: '' } }, 'user alice has an exec plugin without a command'],
    [
      {},
      { exec: { ...exec, apiVersion: 'client.authentication.k8s.io/v1alpha1' } },
      'user alice has an exec plugin of apiVersion client.authentication.k8s.io/v1alpha1: v1 and v1beta1 are supported',
    ],
    [
      {},
      { exec: { ...exec, interactiveMode: '' } },
      'user alice has an exec plugin without interactiveMode, which v1 requires',
    ],
    [
      {},
      { exec: { ...exec, interactiveMode: 'Sometimes' } },
      'user alice has an exec plugin with the unknown interactiveMode Sometimes',
    ],
  ])('%j %j', async (cluster, user, message) => {
    const config = {
      ...two,
      clusters: [
        { name: 'eu', cluster: { ...(message.endsWith('no server') ? {} : { server: 'https://eu' }), ...cluster } },
      ],
      users: [{ name: 'alice', user }],
    }
    expect(await failureOf(() => resolve({}, config))).toMatchObject({ kind: 'invalidKubeconfig', message })
  })
})

describe('resolveSettings: inside a pod', () => {
  function serviceAccount(): string {
    const folder = path.join(temporaryFolder(), 'serviceaccount')
    mkdirSync(folder)
    writeFileSync(path.join(folder, 'token'), 'pod-token')
    writeFileSync(path.join(folder, 'namespace'), 'training\n')
    return folder
  }
  const pod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443', HOME: '/nowhere' }

  it('is the service account', async () => {
    const folder = serviceAccount()
    expect(await resolveSettings({}, pod, folder)).toMatchObject({
      context: '',
      namespace: 'training',
      server: 'https://10.0.0.1:443',
      cluster: { certificateAuthority: `${folder}/ca.crt` },
      user: { tokenFile: `${folder}/token` },
    })
  })

  it.each<[string, ConnectionFlags, Record<string, string>, object]>([
    ['IPv6', {}, { KUBERNETES_SERVICE_HOST: 'fd00::1' }, { server: 'https://[fd00::1]:443' }],
    ['POD_NAMESPACE', {}, { POD_NAMESPACE: 'mine' }, { namespace: 'mine' }],
    ['--namespace', { namespace: 'flag' }, { POD_NAMESPACE: 'mine' }, { namespace: 'flag' }],
    ['--token', { token: 't' }, {}, { user: { token: 't', tokenFile: undefined } }],
    ['--as', { as: 'root' }, {}, { user: { as: 'root' } }],
  ])('%s', async (_, flags, environment, settings) => {
    expect(await resolveSettings(flags, { ...pod, ...environment }, serviceAccount())).toMatchObject(settings)
  })

  it('is not looked at when a kubeconfig says where to go, but for the namespace', async () => {
    const environment = { ...pod, KUBECONFIG: write(two) }
    const folder = serviceAccount()
    expect(await resolveSettings({}, environment, folder)).toMatchObject({ context: 'prod', namespace: 'nlp' })
    expect(await resolveSettings({ context: 'dev' }, environment, folder)).toMatchObject({
      namespace: 'training',
      userName: 'bob',
    })
  })

  it('is not believed without a token', async () => {
    expect(await failureOf(() => resolveSettings({}, pod, nowhere))).toMatchObject({ kind: 'noKubeconfig' })
  })
})
