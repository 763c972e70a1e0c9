import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import { load } from 'js-yaml'

interface Kubeconfig {
  readonly clusters: readonly { cluster: { server: string; 'certificate-authority-data': string } }[]
  readonly users: readonly { user: { 'client-certificate-data': string; 'client-key-data': string } }[]
}

/** One request of the program under test. Who it is and what it may do is asked by POST, and is a read; an Event only tells of a write. */
export interface Request {
  readonly kind: 'read' | 'watch' | 'write'
  /** `PATCH pytorchjobs/bert`, `WATCH NAMESPACE/pods` */
  readonly title: string
  /** from 1, among those of its kind */
  readonly number: number
  /** the very same was asked before; a watch: wherever it went on */
  readonly again: boolean
  /** of the API server's answer, once it has come */
  readonly status?: number
}

/** Whether the API server refused a write because it was decided on old facts: nothing was done, and it will be decided anew. */
export function cameTooLate({ kind, status }: Pick<Request, 'kind' | 'status'>): boolean {
  return kind === 'write' && status === 409
}

/**
 * What becomes of a request, or of its answer. silence: nothing comes any more; cut: the connection breaks, half-way through an answer;
 * a status: that is answered instead. Nothing: it goes on.
 */
export type Fault = 'silence' | 'cut' | FaultAnswer | undefined

export interface FaultAnswer {
  readonly status: number
  /** seconds */
  readonly retryAfter?: number
}

/** Called before a request is sent on, and when the API server has answered it, before the answer is. */
export type Faults = (request: Request, when: 'before' | 'after') => Fault | Promise<Fault>

export interface FaultProxy {
  /** for `--server`: what comes here goes to the API server, with the rights of the kubeconfig's user */
  readonly url: string
  readonly requests: readonly Request[]
  /** what `faults` threw when a request had been answered: its answer was cut off */
  failure(): unknown
  close(): void
}

/** Stands between the program under test and the API server, and lets a test act at each of its requests. */
export async function startFaultProxy(kubeconfig: string, faults: Faults): Promise<FaultProxy> {
  const { server: apiServer, agent } = doorTo(kubeconfig)
  const requests: Request[] = []
  const known = new Set<string>()
  let failure: unknown

  const afterwards = async (asked: Request): Promise<Fault> => {
    try {
      return await faults(asked, 'after')
    } catch (error) {
      failure ??= error
      return 'cut'
    }
  }

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body: Buffer[] = []
    for await (const chunk of incoming) body.push(chunk as Buffer)
    const url = new URL(incoming.url ?? '', apiServer)
    const kind = kindOf(incoming.method, url)
    const number = requests.filter((earlier) => earlier.kind === kind).length + 1
    const title = titleOf(incoming.method, kind, url)
    const content = contentOf(incoming.method, url, body)
    const asked: Request & { status?: number } = { kind, number, title, again: known.has(content) }
    known.add(content)
    requests.push(asked)
    const before = await faults(asked, 'before')
    if (before !== undefined) return answerWith(before, outgoing)
    const { host: _host, connection: _connection, ...headers } = incoming.headers
    const call = request(url, { method: incoming.method, headers, agent }, async (answer) => {
      asked.status = answer.statusCode
      const after = await afterwards(asked)
      if (typeof after === 'object' || after === 'silence') {
        answer.resume()
        return answerWith(after, outgoing)
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      outgoing.flushHeaders()
      // an answer that breaks off breaks off here too: a watch of a server that is gone must not look like one that is silent
      if (after === undefined) return pipeline(answer, outgoing, () => undefined)
      answer.once('data', (part: Buffer) => {
        outgoing.write(part.subarray(0, part.length / 2), () => outgoing.destroy())
        answer.destroy()
      })
      answer.once('end', () => outgoing.destroy())
    })
    call.on('error', () => outgoing.destroy())
    // a write that is on its way arrives, whatever became of who sent it
    if (kind !== 'write') outgoing.on('close', () => call.destroy())
    call.end(Buffer.concat(body))
  }

  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing).catch(() => outgoing.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    failure: () => failure,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

interface Door {
  readonly server: string
  readonly agent: Agent
}

const doors = new Map<string, Door>()

/** All proxies of a test file share their connections: a handshake for each costs more than what is asked. */
function doorTo(kubeconfig: string): Door {
  const known = doors.get(kubeconfig)
  if (known) return known
  const { clusters, users } = load(readFileSync(kubeconfig, 'utf8')) as Kubeconfig
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user]
  if (!cluster || !user) throw new Error(`${kubeconfig} has no cluster or no user`)
  const agent = new Agent({
    keepAlive: true,
    ca: Buffer.from(cluster['certificate-authority-data'], 'base64'),
    cert: Buffer.from(user['client-certificate-data'], 'base64'),
    key: Buffer.from(user['client-key-data'], 'base64'),
  })
  const door = { server: cluster.server, agent }
  doors.set(kubeconfig, door)
  return door
}

function answerWith(fault: NonNullable<Fault>, outgoing: ServerResponse): void {
  if (fault === 'silence') return
  if (fault === 'cut') return void outgoing.destroy()
  const { status, retryAfter } = fault
  const { reason, message } = statuses[status] ?? { reason: 'InternalError', message: 'simulated' }
  const headers = {
    'content-type': 'application/json',
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  }
  const body = { apiVersion: 'v1', kind: 'Status', status: 'Failure', metadata: {}, code: status, reason, message }
  outgoing.writeHead(status, headers).end(JSON.stringify(body))
}

/** In the words of kube-apiserver 1.36 (apimachinery, pkg/api/errors). */
const statuses: Readonly<Record<number, { readonly reason: string; readonly message: string }>> = {
  409: { reason: 'Conflict', message: 'the object has been modified; please apply your changes to the latest version' },
  429: { reason: 'TooManyRequests', message: 'too many requests, please try again later' },
  500: { reason: 'InternalError', message: 'Internal error occurred: etcdserver: request timed out' },
  503: { reason: 'ServiceUnavailable', message: 'the server is currently unable to handle the request' },
  504: { reason: 'Timeout', message: 'Timeout: request did not complete within the allotted duration' },
}

function kindOf(method: string | undefined, url: URL): Request['kind'] {
  if (url.searchParams.get('watch') === 'true') return 'watch'
  const asks = method === 'GET' || url.searchParams.has('dryRun') || /(?:reviews|\/events)$/.test(url.pathname)
  return asks ? 'read' : 'write'
}

/** What tells two requests apart. */
function contentOf(method: string | undefined, { pathname, searchParams }: URL, body: readonly Buffer[]): string {
  const query = [...searchParams].filter(([key]) => key !== 'resourceVersion' && key !== 'timeoutSeconds')
  return JSON.stringify([method, pathname, query, Buffer.concat(body).toString()])
}

function titleOf(method: string | undefined, kind: Request['kind'], { pathname }: URL): string {
  return `${kind === 'watch' ? 'WATCH' : method} ${pathname.split('/').slice(-2).join('/')}`
}
