import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { load } from 'js-yaml'

interface Kubeconfig {
  readonly clusters: readonly { cluster: { server: string; 'certificate-authority-data': string } }[]
  readonly users: readonly { user: { 'client-certificate-data': string; 'client-key-data': string } }[]
}

/** A write as the program under test asked for it: `PATCH pytorchjobs/bert`. */
export type Write = string

export interface FaultProxy {
  /** for `--server`: what comes here goes to the API server, with the rights of the kubeconfig's user */
  readonly url: string
  readonly writes: readonly Write[]
  close(): void
}

/** Called with the number of a write, from 1, before it is sent on and after it was answered; true: it goes no further. */
export type Fault = (write: number, when: 'before' | 'after') => boolean

/** Stands between the program under test and the API server, and lets a test act at each of its writes. */
export async function startFaultProxy(kubeconfig: string, fault: Fault): Promise<FaultProxy> {
  const { clusters, users } = load(readFileSync(kubeconfig, 'utf8')) as Kubeconfig
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user]
  if (!cluster || !user) throw new Error(`${kubeconfig} has no cluster or no user`)
  const agent = new Agent({
    keepAlive: true,
    ca: Buffer.from(cluster['certificate-authority-data'], 'base64'),
    cert: Buffer.from(user['client-certificate-data'], 'base64'),
    key: Buffer.from(user['client-key-data'], 'base64'),
  })
  const writes: Write[] = []

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body: Buffer[] = []
    for await (const chunk of incoming) body.push(chunk as Buffer)
    const url = new URL(incoming.url ?? '', cluster.server)
    const number = isWrite(incoming.method, url) ? writes.push(titleOf(incoming.method, url)) : undefined
    if (number !== undefined && fault(number, 'before')) return
    const { host: _host, connection: _connection, ...headers } = incoming.headers
    const call = request(url, { method: incoming.method, headers, agent }, async (answer) => {
      if (number !== undefined) {
        const parts: Buffer[] = []
        for await (const chunk of answer) parts.push(chunk as Buffer)
        if (fault(number, 'after')) return
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        outgoing.end(Buffer.concat(parts))
        return
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      outgoing.flushHeaders()
      answer.pipe(outgoing)
    })
    call.on('error', () => outgoing.destroy())
    outgoing.on('close', () => call.destroy())
    call.end(Buffer.concat(body))
  }

  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing).catch(() => outgoing.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes,
    close() {
      server.closeAllConnections()
      server.close()
      agent.destroy()
    },
  }
}

function isWrite(method: string | undefined, url: URL): boolean {
  const writes = method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE'
  // what somebody is and may do is asked by POST as well, and Events only tell of writes
  return writes && !url.searchParams.has('dryRun') && !/(?:reviews|\/events)$/.test(url.pathname)
}

function titleOf(method: string | undefined, { pathname }: URL): Write {
  return `${method} ${pathname.split('/').slice(-2).join('/')}`
}
