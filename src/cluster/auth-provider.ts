import { isRecord } from '../kube/object.ts'
import { parseJson } from '../kube/parse-json.ts'
import type { Credentials, Login } from './credentials.ts'
import { ClusterError, failedWith } from './errors.ts'
import { createTransport, type Transport } from './transport.ts'

type Config = Readonly<Record<string, string>>

/** client-go calls a token expired this early (plugin/pkg/client/auth/oidc/oidc.go, expiryDelta). */
const expiryMargin = 10_000

/**
 * Credentials of a kubeconfig's auth-provider: `oidc`, as client-go v0.36.3 has it; gcp and azure are gone from kubectl
 * since 1.26 and are refused with what replaced them. Fails with `login`.
 */
export function authProviderCredentials(
  provider: { readonly name: string; readonly config: Config },
  login: Login,
): Credentials {
  const replacement = { gcp: 'gke-gcloud-auth-plugin', azure: 'kubelogin' }[provider.name]
  if (replacement !== undefined) {
    throw failed(provider.name, `kubectl dropped it in 1.26; the exec plugin ${replacement} replaces it`)
  }
  if (provider.name !== 'oidc') throw failed(provider.name, 'there is no such auth-provider')
  return oidcCredentials(provider.config, login)
}

function oidcCredentials(initial: Config, login: Login): Credentials {
  let config = initial
  let token = ''
  let credential = {}
  const use = (fresh: string): object => {
    if (fresh !== token) credential = { authorization: `Bearer ${fresh}` }
    token = fresh
    return credential
  }
  let refreshing: Promise<Config> | undefined
  return {
    async current() {
      const idToken = config['id-token'] ?? ''
      if (idToken !== '' && login.now() + expiryMargin < expiryOf(idToken)) return use(idToken)
      refreshing ??= refresh(config, login).finally(() => {
        refreshing = undefined
      })
      config = await refreshing
      return use(config['id-token'] ?? '')
    },
    renew: async () => false,
  }
}

/** Milliseconds since 1970 of a JWT's `exp` claim. Its signature is the API server's business. */
function expiryOf(idToken: string): number {
  const payload = idToken.split('.')[1] ?? ''
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'))
  if (!isRecord(claims) || typeof claims['exp'] !== 'number') throw failed('oidc', 'the id-token is not a JWT')
  return claims['exp'] * 1000
}

/** OpenID Connect discovery, then OAuth 2.0's refresh grant (RFC 6749, 6); the new tokens go back to the kubeconfig. */
async function refresh(config: Config, login: Login): Promise<Config> {
  const refreshToken = config['refresh-token']
  if (!refreshToken) throw failed('oidc', 'the id-token has expired and there is no refresh-token: log in again')
  const issuer = config['idp-issuer-url'] ?? ''
  const clientId = config['client-id'] ?? ''
  if (!URL.canParse(issuer) || clientId === '') throw failed('oidc', 'idp-issuer-url or client-id is missing')
  const discovery = await ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, config, login)
  const endpoint = discovery['token_endpoint']
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) {
    throw failed('oidc', `${issuer} does not say where its token endpoint is`)
  }
  const answer = await ask(endpoint, config, login, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: clientId,
    client_secret: config['client-secret'] ?? '',
  })
  const idToken = answer['id_token']
  if (typeof idToken !== 'string') {
    throw failed('oidc', `${issuer} gave no id_token (it may not support them on refresh): log in again`)
  }
  const rotated = typeof answer['refresh_token'] === 'string' ? answer['refresh_token'] : refreshToken
  const fresh = { ...config, 'id-token': idToken, 'refresh-token': rotated }
  const { persistTokens } = await import('./token-store.ts')
  persistTokens(login.settings.user.origin, config, fresh, login.warn)
  return fresh
}

async function ask(
  address: string,
  config: Config,
  login: Login,
  form?: Record<string, string>,
): Promise<Record<string, unknown>> {
  const url = new URL(address)
  const transport = identityProvider(url.origin, config, login)
  try {
    const answer = await transport.send({
      method: form === undefined ? 'GET' : 'POST',
      path: url.pathname + url.search,
      headers: {
        Accept: 'application/json',
        ...(form && { 'Content-Type': 'application/x-www-form-urlencoded' }),
      },
      body: form && new URLSearchParams(form).toString(),
      credential: {},
      asked: { verb: 'get', resource: 'token' },
      signal: login.signal,
    })
    const body = parseJson(await answer.text())
    if (answer.status === 200 && isRecord(body)) return body
    // OAuth's error code is a fixed word (RFC 6749, 5.2): nothing else of the answer is repeated
    const word = isRecord(body) && typeof body['error'] === 'string' ? body['error'] : ''
    const code = /^[a-z_]{1,40}$/.test(word) ? `: ${word}` : ''
    throw failed('oidc', `${url.origin} answered ${answer.status}${code}`)
  } catch (error) {
    if (failedWith(error, 'unreachable', 'certificate')) throw failed('oidc', `${url.origin}: ${error.failure.reason}`)
    if (failedWith(error, 'timeout')) throw failed('oidc', `${url.origin} does not answer`)
    throw error
  } finally {
    transport.close()
  }
}

function identityProvider(origin: string, config: Config, { settings, environment }: Login): Transport {
  const cluster = {
    certificateAuthority: config['idp-certificate-authority'] || undefined,
    certificateAuthorityData: config['idp-certificate-authority-data'] || undefined,
  }
  return createTransport({ ...settings, server: origin, cluster, user: {} }, environment)
}

function failed(provider: string, reason: string): ClusterError {
  return new ClusterError({ kind: 'login', provider, reason })
}
