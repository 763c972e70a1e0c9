import { describe, expect, it, onTestFinished } from 'vitest'
import { type Script, ScriptedServer, status } from '../../test/unit/api-server.ts'
import { issueCertificate } from '../../test/unit/certificates.ts'
import type { Credential, Credentials } from './credentials.ts'
import { ClusterError, type ClusterErrorCause } from './errors.ts'
import type { UserEntry } from './kubeconfig.ts'
import { type Call, createRequests, type Requests } from './requests.ts'
import type { Settings } from './settings.ts'
import { createTransport } from './transport.ts'

const asked = { verb: 'get', resource: 'pods', namespace: 'nlp', name: 'a' }
const read: Call = { method: 'GET', path: '/a', asked, group: '', safe: true }
const write: Call = {
  method: 'POST',
  path: '/a',
  asked,
  group: '',
  safe: false,
  body: '{}',
  contentType: 'application/json',
}
const tls = issueCertificate({ commonName: 'apiserver' })

interface Options {
  readonly user?: UserEntry
  readonly credentials?: Credentials
  readonly verbosity?: number
  readonly compression?: boolean
  readonly requestTimeout?: number
  readonly signal?: AbortSignal
}

interface Opened {
  readonly requests: Requests
  readonly server: ScriptedServer
  readonly said: string[]
  readonly waits: number[]
}

async function open(script: Script, options: Options = {}): Promise<Opened> {
  const server = await ScriptedServer.start(script, { tls })
  const said: string[] = []
  const waits: number[] = []
  const settings: Settings = {
    context: 'here',
    namespace: 'default',
    server: server.url,
    cluster: { insecureSkipTlsVerify: true },
    user: options.user ?? {},
    userName: 'me',
    requestTimeout: options.requestTimeout,
  }
  const requests = createRequests({
    settings,
    transport: createTransport(settings, {}),
    credentials: options.credentials ?? { current: async () => ({}), renew: async () => false },
    userAgent: 'kubectl-migrate/1.2.3',
    compression: options.compression ?? true,
    verbosity: options.verbosity ?? 0,
    warn: (text) => said.push(text),
    signal: options.signal ?? new AbortController().signal,
    sleep: async (milliseconds) => {
      waits.push(milliseconds)
    },
  })
  onTestFinished(() => requests.close())
  return { requests, server, said, waits }
}

async function failureOf(act: Promise<unknown>): Promise<ClusterErrorCause | undefined> {
  try {
    await act
    return undefined
  } catch (error) {
    if (error instanceof ClusterError) return error.failure
    throw error
  }
}

describe('requests: what every request carries', () => {
  it('says who asks, what it reads, and that gzip will do', async () => {
    const { requests, server } = await open([['GET /a', { body: { a: 1 } }]])
    expect(await requests.json(read)).toEqual({ a: 1 })
    expect(server.seen[0]?.headers).toMatchObject({
      'user-agent': 'kubectl-migrate/1.2.3',
      accept: 'application/json',
      'accept-encoding': 'gzip',
    })
    expect(requests.count).toBe(1)
  })

  it('asks for no compression where it is off', async () => {
    const { requests, server } = await open([['GET /a', {}]], { compression: false })
    await requests.json(read)
    expect(server.seen[0]?.headers).not.toHaveProperty('accept-encoding')
  })

  it('impersonates user, groups, uid and extra', async () => {
    const user = { as: 'root', asUid: '7', asGroups: ['a', 'b'], asUserExtra: { 'example.com/scopes': ['x', 'y'] } }
    const { requests, server } = await open([['GET /a', {}]], { user })
    await requests.json(read)
    expect(server.seen[0]?.headers).toMatchObject({
      'impersonate-user': 'root',
      'impersonate-uid': '7',
      'impersonate-group': 'a, b',
      'impersonate-extra-example.com%2fscopes': 'x, y',
    })
  })
})

describe('requests: retries', () => {
  const busy = { ...status(429, 'TooManyRequests', 'later'), headers: { 'Retry-After': '3' } }
  const broken = status(503, 'ServiceUnavailable', 'etcd')

  it('of a read: after 5xx, a cut connection and 429', async () => {
    const { requests, waits } = await open([
      ['GET /a', broken],
      ['GET /a', { cut: 'at once' }],
      ['GET /a', busy],
      ['GET /a', { body: 'ok' as unknown as object }],
    ])
    expect(await failureOf(requests.json(read))).toMatchObject({ kind: 'protocol' })
    expect(waits).toEqual([200, 400, 3000])
  })

  it('of a read: an answer cut in half is asked for again', async () => {
    const { requests } = await open([
      ['GET /a', { cut: 'halfway', body: { text: 'x'.repeat(1000) } }],
      ['GET /a', { body: { whole: true } }],
    ])
    expect(await requests.json(read)).toEqual({ whole: true })
  })

  it('of a read: four times in all', async () => {
    const { requests } = await open([
      ['GET /a', broken],
      ['GET /a', broken],
      ['GET /a', broken],
      ['GET /a', broken],
    ])
    expect(await failureOf(requests.json(read))).toMatchObject({ kind: 'internal', status: 503 })
    expect(requests.count).toBe(4)
  })

  it('of what is asked once: none', async () => {
    const { requests, waits } = await open([['GET /a', broken]])
    expect(await failureOf(requests.json({ ...read, once: true }))).toMatchObject({ kind: 'internal', status: 503 })
    expect([requests.count, waits]).toEqual([1, []])
  })

  it('of a write: after 429, which did nothing', async () => {
    const { requests, waits } = await open([
      ['POST /a', busy],
      ['POST /a', { body: { a: 1 } }],
    ])
    expect(await requests.json(write)).toEqual({ a: 1 })
    expect(waits).toEqual([3000])
  })

  it.each<[string, object, object]>([
    ['5xx', broken, { kind: 'internal', status: 503 }],
    ['a cut connection', { cut: 'at once' }, { kind: 'unreachable', sent: true }],
    ['half an answer', { cut: 'halfway', body: { text: 'x'.repeat(1000) } }, { kind: 'unreachable', sent: true }],
  ])('of a write: never after %s', async (_, reply, failure) => {
    const { requests } = await open([['POST /a', reply]])
    expect(await failureOf(requests.json(write))).toMatchObject(failure)
  })

  it('of a dry run: as of a read', async () => {
    const { requests } = await open([
      ['POST /a', broken],
      ['POST /a', {}],
    ])
    expect(await requests.json({ ...write, safe: true })).toEqual({})
  })

  it('of nothing once aborted', async () => {
    const controller = new AbortController()
    const reply = () => {
      controller.abort()
      return broken
    }
    const { requests } = await open([['GET /a', reply]], { signal: controller.signal })
    expect(await failureOf(requests.json(read))).toBeDefined()
    expect(requests.count).toBe(1)
  })
})

describe('requests: credentials', () => {
  const refused = status(401, 'Unauthorized', 'Unauthorized')

  function tokens(...given: string[]): Credentials & { renewals: number } {
    let credential: Credential = { authorization: `Bearer ${given.shift()}` }
    return {
      renewals: 0,
      current: async () => credential,
      async renew() {
        this.renewals += 1
        const next = given.shift()
        if (next === undefined) return false
        credential = { authorization: `Bearer ${next}` }
        return true
      },
    }
  }

  it('are renewed once after a 401, for writes too: a 401 did nothing', async () => {
    const { requests, server } = await open(
      [
        ['POST /a', refused],
        ['POST /a', {}],
      ],
      { credentials: tokens('old', 'new') },
    )
    await requests.json(write)
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new'])
  })

  it('that are refused again end in an error without them', async () => {
    const { requests } = await open(
      [
        ['GET /a', refused],
        ['GET /a', refused],
      ],
      { credentials: tokens('old', 'new') },
    )
    expect(await failureOf(requests.json(read))).toEqual({
      kind: 'unauthenticated',
      server: expect.stringContaining('https://127.0.0.1'),
      user: 'me',
      message: 'Unauthorized',
    })
  })

  it('that nobody can renew are not asked for twice', async () => {
    const credentials = tokens('old')
    const { requests } = await open([['GET /a', refused]], { credentials })
    expect(await failureOf(requests.json(read))).toMatchObject({ kind: 'unauthenticated' })
    expect(credentials.renewals).toBe(1)
  })
})

describe('requests: what is said on the way', () => {
  it('passes each warning of the API on once, safe for a terminal', async () => {
    const headers = { Warning: '299 - "v1 is \\"old\\"", 299 - "red \u00c2\u009b31m"' }
    const { requests, said } = await open([
      ['GET /a', { headers }],
      ['GET /a', { headers }],
    ])
    await requests.json(read)
    await requests.json(read)
    expect(said).toEqual(['Warning: v1 is "old"', 'Warning: red \\u{009b}31m'])
  })

  it('shows requests with -v 6, and never a header', async () => {
    const credentials = { current: async () => ({ authorization: 'Bearer s3cr3t' }), renew: async () => false }
    const { requests, server, said } = await open(
      [
        ['GET /a', status(404, 'NotFound', 'no')],
        ['GET /a', { cut: 'at once' }],
        ['GET /a', {}],
      ],
      { verbosity: 6, credentials },
    )
    await failureOf(requests.json(read))
    await requests.json(read)
    expect(said.map((line) => line.replace(/\d+ ms$/, 'N ms'))).toEqual([
      `GET ${server.url}/a 404 in N ms`,
      `GET ${server.url}/a unreachable in N ms`,
      `GET ${server.url}/a 200 in N ms`,
    ])
  })

  it('shows none below', async () => {
    const { requests, said } = await open([['GET /a', {}]], { verbosity: 5 })
    await requests.json(read)
    expect(said).toEqual([])
  })
})

describe('requests: answers that are no JSON', () => {
  it.each([
    ['<html>log in</html>', 'a web page came back'],
    ['', 'the answer is not JSON'],
    ['{"half":', 'the answer is not JSON'],
  ])('%j', async (body, reason) => {
    const { requests } = await open([['GET /a', { body }]])
    expect(await failureOf(requests.json(read))).toMatchObject({ kind: 'protocol', status: 200, reason })
  })

  it('are told when they are parsed, where that is later', async () => {
    const { requests } = await open([
      ['GET /a', { body: { whole: true } }],
      ['GET /a', { body: '{"half":' }],
    ])
    expect((await requests.unparsed(read)).parse((text) => text.replace('true', '1'))).toEqual({ whole: 1 })
    const { parse } = await requests.unparsed(read)
    expect(await failureOf(Promise.resolve().then(() => parse()))).toMatchObject({ kind: 'protocol', status: 200 })
  })
})

describe('requests: --request-timeout', () => {
  it('is the time in which a watch begins', async () => {
    const { requests } = await open([['GET /a', { silent: true }]], { requestTimeout: 300 })
    const failure = await failureOf(requests.stream({ ...read, once: true, beginsAtOnce: true }))
    expect(failure).toMatchObject({ kind: 'timeout', by: 'request', seconds: 0.3 })
  })

  it('ends a request, not a watch', async () => {
    const silent = async (write: (text: string) => void): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 1500))
      write('late')
    }
    const { requests } = await open(
      [
        ['GET /a', { silent: true }],
        ['GET /a', { stream: silent }],
      ],
      { requestTimeout: 1000 },
    )
    expect(await failureOf(requests.json(read))).toMatchObject({ kind: 'timeout', by: 'request', seconds: 1 })
    const chunks: string[] = []
    for await (const chunk of await requests.stream(read)) chunks.push(Buffer.from(chunk).toString())
    expect(chunks).toEqual(['late'])
  })
})
