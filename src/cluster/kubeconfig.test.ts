import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { dump } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/unit/api-server.ts'
import { ClusterError, type ClusterErrorCause } from './errors.ts'
import { kubeconfigFiles, loadKubeconfig } from './kubeconfig.ts'

function write(content: unknown, name = 'config'): string {
  const file = path.join(temporaryFolder(), name)
  writeFileSync(file, typeof content === 'string' ? content : dump(content))
  return file
}

async function failureOf(act: Promise<unknown>): Promise<ClusterErrorCause | undefined> {
  try {
    await act
    return undefined
  } catch (error) {
    if (error instanceof ClusterError) return error.failure
    throw error
  }
}

describe('kubeconfigFiles', () => {
  it.each([
    ['--kubeconfig goes first', '/flag', { KUBECONFIG: '/a:/b', HOME: '/home/me' }, ['/flag']],
    ['an empty flag is none', '', { KUBECONFIG: '/a', HOME: '/home/me' }, ['/a']],
    ['KUBECONFIG is a list', undefined, { KUBECONFIG: '/a:/b', HOME: '/home/me' }, ['/a', '/b']],
    ['with holes and repetitions', undefined, { KUBECONFIG: ':/a::/b:/a:' }, ['/a', '/b']],
    ['an empty KUBECONFIG is none', undefined, { KUBECONFIG: '', HOME: '/home/me' }, ['/home/me/.kube/config']],
    ['else the one in HOME', undefined, { HOME: '/home/me' }, ['/home/me/.kube/config']],
    ['without HOME there is none', undefined, {}, []],
  ])('%s', (_, flag, environment, files) => {
    expect(kubeconfigFiles(flag, environment)).toEqual(files)
  })
})

describe('loadKubeconfig', () => {
  it('reads clusters, users and contexts, and makes paths absolute from the folder of the file', async () => {
    const file = write({
      'current-context': 'prod',
      contexts: [{ name: 'prod', context: { cluster: 'eu', user: 'alice', namespace: 'nlp' } }],
      clusters: [
        {
          name: 'eu',
          cluster: {
            server: 'https://eu:6443',
            'certificate-authority': 'pki/ca.crt',
            'tls-server-name': 'kubernetes',
            'proxy-url': 'http://proxy',
            'disable-compression': true,
            extensions: [
              { name: 'other', extension: 1 },
              { name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } },
            ],
          },
        },
      ],
      users: [
        {
          name: 'alice',
          user: {
            'client-certificate': 'alice.crt',
            'client-key': '/keys/alice.key',
            tokenFile: '../token',
            as: 'root',
            'as-groups': ['admins'],
            'as-user-extra': { scopes: ['a', 'b'] },
            exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', command: './login', args: ['--x', 1] },
          },
        },
      ],
    })
    const folder = path.dirname(file)
    const config = await loadKubeconfig([file])
    expect(config.currentContext).toBe('prod')
    expect(config.contexts.get('prod')).toEqual({ cluster: 'eu', user: 'alice', namespace: 'nlp' })
    expect(config.clusters.get('eu')).toMatchObject({
      server: 'https://eu:6443',
      certificateAuthority: `${folder}/pki/ca.crt`,
      tlsServerName: 'kubernetes',
      proxyUrl: 'http://proxy',
      disableCompression: true,
      execExtension: { audience: 'x' },
    })
    expect(config.users.get('alice')).toMatchObject({
      clientCertificate: `${folder}/alice.crt`,
      clientKey: '/keys/alice.key',
      tokenFile: `${path.dirname(folder)}/token`,
      as: 'root',
      asGroups: ['admins'],
      asUserExtra: { scopes: ['a', 'b'] },
      exec: {
        command: `${folder}/login`,
        args: ['--x', '1'],
        interactiveMode: 'IfAvailable',
        provideClusterInfo: false,
      },
      origin: file,
    })
  })

  it('looks a plugin without a folder up on PATH, and leaves v1 its own interactiveMode', async () => {
    const file = write({
      users: [{ name: 'a', user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws' } } }],
    })
    expect((await loadKubeconfig([file])).users.get('a')?.exec).toMatchObject({ command: 'aws', interactiveMode: '' })
  })

  it('merges a list: the first file to name something wins it whole, absent files are passed over', async () => {
    const first = write({
      clusters: [{ name: 'shared', cluster: { server: 'https://first' } }],
      users: [{ name: 'red', user: { token: 'first' } }],
    })
    const second = write({
      'current-context': 'from-second',
      clusters: [
        { name: 'shared', cluster: { server: 'https://second', 'tls-server-name': 'second' } },
        { name: 'own', cluster: { server: 'https://own' } },
      ],
      users: [{ name: 'red', user: { username: 'second' } }],
    })
    const third = write({ 'current-context': 'from-third' })
    const config = await loadKubeconfig(['/nowhere/config', first, second, third])
    expect(config.clusters.get('shared')).toMatchObject({ server: 'https://first', tlsServerName: undefined })
    expect(config.clusters.get('own')?.server).toBe('https://own')
    expect(config.users.get('red')).toMatchObject({ token: 'first', username: undefined })
    expect(config.currentContext).toBe('from-second')
    expect(config.found).toBe(3)
  })

  it.each([
    ['an empty file', ''],
    ['only comments', '# nothing\n'],
    ['lists that are null', 'clusters: null\ncontexts:\nusers: []\n'],
  ])('%s is a kubeconfig without anything', async (_, content) => {
    expect(await loadKubeconfig([write(content)])).toMatchObject({ currentContext: '', found: 1 })
  })

  it('takes scalars that YAML reads as numbers or booleans for the text they are', async () => {
    const file = write('current-context: 7\nusers: [{name: yes, user: {token: 12345, password: true}}]\n')
    const config = await loadKubeconfig([file])
    expect(config.currentContext).toBe('7')
    expect(config.users.get('yes')).toMatchObject({ token: '12345', password: 'true' })
  })

  it.each([
    ['a list', '[1, 2]', 'not a kubeconfig'],
    ['text', 'hello', 'not a kubeconfig'],
    ['clusters that are no list', 'clusters: {}', 'clusters is not a list'],
    ['a cluster that is no object', 'clusters: [7]', 'clusters has an entry that is not an object'],
    ['a user without a name', 'users: [{user: {}}]', 'users has an entry without a name'],
    ['a name twice', 'users: [{name: a}, {name: a}]', 'users names a twice'],
    ['a server that is a list', 'clusters: [{name: a, cluster: {server: []}}]', 'server is not a string'],
    [
      'a flag that is text',
      'clusters: [{name: a, cluster: {insecure-skip-tls-verify: "yes"}}]',
      'insecure-skip-tls-verify is neither true nor false',
    ],
    ['groups that are text', 'users: [{name: a, user: {as-groups: x}}]', 'as-groups is not a list'],
  ])('refuses %s', async (_, content, message) => {
    const file = write(content)
    expect(await failureOf(loadKubeconfig([file]))).toEqual({ kind: 'invalidKubeconfig', path: file, message })
  })

  it('says where YAML goes wrong without showing a line of the file', async () => {
    const file = write('users:\n- name: a\n  user:\n    token: "s3cr3t-t0ken\n')
    const failure = await failureOf(loadKubeconfig([file]))
    expect(failure).toMatchObject({ kind: 'invalidKubeconfig', path: file })
    expect(JSON.stringify(failure)).toMatch(/not valid YAML at line \d+, column \d+: /)
    expect(JSON.stringify(failure)).not.toContain('s3cr3t')
  })

  it('says why a file cannot be read', async () => {
    const folder = path.join(temporaryFolder(), 'config')
    mkdirSync(folder)
    expect(await failureOf(loadKubeconfig([folder]))).toEqual({
      kind: 'invalidKubeconfig',
      path: folder,
      message: 'cannot be read (EISDIR)',
    })
  })
})
