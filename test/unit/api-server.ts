import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished } from 'vitest'
import type { Identity } from './certificates.ts'

/** A request as the server saw it. */
export interface Seen {
  readonly method: string
  /** path and query */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** common name of the client certificate */
  readonly client?: string
  /** a number for each connection, from 1 */
  readonly connection: number
}

/** What the server does with one request. */
export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** sent as JSON, a string as it is */
  readonly body?: unknown
  readonly gzip?: boolean
  /** cuts the connection: at once, or after the head and half of the body */
  readonly cut?: 'at once' | 'halfway'
  /** does not answer at all */
  readonly silent?: boolean
  /** writes the answer piece by piece; the answer ends when it returns, or with the connection */
  readonly stream?: (write: (text: string) => void, closed: Promise<void>) => Promise<void>
}

export type Script = readonly (readonly [request: string, reply: Reply | ((seen: Seen) => Reply)])[]

export interface ServerOptions {
  readonly tls?: Identity & { readonly clientAuthority?: string }
}

/**
 * A real HTTP server that plays a script: each line is `METHOD path?query` and the answer to it, in this order. Anything else
 * is answered with 599 and fails the test, as do lines nobody asked for.
 */
export class ScriptedServer {
  readonly seen: Seen[] = []
  readonly url: string
  readonly #server: Server
  readonly #pending: [string, Reply | ((seen: Seen) => Reply)][]
  readonly #unexpected: string[] = []
  #connections = 0

  private constructor(server: Server, secure: boolean, script: Script) {
    this.#server = server
    this.#pending = script.map(([request, reply]) => [request, reply])
    this.url = `${secure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** Starts one for the present test, which closes it and checks the script. */
  static async start(script: Script, options: ServerOptions = {}): Promise<ScriptedServer> {
    const { tls } = options
    const server =
      tls === undefined
        ? createPlainServer()
        : createSecureServer({
            cert: tls.certificate,
            key: tls.key,
            ...(tls.clientAuthority && { ca: tls.clientAuthority, requestCert: true, rejectUnauthorized: false }),
          })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const scripted = new ScriptedServer(server, tls !== undefined, script)
    const numbers = new WeakMap<object, number>()
    server.on('request', (request, response) => {
      const number = numbers.get(request.socket) ?? ++scripted.#connections
      numbers.set(request.socket, number)
      void scripted.#answer(request, response, number)
    })
    onTestFinished(() => scripted.#finish())
    return scripted
  }

  async #answer(request: IncomingMessage, response: ServerResponse, connection: number): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const seen: Seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(parts).toString('utf8'),
      client: commonName(request),
      connection,
    }
    this.seen.push(seen)
    // the only parameter that is random
    const line = `${seen.method} ${seen.path}`.replace(/timeoutSeconds=\d+/, 'timeoutSeconds=N')
    if (this.#pending[0]?.[0] !== line) {
      this.#unexpected.push(`${line} instead of ${this.#pending[0]?.[0] ?? 'nothing'}`)
      response.writeHead(599).end()
      return
    }
    const [, given] = this.#pending.shift() ?? [line, {}]
    await play(typeof given === 'function' ? given(seen) : given, request, response)
  }

  async #finish(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
    expect(this.#unexpected, 'requests nobody expected').toEqual([])
    expect(
      this.#pending.map(([request]) => request),
      'requests nobody sent',
    ).toEqual([])
  }
}

async function play(reply: Reply, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (reply.silent) return
  if (reply.cut === 'at once') {
    request.socket.destroy()
    return
  }
  const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {})
  const bytes = reply.gzip ? gzipSync(text) : Buffer.from(text)
  response.writeHead(reply.status ?? 200, {
    'Content-Type': 'application/json',
    ...(reply.gzip && { 'Content-Encoding': 'gzip' }),
    ...(reply.stream === undefined && { 'Content-Length': String(bytes.length) }),
    ...reply.headers,
  })
  if (reply.cut === 'halfway') {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => request.socket.destroy())
    return
  }
  if (reply.stream === undefined) {
    response.end(bytes)
    return
  }
  response.flushHeaders()
  const closed = new Promise<void>((resolve) => response.once('close', () => resolve()))
  await reply.stream((chunk) => response.write(chunk), closed)
  response.end()
}

function commonName(request: IncomingMessage): string | undefined {
  if (!(request.socket instanceof TLSSocket)) return undefined
  const name = request.socket.getPeerCertificate().subject?.CN
  return Array.isArray(name) ? name[0] : name
}

/** A metav1.Status as the API server answers a failure. */
export function status(code: number, reason: string, message: string, details?: object): Reply {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code }
  return { status: code, body }
}

/** A folder for the present test, removed with what is in it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubectl-migrate-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a kubeconfig of one context into a folder of its own and returns its path. JSON is YAML. */
export function kubeconfigFile(cluster: object, user: object = {}, context: object = {}): string {
  const file = path.join(temporaryFolder(), 'kubeconfig')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'one', user: 'me', ...context } }],
    clusters: [{ name: 'one', cluster }],
    users: [{ name: 'me', user }],
  }
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  return file
}

/** base64 of a PEM, as kubeconfigs hold it. */
export function inline(pem: string): string {
  return Buffer.from(pem).toString('base64')
}
