import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { getJson } from './http-json.ts'

let server: Server | undefined
const never = new AbortController().signal

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(listener: RequestListener): Promise<URL> {
  const made = createServer(listener)
  server = made
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve))
  return new URL(`http://127.0.0.1:${(made.address() as AddressInfo).port}/api`)
}

describe('JSON of a server', () => {
  it.each<[string, number, string, object]>([
    ['is parsed', 200, '{"a":1}', { json: { a: 1 } }],
    ['that explains an error is given', 400, '{"status":"error"}', { json: { status: 'error' } }],
    ['that is a page is none', 200, '<html>', { failed: 'its answer is no JSON' }],
    ['of a server that refuses is none', 503, 'busy', { failed: 'it answers with status 503' }],
    ['that redirects is none', 302, '{}', { failed: 'it answers with status 302' }],
  ])('%s', async (_name, status, body, answer) => {
    const url = await serve((_request, response) => response.writeHead(status).end(body))
    expect(await getJson(url, never)).toEqual(answer)
  })

  it('that never comes is given up', async () => {
    const url = await serve(() => undefined)
    expect(await getJson(url, never, 50)).toEqual({ failed: 'no answer within 0.05 s' })
  })

  it('of half an answer is none', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"a"', () => response.destroy())
    })
    expect(await getJson(url, never)).toEqual({ failed: 'the connection was cut' })
  })

  it('without an end is not read for ever', async () => {
    const url = await serve((_request, response) => {
      const more = () => response.write('x'.repeat(1 << 20), more)
      more()
    })
    expect(await getJson(url, never)).toEqual({ failed: 'its answer is too long' })
  })

  it('where nothing listens is none', async () => {
    const url = await serve(() => undefined)
    server?.close()
    expect(await getJson(url, never)).toEqual({ failed: 'cannot be reached (ECONNREFUSED)' })
  })
})
