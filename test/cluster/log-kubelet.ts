import type { ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { issueCertificate } from '../unit/certificates.ts'
import { Api, messageOf } from './api.ts'
import { taintedNode } from './tainted-node.ts'

/** One line of a container's log as the kubelet has it. */
export interface Written {
  /** RFC 3339 with nanoseconds */
  readonly time: string
  readonly text: string | Uint8Array
}

/** A reading of a log as the kubelet was asked for it, e.g. `test-1a2b/bert-master-0/pytorch follow=true timestamps=true`. */
export type Asked = string

/** The log of one container: what has been written, and those that follow it. */
export class ContainerLog {
  #current: Written[] = []
  #previous: Written[] | undefined
  #ended = false
  readonly #followers = new Set<ServerResponse>()
  readonly #senders = new Map<ServerResponse, (lines: readonly Written[]) => void>()

  /** Appends lines; their time is now, a microsecond apart, unless it is given. */
  write(...lines: (string | Uint8Array | Written)[]): void {
    const written = lines.map((line) =>
      typeof line === 'string' || line instanceof Uint8Array ? { time: nowInNanoseconds(), text: line } : line,
    )
    this.#current.push(...written)
    for (const send of this.#senders.values()) send(written)
  }

  /** Puts others in the place of all lines, as if they had been written then. */
  rewrite(lines: readonly Written[]): void {
    this.#current = [...lines]
  }

  /** The container stopped: those that follow get the end of the log. */
  end(): void {
    this.#ended = true
    this.endConnections()
  }

  /** The container was started anew: what was written is its previous log. */
  restart(): void {
    this.end()
    this.#previous = this.#current
    this.#current = []
    this.#ended = false
  }

  /** Cuts the connections of those that follow, after half of a line that is never finished where `halfway` gives one. */
  cut(halfway?: Written): void {
    this.#senders.clear()
    for (const response of this.#followers) {
      if (halfway === undefined) response.socket?.destroy()
      else response.write(`${halfway.time} ${String(halfway.text)}`, () => response.socket?.destroy())
    }
    this.#followers.clear()
  }

  /** Ends the answers of those that follow although the container runs on, as a kubelet does that stops. */
  endConnections(): void {
    for (const response of this.#followers) response.end()
    this.#followers.clear()
    this.#senders.clear()
  }

  /** Number of those that follow now. */
  get followers(): number {
    return this.#followers.size
  }

  /** Answers one request as the kubelet does (kubernetes v1.36.3, pkg/kubelet/kuberuntime/logs/logs.go: ReadLogs). */
  answer(query: URLSearchParams, response: ServerResponse): void {
    const lines = query.get('previous') === 'true' ? this.#previous : this.#current
    if (lines === undefined) {
      const words = 'previous terminated container "main" in pod "any" not found'
      response.writeHead(400).end(words)
      return
    }
    const since = query.get('sinceTime') ?? undefined
    const seconds = query.get('sinceSeconds')
    const from = since ? Date.parse(since) : seconds ? Date.now() - Number(seconds) * 1000 : Number.NEGATIVE_INFINITY
    const tail = query.get('tailLines')
    const chosen = tail === null ? lines : lines.slice(Math.max(0, lines.length - Number(tail)))
    const send = (some: readonly Written[]): void => {
      const recent = some.filter(({ time }) => Date.parse(time) >= from)
      const bytes = recent.flatMap(({ time, text }) => [
        Buffer.from(query.get('timestamps') === 'true' ? `${time} ` : ''),
        typeof text === 'string' ? Buffer.from(text) : text,
        Buffer.from('\n'),
      ])
      if (bytes.length > 0) response.write(Buffer.concat(bytes))
    }
    response.writeHead(200, { 'Content-Type': 'text/plain' })
    response.flushHeaders()
    send(chosen)
    if (query.get('follow') !== 'true' || this.#ended || query.get('previous') === 'true') {
      response.end()
      return
    }
    this.#followers.add(response)
    this.#senders.set(response, send)
    response.once('close', () => {
      this.#followers.delete(response)
      this.#senders.delete(response)
    })
  }
}

/** A node whose kubelet serves the logs a test writes. kwok plays the pods' lives as on any other node. */
export interface LogKubelet {
  readonly node: string
  /** what sends a pod to the node: goes into its spec */
  readonly podSpec: { readonly nodeSelector: Readonly<Record<string, string>>; readonly tolerations: readonly object[] }
  /** every reading in order */
  readonly asked: readonly Asked[]
  /** the log of a container, empty at first; for pods whose names end at random, all of `namespace/prefix-...` share one */
  log(namespace: string, pod: string, container: string): ContainerLog
  /** what is done with each request before it is answered; false: it has been answered */
  intercept(before: (asked: Asked, response: ServerResponse) => boolean | Promise<boolean>): void
  /** closes every connection, as a kubelet that is restarted does; it serves on */
  dropConnections(): void
  /** takes the node away */
  stop(): Promise<void>
}

/**
 * Adds a node of its own to the test cluster, tainted so that only pods with `podSpec` get there, whose log endpoint is an HTTPS
 * server of this process: kube-apiserver proxies `kubectl logs` to it (kubernetes v1.36.3, pkg/registry/core/pod/strategy.go: LogLocation)
 * and, without --kubelet-certificate-authority, takes any certificate.
 */
export async function startLogKubelet(kubeconfig: string): Promise<LogKubelet> {
  const logs = new Map<string, ContainerLog>()
  const asked: Asked[] = []
  let before: (asked: Asked, response: ServerResponse) => boolean | Promise<boolean> = () => true

  const logOf = (path: string): ContainerLog => {
    const [namespace, pod = '', container] = path.split('/')
    const shared = [...logs.keys()].find((key) => {
      const [place, prefix = '', name] = key.split('/')
      return (
        place === namespace &&
        name === container &&
        pod.startsWith(`${prefix}-`) &&
        /^[a-z0-9]{5}$/.test(pod.slice(prefix.length + 1))
      )
    })
    const key = logs.has(path) ? path : (shared ?? path)
    const log = logs.get(key) ?? new ContainerLog()
    logs.set(key, log)
    return log
  }

  const certificate = issueCertificate({ commonName: 'kubelet', addresses: ['127.0.0.1'] })
  const sockets = new Set<Duplex>()
  const server: Server = createServer({ cert: certificate.certificate, key: certificate.key }, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://kubelet')
    const [, path] = /^\/containerLogs\/(.+)$/.exec(url.pathname) ?? []
    if (path === undefined) {
      response.writeHead(404).end()
      return
    }
    const entry = [path, ...[...url.searchParams].map(([key, value]) => `${key}=${value}`).sort()].join(' ')
    asked.push(entry)
    const answer = async (): Promise<void> => {
      if (await before(entry, response)) logOf(path).answer(url.searchParams, response)
    }
    answer().catch((error) => response.destroy(error))
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const api = await Api.fromKubeconfig(kubeconfig)
  const now = new Date().toISOString()
  const {
    name: node,
    object,
    toleration,
  } = taintedNode('logs', {
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: (server.address() as AddressInfo).port } },
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'a test serves its logs',
          lastHeartbeatTime: now,
          lastTransitionTime: now,
        },
      ],
    },
  })
  const created = await api.request('POST', '/api/v1/nodes', object)
  if (created.status !== 201) throw new Error(`node ${node}: ${messageOf(created)}`)
  // admission adds not-ready to every new node, and the node controller takes its time to see that this one is not
  const spec = { taints: [toleration] }
  const cleaned = await api.request('PATCH', `/api/v1/nodes/${node}`, { spec }, 'application/merge-patch+json')
  if (cleaned.status !== 200) throw new Error(`node ${node}: ${messageOf(cleaned)}`)

  return {
    node,
    podSpec: { nodeSelector: { 'kubernetes.io/hostname': node }, tolerations: [toleration] },
    asked,
    log: (namespace, pod, container) => {
      const key = `${namespace}/${pod}/${container}`
      const log = logs.get(key) ?? new ContainerLog()
      logs.set(key, log)
      return log
    },
    intercept(given) {
      before = given
    },
    dropConnections() {
      for (const socket of sockets) socket.destroy()
    },
    async stop() {
      await api.request('DELETE', `/api/v1/nodes/${node}`)
      api.close()
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

let last = 0n

/** RFC 3339 with nanoseconds, each later than the one before. */
function nowInNanoseconds(): string {
  const present = BigInt(Date.now()) * 1_000_000n
  last = present > last ? present : last + 1000n
  const nanoseconds = (last % 1_000_000_000n).toString().padStart(9, '0')
  return `${new Date(Number(last / 1_000_000n)).toISOString().slice(0, 19)}.${nanoseconds}Z`
}
