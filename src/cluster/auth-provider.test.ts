import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { inline, type Script, ScriptedServer, temporaryFolder } from '../../test/unit/api-server.ts'
import { issueCertificate } from '../../test/unit/certificates.ts'
import { authProviderCredentials } from './auth-provider.ts'
import type { Credentials } from './credentials.ts'
import { ClusterError } from './errors.ts'

const authority = { commonName: 'idp-ca' }
const ca = issueCertificate(authority)
const tls = issueCertificate({ commonName: 'idp', addresses: ['127.0.0.1'] }, authority)
const now = Date.parse('2026-01-01T00:00:00Z')

const jwt = (name: string, expires: string): string =>
  ['{"alg":"RS256"}', JSON.stringify({ sub: name, exp: Date.parse(expires) / 1000 }), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')
const past = jwt('past', '2025-12-31T00:00:00Z')
const valid = jwt('valid', '2026-01-01T00:01:00Z')
const fresh = jwt('fresh', '2026-01-01T01:00:00Z')

interface Options {
  readonly config?: Record<string, string>
  readonly origin?: string
  readonly warn?: (text: string) => void
}

function login(issuer: string, options: Options = {}): Credentials {
  const settings = {
    context: '',
    namespace: '',
    server: 'https://k8s.example',
    cluster: {},
    user: { origin: options.origin },
    userName: 'me',
  }
  const config = {
    'idp-issuer-url': issuer,
    'idp-certificate-authority-data': inline(ca.certificate),
    'client-id': 'kubernetes',
    'client-secret': 'cl1ent-s3cret',
    'id-token': past,
    'refresh-token': 'r3fresh-0ld',
    ...options.config,
  }
  const { signal } = new AbortController()
  const warn = options.warn ?? (() => undefined)
  return authProviderCredentials(
    { name: 'oidc', config },
    { settings, environment: {}, signal, warn, now: () => now, terminal: () => false },
  )
}

async function failureOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof ClusterError) return error.failure
    throw error
  }
}

/** An identity provider that knows where its token endpoint is and gives this answer there. */
async function identityProvider(answer: object, status = 200): Promise<ScriptedServer> {
  const script: Script = [
    ['GET /realm/.well-known/openid-configuration', () => ({ body: { token_endpoint: `${server.url}/token?x=1` } })],
    ['POST /token?x=1', { status, body: answer }],
  ]
  const server: ScriptedServer = await ScriptedServer.start(script, { tls })
  return server
}

describe('OpenID Connect', () => {
  it('uses the id-token while it is valid', async () => {
    const credentials = login('https://nobody.invalid', { config: { 'id-token': valid } })
    expect(await credentials.current()).toEqual({ authorization: `Bearer ${valid}` })
    expect(await credentials.current()).toBe(await credentials.current())
  })

  it('refreshes an expired one, once for all who ask', async () => {
    const idp = await identityProvider({ id_token: fresh })
    const credentials = login(`${idp.url}/realm/`)
    const both = await Promise.all([credentials.current(), credentials.current()])
    expect(both[0]).toEqual({ authorization: `Bearer ${fresh}` })
    expect(Object.fromEntries(new URLSearchParams(idp.seen[1]?.body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'r3fresh-0ld',
      client_id: 'kubernetes',
      client_secret: 'cl1ent-s3cret',
    })
  })

  it('puts the new tokens into the kubeconfig and leaves the rest of it alone', async () => {
    const idp = await identityProvider({ id_token: fresh, refresh_token: 'r3fresh-new' })
    const origin = path.join(temporaryFolder(), 'config')
    const content = (id: string, refresh: string): string =>
      `# mine\nusers:\n- name: me   # me\n  user: {auth-provider: {config: {id-token: ${id}, refresh-token: "${refresh}"}}}\n`
    writeFileSync(origin, content(past, 'r3fresh-0ld'), { mode: 0o600 })
    await login(`${idp.url}/realm`, { origin }).current()
    expect(readFileSync(origin, 'utf8')).toBe(content(fresh, 'r3fresh-new'))
    expect(statSync(origin).mode & 0o777).toBe(0o600)
    expect(statSync(`${origin}.lock`, { throwIfNoEntry: false })).toBeUndefined()
  })

  it.each([
    ['that somebody else is changing', (file: string) => writeFileSync(`${file}.lock`, ''), /\(EEXIST\)/],
    ['that has other tokens by now', (file: string) => writeFileSync(file, 'other'), /not found in it/],
  ])('says so when it cannot change a kubeconfig %s', async (_, disturb, why) => {
    const idp = await identityProvider({ id_token: fresh, refresh_token: 'r3fresh-new' })
    const origin = path.join(temporaryFolder(), 'config')
    writeFileSync(origin, `${past} r3fresh-0ld`)
    disturb(origin)
    const said: string[] = []
    await login(`${idp.url}/realm`, { origin, warn: (text) => said.push(text) }).current()
    expect(said).toEqual([expect.stringMatching(why)])
    expect(said.join()).not.toMatch(/r3fresh|eyJ/)
  })

  it.each<[string, Record<string, string>, string]>([
    [
      'no refresh-token',
      { 'refresh-token': '' },
      'the id-token has expired and there is no refresh-token: log in again',
    ],
    ['no client-id', { 'client-id': '' }, 'idp-issuer-url or client-id is missing'],
    ['an issuer that is none', { 'idp-issuer-url': 'x' }, 'idp-issuer-url or client-id is missing'],
    ['an id-token that is none', { 'id-token': 'x.y' }, 'the id-token is not a JWT'],
  ])('needs what is missing: %s', async (_, config, reason) => {
    expect(await failureOf(() => login('https://nobody.invalid', { config }).current())).toEqual({
      kind: 'login',
      provider: 'oidc',
      reason,
    })
  })

  it('repeats nothing of a refusal but its code', async () => {
    const idp = await identityProvider({ error: 'invalid_grant', error_description: 'r3fresh-0ld is used up' }, 400)
    expect(await failureOf(() => login(`${idp.url}/realm`).current())).toEqual({
      kind: 'login',
      provider: 'oidc',
      reason: `${idp.url} answered 400: invalid_grant`,
    })
  })

  it('says so when no id_token comes back', async () => {
    const idp = await identityProvider({ access_token: 'x' })
    expect(await failureOf(() => login(`${idp.url}/realm`).current())).toMatchObject({
      reason: `${idp.url}/realm gave no id_token (it may not support them on refresh): log in again`,
    })
  })

  it('says so when the provider is no provider', async () => {
    const idp = await ScriptedServer.start([['GET /.well-known/openid-configuration', { body: {} }]], { tls })
    expect(await failureOf(() => login(idp.url).current())).toMatchObject({
      reason: `${idp.url} does not say where its token endpoint is`,
    })
  })

  it('trusts only the authority it is given', async () => {
    const idp = await ScriptedServer.start([], { tls: issueCertificate({ commonName: 'x', addresses: ['127.0.0.1'] }) })
    expect(await failureOf(() => login(idp.url).current())).toMatchObject({
      reason: `${idp.url}: the server's certificate is signed by nobody but itself`,
    })
  })

  it('says so when the provider is away', async () => {
    expect(await failureOf(() => login('https://127.0.0.1:1').current())).toMatchObject({
      reason: 'https://127.0.0.1:1: nothing listens there',
    })
  })
})

describe('other auth-providers', () => {
  const other = (name: string) =>
    failureOf(async () => {
      const settings = { context: '', namespace: '', server: '', cluster: {}, user: {}, userName: '' }
      const { signal } = new AbortController()
      return authProviderCredentials(
        { name, config: {} },
        { settings, environment: {}, signal, warn: () => undefined, now: () => now, terminal: () => false },
      )
    })

  it.each([
    ['gcp', 'kubectl dropped it in 1.26; the exec plugin gke-gcloud-auth-plugin replaces it'],
    ['azure', 'kubectl dropped it in 1.26; the exec plugin kubelogin replaces it'],
    ['magic', 'there is no such auth-provider'],
  ])('%s', async (provider, reason) => {
    expect(await other(provider)).toEqual({ kind: 'login', provider, reason })
  })
})
