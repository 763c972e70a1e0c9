import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Answer } from './api.ts'
import { badRequest, Failure } from './failure.ts'
import { jsonText } from './json-text.ts'
import type { Request } from './request.ts'
import { masters } from './rights.ts'

/** Who may come in, by bearer token. */
export interface User {
  readonly name: string
  readonly groups: readonly string[]
}

export interface ServerOptions {
  readonly certificate: string
  readonly key: string
  /** 0: any that is free */
  readonly port: number
  readonly users: ReadonlyMap<string, User>
  readonly answer: (request: Request) => Answer
}

export interface RunningServer {
  readonly port: number
  /** ends it and every connection */
  close(): Promise<void>
}

/** bytes of a body (k8s.io/apiserver v0.36.3, pkg/server/config.go: MaxRequestBodyBytes) */
const largestBody = 3 * 1024 * 1024

/** Serves the sandbox's API on loopback. Throws the system's error where the port cannot be had. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server: Server = createServer({ cert: options.certificate, key: options.key }, (incoming, outgoing) => {
    serve(incoming, outgoing, options).catch(() => outgoing.destroy())
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, options: ServerOptions): Promise<void> {
  try {
    const user = userOf(incoming, options.users)
    const request: Request = {
      method: incoming.method ?? 'GET',
      url: new URL(incoming.url ?? '/', 'https://sandbox'),
      accept: incoming.headers.accept ?? '',
      contentType: incoming.headers['content-type'] ?? '',
      userAgent: incoming.headers['user-agent'] ?? '',
      body: await bodyOf(incoming),
      user: user.name,
      groups: user.groups,
    }
    send(options.answer(request), outgoing)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    send({ code: error.code, body: error.status }, outgoing)
  }
}

function send(answer: Answer, outgoing: ServerResponse): void {
  if ('follow' in answer) {
    outgoing.writeHead(200, { 'content-type': answer.contentType })
    outgoing.flushHeaders()
    const stop = answer.follow(
      (text) => outgoing.write(text),
      () => outgoing.end(),
    )
    outgoing.on('close', stop)
    return
  }
  const text = 'text' in answer ? answer.text : `${jsonText(answer.body)}\n`
  const warnings = 'warnings' in answer ? (answer.warnings ?? []) : []
  if (warnings.length > 0) {
    const quoted = warnings.map((warning) => `299 - "${warning.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`)
    outgoing.setHeader('warning', quoted)
  }
  outgoing.writeHead(answer.code, {
    'content-type': 'text' in answer ? (answer.contentType ?? 'text/plain; charset=utf-8') : 'application/json',
  })
  outgoing.end(text)
}

async function bodyOf(incoming: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of incoming) {
    size += (part as Buffer).length
    if (size > largestBody) {
      throw new Failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${largestBody}`)
    }
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts)
}

/** Who asks: the token's user, or whom that one speaks for. */
function userOf({ headers }: IncomingMessage, users: ReadonlyMap<string, User>): User {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
  const user = token === undefined ? undefined : users.get(token)
  if (!user) throw new Failure(401, 'Unauthorized', 'Unauthorized')
  const name = headers['impersonate-user']
  if (name === undefined) return { ...user, groups: [...user.groups, 'system:authenticated'] }
  if (!user.groups.includes(masters)) {
    const details = { name: String(name), kind: 'users' }
    const message = `users "${name}" is forbidden: User "${user.name}" cannot impersonate resource "users" in API group "" at the cluster scope`
    throw new Failure(403, 'Forbidden', message, details)
  }
  if (Array.isArray(name)) throw badRequest('more than one user to impersonate')
  const groups = headers['impersonate-group']
  const given = groups === undefined ? [] : Array.isArray(groups) ? groups : groups.split(/,\s*/)
  return { name, groups: [...given, 'system:authenticated'] }
}
