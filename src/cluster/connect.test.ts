import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  inline,
  kubeconfigFile,
  type Reply,
  type Script,
  ScriptedServer,
  type Seen,
  status,
  temporaryFolder,
} from '../../test/unit/api-server.ts'
import { issueCertificate } from '../../test/unit/certificates.ts'
import { resources } from '../kube/resources.ts'
import { describeError } from '../present/errors.ts'
import type { Cluster, ConnectionFlags } from './cluster.ts'
import { connect } from './connect.ts'
import { ClusterError } from './errors.ts'

const authority = { commonName: 'test-ca' }
const ca = issueCertificate(authority)
const server = issueCertificate({ commonName: 'apiserver', addresses: ['127.0.0.1'] }, authority)
const tls = { ...server, clientAuthority: ca.certificate }
const trusted = (url: string): object => ({ server: url, 'certificate-authority-data': inline(ca.certificate) })
const empty = { body: { kind: 'PodList', metadata: { resourceVersion: '1' }, items: [] } }
const pods = 'GET /api/v1/namespaces/default/pods?limit=500'

interface Session {
  readonly cluster: Cluster
  readonly said: string[]
}

async function session(kubeconfig: string, flags: ConnectionFlags = {}): Promise<Session> {
  const said: string[] = []
  const { signal } = new AbortController()
  const environment = { KUBECONFIG: kubeconfig, PATH: process.env['PATH'] }
  const cluster = await connect(flags, environment, (text) => said.push(text), signal)
  return { cluster, said }
}

async function list({ cluster }: Session): Promise<void> {
  try {
    await cluster.list(resources.pods, { namespace: 'default' })
  } finally {
    cluster.close()
  }
}

/** A script whose n-th run prints the token `token-n`. */
function plugin(): string {
  const command = path.join(temporaryFolder(), 'login')
  const credential = {
    kind: 'ExecCredential',
    apiVersion: 'client.authentication.k8s.io/v1',
    status: { token: 'token-$N' },
  }
  writeFileSync(
    command,
    `#!/bin/sh\necho x >> "$0.log"\nN=$(wc -l < "$0.log" | tr -d ' ')\ncat <<END\n${JSON.stringify(credential)}\nEND\n`,
  )
  chmodSync(command, 0o755)
  return command
}

describe('connect', () => {
  it('shows a client certificate to a server it trusts', async () => {
    const alice = issueCertificate({ commonName: 'alice' }, authority)
    const api = await ScriptedServer.start([[pods, empty]], { tls })
    const user = { 'client-certificate-data': inline(alice.certificate), 'client-key-data': inline(alice.key) }
    await list(await session(kubeconfigFile(trusted(api.url), user)))
    expect(api.seen[0]).toMatchObject({ client: 'alice' })
    expect(api.seen[0]?.headers['user-agent']).toMatch(/^kubectl-migrate\/\d+\.\d+\.\d+/)
  })

  it('sends the token of the kubeconfig, or the one of --token, for whom --as says', async () => {
    const api = await ScriptedServer.start(
      [
        [pods, empty],
        [pods, empty],
      ],
      { tls },
    )
    const file = kubeconfigFile(trusted(api.url), { token: 'from-file' })
    await list(await session(file))
    await list(await session(file, { token: 'from-flag', as: 'root', asGroup: ['a', 'b'] }))
    expect(api.seen.map(({ headers }) => [headers.authorization, headers['impersonate-user']])).toEqual([
      ['Bearer from-file', undefined],
      ['Bearer from-flag', 'root'],
    ])
  })

  it('runs an exec plugin, and once more when its token is refused', async () => {
    const api = await ScriptedServer.start(
      [
        [pods, status(401, 'Unauthorized', 'Unauthorized')],
        [pods, empty],
      ],
      { tls },
    )
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin(), interactiveMode: 'Never' }
    await list(await session(kubeconfigFile(trusted(api.url), { exec })))
    expect(api.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
  })

  it('merges the files of KUBECONFIG', async () => {
    const api = await ScriptedServer.start([[pods, empty]], { tls })
    const first = path.join(temporaryFolder(), 'users')
    writeFileSync(first, JSON.stringify({ users: [{ name: 'me', user: { token: 'first' } }] }))
    await list(await session(`${first}:/no/such/file:${kubeconfigFile(trusted(api.url), { token: 'second' })}`))
    expect(api.seen[0]?.headers.authorization).toBe('Bearer first')
  })

  it('asks nothing before it has to', async () => {
    const { cluster } = await session(kubeconfigFile({ server: 'https://127.0.0.1:1' }, { token: 't' }))
    expect(cluster).toMatchObject({ context: 'here', namespace: 'default', server: 'https://127.0.0.1:1', requests: 0 })
    cluster.close()
  })
})

describe('connect: nothing that is said holds a credential', () => {
  /** Servers that answer with what they were sent. */
  const echo = ({ headers }: Seen): string => headers.authorization ?? ''
  const replies: readonly (readonly [string, (seen: Seen) => Reply])[] = [
    ['401', (seen) => status(401, 'Unauthorized', `invalid: ${echo(seen)}`)],
    ['403', (seen) => status(403, 'Forbidden', `User "${echo(seen)}" cannot list resource "pods"`)],
    ['400 without a Status', (seen) => ({ status: 400, body: echo(seen) })],
    ['404', (seen) => status(404, 'NotFound', 'no', { name: echo(seen), kind: 'pods' })],
    ['422', (seen) => status(422, 'Invalid', 'no', { causes: [{ field: 'a', message: echo(seen) }] })],
    ['409', (seen) => status(409, 'Conflict', echo(seen))],
    ['a page', (seen) => ({ headers: { 'Content-Type': 'text/html' }, body: `<html>${echo(seen)}` })],
    ['no JSON', (seen) => ({ body: echo(seen) })],
    ['a webhook', (seen) => status(400, 'BadRequest', `admission webhook "w" denied the request: ${echo(seen)}`)],
    ['a warning', (seen) => ({ ...empty, headers: { Warning: `299 - "${echo(seen)}"` } })],
  ]
  // what an Authorization header can carry, without what JSON would escape
  const token = fc.string({
    minLength: 12,
    maxLength: 60,
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/='),
  })

  it.each(replies)('%s', async (_, reply) => {
    const cases = fc.sample(fc.tuple(token, fc.constantFrom('token', 'basic')), 12)
    const script: Script = cases.map(() => [pods, reply])
    const api = await ScriptedServer.start(script, { tls })
    for (const [secret, way] of cases) {
      const user = way === 'token' ? { token: secret } : { username: 'me', password: secret }
      const opened = await session(kubeconfigFile(trusted(api.url), user), { verbosity: 9 })
      const failed: unknown = await list(opened).catch((error: unknown) => error)
      const failure = failed instanceof ClusterError ? JSON.stringify(failed.failure) : ''
      const words = failed === undefined ? '' : describeError(failed, 'kubectl migrate', 9).lines.join('\n')
      const all = [failure, words, ...opened.said].join('\n')
      expect(all).not.toContain(secret)
      expect(all).not.toContain(Buffer.from(`me:${secret}`).toString('base64'))
      expect(all).not.toBe('')
    }
  })
})
