import { request } from 'node:https'
import { afterEach, describe, expect, it } from 'vitest'
import { makeCertificate } from './certificate.ts'
import type { Request } from './request.ts'
import { type RunningServer, type ServerOptions, startServer } from './server.ts'

const users = new Map([
  ['admin', { name: 'admin', groups: ['system:masters'] }],
  ['bob', { name: 'bob', groups: [] }],
])
const pair = makeCertificate(new Date())
const running: RunningServer[] = []

afterEach(async () => {
  for (const server of running.splice(0)) await server.close()
})

async function serve(answer: ServerOptions['answer'], port = 0): Promise<RunningServer> {
  const server = await startServer({ ...(await pair), port, users, answer })
  running.push(server)
  return server
}

interface Reply {
  readonly status: number
  readonly body: string
}

async function ask(port: number, headers: Record<string, string>, body?: Uint8Array): Promise<Reply> {
  const { certificate: ca } = await pair
  return await new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, path: '/x', method: body ? 'POST' : 'GET', headers, ca },
      (answer) => {
        let text = ''
        answer.on('data', (part: Buffer) => {
          text += part.toString()
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }))
      },
    )
    call.on('error', reject)
    call.end(body)
  })
}

const who = ({ user, groups }: Request) => ({ code: 200, body: { user, groups } })

describe('the server of the sandbox', () => {
  it.each<[what: string, headers: Record<string, string>, reply: Reply | { status: number; body: unknown }]>([
    [
      'knows a user by the token',
      { authorization: 'Bearer bob' },
      { status: 200, body: '{"user":"bob","groups":["system:authenticated"]}\n' },
    ],
    [
      'lets an admin speak for others',
      { authorization: 'Bearer admin', 'impersonate-user': 'eve' },
      { status: 200, body: '{"user":"eve","groups":["system:authenticated"]}\n' },
    ],
    [
      'and nobody else',
      { authorization: 'Bearer bob', 'impersonate-user': 'eve' },
      { status: 403, body: expect.stringContaining('cannot impersonate') },
    ],
    ['refuses who has no token', {}, { status: 401, body: expect.stringContaining('Unauthorized') }],
    [
      'refuses a token it does not know',
      { authorization: 'Bearer mallory' },
      { status: 401, body: expect.stringContaining('Unauthorized') },
    ],
  ])('%s', async (_, headers, reply) => {
    const { port } = await serve(who)
    expect(await ask(port, headers)).toEqual(reply)
  })

  it('refuses a body that is too large', async () => {
    const { port } = await serve(who)
    const reply = await ask(port, { authorization: 'Bearer admin' }, new Uint8Array(3 * 1024 * 1024 + 1))
    expect(reply).toEqual({ status: 413, body: expect.stringContaining('limit is 3145728') })
  })

  it('says with the system error that a port is taken', async () => {
    const { port } = await serve(who)
    await expect(serve(who, port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
