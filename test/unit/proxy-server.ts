import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, createServer as createSocketServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A proxy for the present test and what it was asked to connect to. */
export interface Proxy {
  readonly url: string
  /** `host:port`, with ` as USER` where credentials came along */
  readonly asked: string[]
}

/** An HTTP proxy that knows CONNECT only; `status` other than 200 makes it refuse. */
export async function httpProxy(status = 200): Promise<Proxy> {
  const asked: string[] = []
  const server = createServer((_, response) => response.writeHead(405).end())
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    const given = request.headers['proxy-authorization']?.replace('Basic ', '')
    const user = given && ` as ${Buffer.from(given, 'base64').toString().split(':')[0]}`
    asked.push(`${request.url}${user ?? ''}`)
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\n\r\n`)
      return
    }
    const [host = '', port] = (request.url ?? '').split(':')
    join(client, host, Number(port), () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** A SOCKS5 proxy (RFC 1928) without authentication, for IPv4 addresses and names. */
export async function socksProxy(): Promise<Proxy> {
  const asked: string[] = []
  const server = createSocketServer((client) => {
    client.once('data', () => {
      client.write(Buffer.from([5, 0]))
      client.once('data', (request: Buffer) => {
        const named = request[3] === 3
        const end = named ? 5 + (request[4] ?? 0) : 8
        const host = named ? request.subarray(5, end).toString() : [...request.subarray(4, end)].join('.')
        const port = request.readUInt16BE(end)
        asked.push(`${host}:${port}`)
        join(client, host, port, () => client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])))
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  return { url: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

function join(client: Socket, host: string, port: number, connected: () => void): void {
  const upstream = connect(port, host, () => {
    connected()
    upstream.pipe(client)
    client.pipe(upstream)
  })
  const end = (): void => {
    upstream.destroy()
    client.destroy()
  }
  for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
}
