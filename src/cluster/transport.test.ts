import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { inline, type Reply, ScriptedServer, temporaryFolder } from '../../test/unit/api-server.ts'
import { issueCertificate } from '../../test/unit/certificates.ts'
import { httpProxy, socksProxy } from '../../test/unit/proxy-server.ts'
import type { Credential } from './credentials.ts'
import { ClusterError, type ClusterErrorCause } from './errors.ts'
import type { ClusterEntry } from './kubeconfig.ts'
import { createTransport, type Sending, type Transport } from './transport.ts'

const authority = { commonName: 'test-ca' }
const ca = issueCertificate(authority)
const local = issueCertificate({ commonName: 'apiserver', addresses: ['127.0.0.1'] }, authority)
const trusted: ClusterEntry = { certificateAuthorityData: inline(ca.certificate) }
const asked = { verb: 'get', resource: 'pods' }

function open(server: string, cluster: ClusterEntry = trusted, environment: Record<string, string> = {}): Transport {
  const settings = { context: '', namespace: 'default', server, cluster, user: {}, userName: 'me' }
  const transport = createTransport(settings, environment)
  onTestFinished(() => transport.close())
  return transport
}

function get(transport: Transport, override: Partial<Sending> = {}) {
  const signal = new AbortController().signal
  return transport.send({ method: 'GET', path: '/x', headers: {}, credential: {}, asked, signal, ...override })
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

function start(reply: Reply, tls = local): Promise<ScriptedServer> {
  return ScriptedServer.start([['GET /x', reply]], { tls })
}

/** Nothing listens there any more. */
async function closedPort(): Promise<number> {
  const server = createSocketServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('transport: the exchange', () => {
  it('sends method, path, headers and body, and gives status, headers and text back', async () => {
    const server = await ScriptedServer.start(
      [['PATCH /base/x?y=1', { status: 409, headers: { warning: '299 - "w"' }, body: { größe: 1 } }]],
      { tls: local },
    )
    const answer = await get(open(`${server.url}/base`), {
      method: 'PATCH',
      path: '/x?y=1',
      headers: { 'X-Many': ['a', 'b'] },
      body: '{"ü":1}',
      credential: { authorization: 'Bearer t' },
    })
    expect(answer.status).toBe(409)
    expect(answer.headers['warning']).toBe('299 - "w"')
    expect(await answer.text()).toBe('{"größe":1}')
    expect(server.seen[0]).toMatchObject({
      body: '{"ü":1}',
      headers: { 'x-many': 'a, b', authorization: 'Bearer t', 'content-length': '8' },
    })
  })

  it('decompresses', async () => {
    const server = await start({ gzip: true, body: { text: 'x'.repeat(10_000) } })
    expect(await (await get(open(server.url))).text()).toBe(`{"text":"${'x'.repeat(10_000)}"}`)
  })

  it('keeps one connection for requests that follow each other', async () => {
    const server = await ScriptedServer.start(
      [
        ['GET /x', {}],
        ['GET /x', {}],
        ['GET /x', {}],
      ],
      { tls: local },
    )
    const transport = open(server.url)
    for (let time = 0; time < 3; time += 1) await (await get(transport)).text()
    expect(server.seen.map(({ connection }) => connection)).toEqual([1, 1, 1])
  })

  it('refuses a token that no header can carry, without showing it', async () => {
    const transport = open('https://127.0.0.1:1', { insecureSkipTlsVerify: true })
    expect(await failureOf(get(transport, { credential: { authorization: 'Bearer a\nb' } }))).toEqual({
      kind: 'invalidKubeconfig',
      message: 'a token or a name to impersonate has characters that no HTTP header can carry',
    })
  })

  it('speaks plain HTTP to a plain server', async () => {
    const server = await ScriptedServer.start([['GET /x', { body: 'plain' }]])
    expect(await (await get(open(server.url, {}))).text()).toBe('plain')
  })
})

describe('transport: trust', () => {
  it.each<[string, ClusterEntry]>([
    ['an authority in the kubeconfig', trusted],
    ['none at all, asked for', { insecureSkipTlsVerify: true }],
  ])('%s', async (_, cluster) => {
    const server = await start({ body: 'ok' })
    expect(await (await get(open(server.url, cluster))).text()).toBe('ok')
  })

  it('an authority in a file', async () => {
    const server = await start({ body: 'ok' })
    const file = path.join(temporaryFolder(), 'ca.crt')
    writeFileSync(file, ca.certificate)
    expect(await (await get(open(server.url, { certificateAuthority: file }))).text()).toBe('ok')
  })

  it('tls-server-name: the name to check and to ask for, whatever the address', async () => {
    const tls = issueCertificate({ commonName: 'x', dnsNames: ['inner.example'] }, authority)
    const server = await start({ body: 'ok' }, tls)
    expect(await (await get(open(server.url, { ...trusted, tlsServerName: 'inner.example' }))).text()).toBe('ok')
  })

  it.each<[string, ClusterEntry, ReturnType<typeof issueCertificate>, code: string, reason: string]>([
    [
      'a certificate for another name',
      trusted,
      issueCertificate({ commonName: 'x', dnsNames: ['other.example'] }, authority),
      'ERR_TLS_CERT_ALTNAME_INVALID',
      "the server's certificate is for another name (other.example)",
    ],
    [
      'an expired certificate',
      trusted,
      issueCertificate({ commonName: 'x', addresses: ['127.0.0.1'], expired: true }, authority),
      'CERT_HAS_EXPIRED',
      "the server's certificate has expired",
    ],
    [
      'a certificate of nobody',
      trusted,
      issueCertificate({ commonName: 'alone', addresses: ['127.0.0.1'] }),
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      "the server's certificate is signed by nobody but itself",
    ],
    [
      'an authority the system does not know',
      {},
      local,
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      "the authority that signed the server's certificate is not trusted",
    ],
  ])('refuses %s', async (_, cluster, tls, code, reason) => {
    const server = await ScriptedServer.start([], { tls })
    expect(await failureOf(get(open(server.url, cluster)))).toEqual({
      kind: 'certificate',
      server: server.url,
      code,
      reason,
    })
  })

  it('says what is wrong with a certificate that is none, without showing it', async () => {
    const transport = open('https://127.0.0.1:1', { certificateAuthorityData: inline('s3cr3t') })
    expect(await failureOf(get(transport, { credential: { certificate: 's3cr3t', key: 's3cr3t' } }))).toEqual({
      kind: 'invalidKubeconfig',
      path: undefined,
      message: 'the certificates of user me or of its cluster cannot be used: no start line',
    })
  })

  it('says which file of the kubeconfig is missing', async () => {
    expect(await failureOf(get(open('https://127.0.0.1:1', { certificateAuthority: '/no/ca' })))).toMatchObject({
      kind: 'invalidKubeconfig',
      message: '/no/ca cannot be read (ENOENT)',
    })
  })
})

describe('transport: client certificates', () => {
  const tls = { ...local, clientAuthority: ca.certificate }
  const alice = issueCertificate({ commonName: 'alice' }, authority)
  const bob = issueCertificate({ commonName: 'bob' }, authority)
  const credentialOf = ({ certificate, key }: typeof alice): Credential => ({ certificate, key })

  it('shows the certificate, and a new one on a new connection', async () => {
    const server = await ScriptedServer.start(
      [
        ['GET /x', {}],
        ['GET /x', {}],
        ['GET /x', {}],
      ],
      { tls },
    )
    const transport = open(server.url)
    for (const identity of [alice, alice, bob]) {
      await (await get(transport, { credential: credentialOf(identity) })).text()
    }
    expect(server.seen.map(({ client, connection }) => [client, connection])).toEqual([
      ['alice', 1],
      ['alice', 1],
      ['bob', 2],
    ])
  })
})

describe('transport: out of reach', () => {
  it('nothing listens', async () => {
    const server = `https://127.0.0.1:${await closedPort()}`
    expect(await failureOf(get(open(server)))).toEqual({
      kind: 'unreachable',
      server,
      code: 'ECONNREFUSED',
      reason: 'nothing listens there',
      proxy: undefined,
      sent: false,
    })
  })

  it('no such host', async () => {
    expect(await failureOf(get(open('https://no-such-host.invalid')))).toMatchObject({
      kind: 'unreachable',
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
      sent: false,
    })
  })

  it('plain HTTP where TLS is expected', async () => {
    const server = await ScriptedServer.start([])
    const secure = server.url.replace('http:', 'https:')
    expect(await failureOf(get(open(secure)))).toMatchObject({
      kind: 'unreachable',
      reason: 'it does not speak TLS (is it plain http?)',
      sent: false,
    })
  })

  it('cut before the answer: the request may have arrived', async () => {
    const server = await start({ cut: 'at once' })
    expect(await failureOf(get(open(server.url)))).toMatchObject({
      kind: 'unreachable',
      code: 'ECONNRESET',
      sent: true,
    })
  })

  it('cut in the middle of the answer', async () => {
    const server = await start({ cut: 'halfway', body: { text: 'x'.repeat(1000) } })
    const answer = await get(open(server.url))
    expect(await failureOf(answer.text())).toMatchObject({ kind: 'unreachable', code: 'ECONNRESET', sent: true })
  })

  it('silent for longer than asked for', async () => {
    const server = await start({ silent: true })
    expect(await failureOf(get(open(server.url), { limit: 60 }))).toEqual({
      kind: 'timeout',
      by: 'request',
      seconds: 0.06,
      server: server.url,
      sent: true,
      ...asked,
    })
  })

  it('silent where a status should come at once', async () => {
    const server = await start({ silent: true })
    expect(await failureOf(get(open(server.url), { begins: 60, endless: true }))).toMatchObject({
      kind: 'timeout',
      by: 'request',
      seconds: 0.06,
    })
  })

  it('but not silent once its status has come', async () => {
    const server = await start({
      async stream(write) {
        await new Promise((resolve) => setTimeout(resolve, 400))
        write('late')
      },
    })
    const answer = await get(open(server.url), { begins: 200, endless: true })
    expect(await answer.text()).toBe('late')
  })

  it('an answer that does not end in time', async () => {
    const server = await start({
      async stream(write, closed) {
        write('{')
        await closed
      },
    })
    const answer = await get(open(server.url), { limit: 100 })
    expect(await failureOf(answer.text())).toMatchObject({ kind: 'timeout', by: 'request' })
  })
})

describe('transport: abort', () => {
  it('before the request', async () => {
    expect(await failureOf(get(open('https://127.0.0.1:1'), { signal: AbortSignal.abort() }))).toEqual({
      kind: 'aborted',
    })
  })

  it('while waiting for the answer', async () => {
    const server = await start({ silent: true })
    const controller = new AbortController()
    const waiting = failureOf(get(open(server.url), { signal: controller.signal }))
    await expect.poll(() => server.seen.length).toBe(1)
    controller.abort()
    expect(await waiting).toEqual({ kind: 'aborted' })
  })

  it('in the middle of the answer', async () => {
    const server = await start({
      async stream(write, closed) {
        write('[1,')
        await closed
      },
    })
    const controller = new AbortController()
    const answer = await get(open(server.url), { signal: controller.signal })
    const reading = failureOf(answer.text())
    controller.abort()
    expect(await reading).toEqual({ kind: 'aborted' })
  })
})

describe('transport: proxies', () => {
  it('tunnels through an HTTP proxy, with credentials for it', async () => {
    const server = await start({ body: 'ok' })
    const proxy = await httpProxy()
    const proxyUrl = proxy.url.replace('http://', 'http://carol:s3cr3t@')
    expect(await (await get(open(server.url, { ...trusted, proxyUrl }))).text()).toBe('ok')
    expect(proxy.asked).toEqual([`${new URL(server.url).host} as carol`])
  })

  it('takes the proxy of the environment, except for loopback', async () => {
    const server = await start({ body: 'ok' })
    const proxy = await httpProxy()
    expect(await (await get(open(server.url, trusted, { HTTPS_PROXY: proxy.url }))).text()).toBe('ok')
    expect(proxy.asked).toEqual([])
  })

  it('tunnels through a SOCKS5 proxy', async () => {
    const server = await start({ body: 'ok' })
    const proxy = await socksProxy()
    expect(await (await get(open(server.url, { ...trusted, proxyUrl: proxy.url }))).text()).toBe('ok')
    expect(proxy.asked).toEqual([new URL(server.url).host])
  })

  it('checks the certificate behind the proxy all the same', async () => {
    const server = await ScriptedServer.start([], { tls: local })
    const proxy = await httpProxy()
    expect(await failureOf(get(open(server.url, { proxyUrl: proxy.url })))).toMatchObject({ kind: 'certificate' })
  })

  it('tells of a proxy that refuses, without its password', async () => {
    const proxy = await httpProxy(407)
    const proxyUrl = proxy.url.replace('http://', 'http://carol:s3cr3t@')
    const failure = await failureOf(get(open('https://k8s.example:6443', { ...trusted, proxyUrl })))
    expect(failure).toEqual({
      kind: 'unreachable',
      server: 'https://k8s.example:6443',
      code: 'ERR_PROXY_TUNNEL',
      reason: 'the proxy refused to connect to it',
      proxy: proxy.url,
      sent: false,
    })
  })

  it.each(['http', 'socks5'])('tells of an %s proxy that is not there', async (scheme) => {
    const proxyUrl = `${scheme}://127.0.0.1:${await closedPort()}`
    expect(await failureOf(get(open('https://k8s.example:6443', { ...trusted, proxyUrl })))).toMatchObject({
      kind: 'unreachable',
      proxy: proxyUrl,
      sent: false,
    })
  })
})
