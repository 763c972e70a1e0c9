// not by import(), which asks it for all that it can export: that loads a second HTTP client, in 20 ms (Node v22.23, lib/http.js, lazyUndici)
import http, { type IncomingMessage, type Agent as PlainAgent, type RequestOptions } from 'node:http'
import https from 'node:https'
import tls from 'node:tls'
import type { Credential } from './credentials.ts'
import { fileOrData } from './credentials.ts'
import { type Asked, ClusterError } from './errors.ts'
import { networkError } from './network-error.ts'
import { proxyFor } from './proxy.ts'
import type { Settings } from './settings.ts'
import { createTurns, type Turns } from './turns.ts'

/** client-go's dialer gives up after 30 s (rest/transport and net.Dialer); the TLS handshake is a part of it here. */
const connectLimit = 30_000
/** The API server ends every request that is not a watch after 60 s (--request-timeout): a link silent for longer is dead. */
const silenceLimit = 75_000
/** A watch gets a bookmark about every minute (storage/cacher, bookmarkFrequency); a silent one is opened again. */
const watchSilenceLimit = 180_000
/** An idle connection may have been dropped by something in between: fresh ones make writes safe to send. */
const idleLimit = 20_000
/** bytes; a page of jobs is unpacked in few of them (the API server compresses from 128 kB on) */
const largeChunk = 256 * 1024

/** One exchange of HTTP. */
export interface Sending {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** path and query below the server's own path */
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  readonly credential: Credential
  /** for the words of a timeout */
  readonly asked: Asked
  readonly signal: AbortSignal
  /** milliseconds for the whole exchange; undefined: only a dead link is given up on */
  readonly limit?: number
  /** milliseconds until status and headers, where they come sooner than the rest */
  readonly begins?: number
  /** true for a watch, which may be silent as long as it likes */
  readonly endless?: boolean
}

/** Status and headers have come; the body is read by one of the three ways. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** the whole answer, decompressed */
  text(): Promise<string>
  /** the answer as it comes, never compressed */
  chunks(): AsyncIterable<Uint8Array>
  /** for an answer nobody reads */
  discard(): void
}

/** One HTTP exchange with the server. Failures are ClusterErrors of the kinds unreachable, certificate, timeout, aborted. */
export interface Transport {
  send(sending: Sending): Promise<Answer>
  close(): void
}

type Requester = (url: URL, options: RequestOptions) => ReturnType<typeof https.request>

/** Connections to one server: kept alive, through a proxy where one is configured, with the cluster's trust. */
export function createTransport(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): Transport {
  const { cluster, server } = settings
  const proxy = proxyFor(server, cluster.proxyUrl, environment)
  const opened = new Map<Credential['certificate'], Promise<Connections>>()

  /** A client certificate belongs to its connections; the old one's may still be in use when it is renewed. */
  const connectionsFor = (credential: Credential): Promise<Connections> => {
    const present = opened.get(credential.certificate)
    if (present !== undefined) return present
    const connections = openConnections(settings, proxy, credential)
    opened.set(credential.certificate, connections)
    return connections
  }

  return {
    async send(sending) {
      const { signal } = sending
      if (signal.aborted) throw new ClusterError({ kind: 'aborted' })
      const { request, turns } = await connectionsFor(sending.credential)
      const over = sending.endless ? () => undefined : await turns.take(signal)
      try {
        if (signal.aborted) throw new ClusterError({ kind: 'aborted' })
        return await exchange(request, settings, proxy, sending, { over, connected: turns.connected })
      } catch (error) {
        over()
        throw unsendable(error)
      }
    },
    close() {
      for (const connections of opened.values()) {
        connections.then(
          ({ agent }) => agent.destroy(),
          () => undefined,
        )
      }
    },
  }
}

interface Connections {
  readonly agent: PlainAgent
  readonly request: Requester
  readonly turns: Turns
}

async function openConnections(
  settings: Settings,
  proxy: URL | undefined,
  credential: Credential,
): Promise<Connections> {
  const secure = settings.server.startsWith('https:') ? secureOptions(settings, credential) : {}
  const { agent, request } = await agentFor(settings.server, proxy, secure)
  return {
    agent,
    request: (url, options) => request(url, { ...options, ...secure, agent }),
    turns: createTurns(() =>
      Object.values(agent.freeSockets).some((sockets) => sockets !== undefined && sockets.length > 0),
    ),
  }
}

interface SecureOptions {
  readonly secureContext: tls.SecureContext
  readonly rejectUnauthorized: boolean
  readonly servername?: string
  readonly checkServerIdentity: (host: string, certificate: tls.PeerCertificate) => Error | undefined
}

/** Parsed once for all connections. A cluster without an authority of its own is trusted as the system trusts, as by kubectl. */
function secureOptions({ server, cluster, user, userName }: Settings, credential: Credential): SecureOptions {
  const expectedName = cluster.tlsServerName ?? new URL(server).hostname.replace(/^\[|\]$/g, '')
  const rejectUnauthorized = cluster.insecureSkipTlsVerify !== true
  const given = fileOrData(cluster.certificateAuthority, cluster.certificateAuthorityData, user.origin)
  const systemRoots = (): string[] => [...tls.getCACertificates('default'), ...tls.getCACertificates('system')]
  const ca = given ?? (rejectUnauthorized ? systemRoots() : undefined)
  try {
    const secureContext = tls.createSecureContext({ ca, cert: credential.certificate, key: credential.key })
    return {
      secureContext,
      rejectUnauthorized,
      ...(cluster.tlsServerName && { servername: cluster.tlsServerName }),
      // said here because behind a SOCKS proxy an address is lost on the way and `localhost` would be checked
      checkServerIdentity: (_, certificate) => tls.checkServerIdentity(expectedName, certificate),
    }
  } catch (error) {
    // OpenSSL's reason names what is wrong with the PEM, never its content
    const reason = error instanceof Error && 'reason' in error ? String(error.reason) : 'unreadable'
    const message = `the certificates of user ${userName} or of its cluster cannot be used: ${reason}`
    throw new ClusterError({ kind: 'invalidKubeconfig', path: user.origin, message })
  }
}

async function agentFor(
  server: string,
  proxy: URL | undefined,
  secure: Partial<SecureOptions>,
): Promise<{ agent: PlainAgent; request: Requester }> {
  const secured = server.startsWith('https:')
  const request: Requester = secured ? https.request : http.request
  const options = { keepAlive: true, timeout: idleLimit, scheduling: 'lifo' as const, ...secure }
  if (proxy?.protocol.startsWith('socks')) {
    const { SocksProxyAgent } = await import('socks-proxy-agent')
    return { agent: new SocksProxyAgent(proxy, options) as PlainAgent, request }
  }
  const proxyEnv = proxy && { proxyEnv: { HTTPS_PROXY: proxy.href, HTTP_PROXY: proxy.href } }
  if (secured) return { agent: new https.Agent({ ...options, ...proxyEnv }), request }
  return { agent: new http.Agent({ ...options, ...proxyEnv }), request }
}

/** Node refuses to send such a header, and says its name only. */
function unsendable(error: unknown): unknown {
  if (!(error instanceof TypeError) || !('code' in error) || error.code !== 'ERR_INVALID_CHAR') return error
  const message = 'a token or a name to impersonate has characters that no HTTP header can carry'
  return new ClusterError({ kind: 'invalidKubeconfig', message })
}

interface Told {
  /** the connection is free again, or lost */
  over(): void
  /** a TCP connection was made, in so many milliseconds */
  connected(milliseconds: number): void
}

function exchange(
  request: Requester,
  settings: Settings,
  proxy: URL | undefined,
  sending: Sending,
  told: Told,
): Promise<Answer> {
  const { server } = settings
  const { asked, signal, limit } = sending
  return new Promise((resolve, reject) => {
    let sent = false
    let failure: ClusterError | undefined
    const silence = sending.endless ? watchSilenceLimit : silenceLimit
    const outgoing = request(new URL(server + sending.path), {
      method: sending.method,
      timeout: limit ?? silence,
      headers: {
        ...sending.headers,
        ...(sending.credential.authorization && { Authorization: sending.credential.authorization }),
        ...(sending.body !== undefined && { 'Content-Length': Buffer.byteLength(sending.body) }),
      },
    })
    const stop = (reason: ClusterError): void => {
      failure ??= reason
      outgoing.destroy(reason)
    }
    const giveUp = (by: 'request' | 'connect', milliseconds: number) => (): void =>
      stop(new ClusterError({ kind: 'timeout', by, seconds: milliseconds / 1000, server, sent, ...asked }))
    const timers = [setTimeout(giveUp('connect', connectLimit), connectLimit)]
    if (limit !== undefined) timers.push(setTimeout(giveUp('request', limit), limit))
    else outgoing.once('timeout', giveUp('request', silence))
    const { begins } = sending
    if (begins !== undefined) {
      const opening = setTimeout(giveUp('request', begins), begins)
      timers.push(opening)
      outgoing.once('response', () => clearTimeout(opening))
    }
    const onAbort = (): void => stop(new ClusterError({ kind: 'aborted' }))
    signal.addEventListener('abort', onAbort, { once: true })
    const finish = (): void => {
      for (const timer of timers) clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      told.over()
    }
    outgoing.once('socket', (socket) => {
      const ready = (): void => {
        sent = true
        clearTimeout(timers[0])
      }
      const begun = performance.now()
      if (socket.connecting) socket.once('connect', () => told.connected(performance.now() - begun))
      const secured = socket instanceof tls.TLSSocket
      const settled = !socket.connecting && (!secured || socket.getProtocol() !== null)
      if (settled) ready()
      else socket.once(secured ? 'secureConnect' : 'connect', ready)
    })
    outgoing.once('response', (stream) => {
      stream.once('close', finish)
      resolve(answerOf(stream, (error) => failure ?? networkError(error, server, proxy, sent)))
    })
    outgoing.once('error', (error) => {
      finish()
      reject(failure ?? networkError(error, server, proxy, sent))
    })
    outgoing.end(sending.body)
  })
}

function answerOf(stream: IncomingMessage, translate: (error: unknown) => ClusterError): Answer {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of stream) yield chunk as Uint8Array
    } catch (error) {
      throw translate(error)
    }
  }
  return {
    status: stream.statusCode ?? 0,
    headers: stream.headers,
    chunks,
    discard: () => stream.destroy(),
    async text() {
      const parts: Uint8Array[] = []
      for await (const chunk of chunks()) parts.push(chunk)
      const bytes = Buffer.concat(parts)
      return stream.headers['content-encoding'] === 'gzip' ? gunzip(bytes, translate) : bytes.toString('utf8')
    },
  }
}

/** At once: a thread would take longer to hand over a page than it takes to unpack it, and keeps memory of its own. */
async function gunzip(bytes: Buffer, translate: (error: unknown) => ClusterError): Promise<string> {
  const { gunzipSync } = await import('node:zlib')
  try {
    return gunzipSync(bytes, { chunkSize: largeChunk }).toString('utf8')
  } catch (error) {
    throw translate(error)
  }
}
