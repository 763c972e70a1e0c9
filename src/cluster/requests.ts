import { neutralise } from '../kube/text.ts'
import type { Credential, Credentials } from './credentials.ts'
import { type Asked, ClusterError } from './errors.ts'
import { retryDelay } from './retry.ts'
import type { Settings } from './settings.ts'
import { refusalError, streamError } from './status.ts'
import type { Answer, Sending, Transport } from './transport.ts'
import { warningTexts } from './warnings.ts'

/** One request and what is to be known of it where it fails. */
export interface Call {
  readonly method: Sending['method']
  readonly path: string
  readonly asked: Asked
  readonly group: string
  /** changes nothing on the server: a read or a dry run */
  readonly safe: boolean
  /** sent once only, whatever comes of it */
  readonly once?: boolean
  readonly body?: string
  readonly contentType?: string
  /** media types wanted, default JSON */
  readonly accept?: string
  /** in addition to the connection's own */
  readonly signal?: AbortSignal
}

/** Requests with credentials, retries, warnings and typed errors; knows nothing of resources. */
export interface Requests {
  readonly count: number
  json(call: Call): Promise<unknown>
  /**
   * The same for an answer that is not used at once: it is parsed when the function is called, as text takes less memory than objects.
   * `shorten` leaves out of the text what nobody reads.
   */
  unparsed(call: Call): Promise<(shorten?: (text: string) => string) => unknown>
  /** opens an endless answer; ends when the call's signal aborts */
  stream(call: Call): Promise<AsyncIterable<Uint8Array>>
  failure(status: unknown, asked: Asked, group: string): ClusterError
  /** ends early, without an error, when the connection or `until` is aborted */
  sleep(milliseconds: number, until?: AbortSignal): Promise<void>
  close(): void
}

/** Where requests go, as whom, and to whom warnings are told. */
export interface RequestsOptions {
  readonly settings: Settings
  readonly transport: Transport
  readonly credentials: Credentials
  readonly userAgent: string
  readonly compression: boolean
  readonly verbosity: number
  readonly warn: (text: string) => void
  readonly signal: AbortSignal
  /** waits that many milliseconds or until the signal aborts */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** Requests over one connection, until its signal aborts. Every failure is a ClusterError. */
export function createRequests(options: RequestsOptions): Requests {
  const { settings, transport, credentials, warn, signal, sleep = sleepUntil } = options
  const impersonation = impersonationHeaders(settings)
  const warned = new Set<string>()
  const secrets = new Set<string>()
  let count = 0

  /** A server or proxy may repeat what it was sent. */
  const withoutCredentials = (text: string): string =>
    [...secrets].reduce((cleaned, secret) => cleaned.replaceAll(secret, '(hidden)'), text)

  const both = (other: AbortSignal | undefined): AbortSignal =>
    other === undefined || other === signal ? signal : AbortSignal.any([signal, other])

  async function sendOnce(call: Call, credential: Credential, endless: boolean): Promise<Answer> {
    count += 1
    const [, token] = credential.authorization?.split(' ') ?? []
    if (token) secrets.add(token)
    const started = performance.now()
    const log = (outcome: string): void => {
      if (options.verbosity < 6) return
      const took = Math.round(performance.now() - started)
      warn(neutralise(`${call.method} ${settings.server}${call.path} ${outcome} in ${took} ms`))
    }
    try {
      const answer = await transport.send({
        method: call.method,
        path: call.path,
        headers: {
          'User-Agent': options.userAgent,
          Accept: call.accept ?? 'application/json',
          ...(options.compression && !endless && { 'Accept-Encoding': 'gzip' }),
          ...(call.contentType && { 'Content-Type': call.contentType }),
          ...impersonation,
        },
        body: call.body,
        credential,
        asked: call.asked,
        signal: both(call.signal),
        limit: endless ? undefined : settings.requestTimeout,
        endless,
      })
      log(String(answer.status))
      for (const text of warningTexts(answer.headers['warning']).map(withoutCredentials)) {
        if (warned.has(text)) continue
        warned.add(text)
        warn(`Warning: ${neutralise(text)}`)
      }
      return answer
    } catch (error) {
      log(error instanceof ClusterError ? error.failure.kind : 'failed')
      throw error
    }
  }

  /** A 401 is answered with a renewed credential once: the server did nothing, so this is safe for writes too. */
  async function sendRenewing(call: Call, endless: boolean): Promise<Answer> {
    const credential = await credentials.current()
    const answer = await sendOnce(call, credential, endless)
    if (answer.status !== 401 || !(await credentials.renew(credential))) return answer
    answer.discard()
    return sendOnce(call, await credentials.current(), endless)
  }

  async function attempt<R>(call: Call, endless: boolean, read: (answer: Answer) => Promise<R>): Promise<R> {
    for (let attempts = 1; ; attempts += 1) {
      let answer: Answer | undefined
      try {
        answer = await sendRenewing(call, endless)
        if (answer.status >= 200 && answer.status < 300) return await read(answer)
        throw await refusal(call, answer)
      } catch (error) {
        const wait = retryDelay(error, attempts, call.safe, answer?.headers['retry-after'])
        if (call.once || wait === undefined || signal.aborted || call.signal?.aborted) throw error
        await sleep(wait, both(call.signal))
      }
    }
  }

  async function refusal(call: Call, answer: Answer): Promise<ClusterError> {
    return refusalError({
      server: settings.server,
      status: answer.status,
      contentType: answer.headers['content-type'],
      body: withoutCredentials(await answer.text()),
      asked: call.asked,
      group: call.group,
      user: settings.userName || undefined,
    })
  }

  function parse(text: string, { status }: Answer): unknown {
    try {
      return JSON.parse(text)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      const html = /^\s*</.test(text)
      const reason = html ? 'a web page came back' : 'the answer is not JSON'
      throw new ClusterError({ kind: 'protocol', server: settings.server, status, reason })
    }
  }

  return {
    get count() {
      return count
    },
    json: (call) => attempt(call, false, async (answer) => parse(await answer.text(), answer)),
    unparsed: (call) =>
      attempt(call, false, async (answer) => {
        const text = await answer.text()
        return (shorten = (whole) => whole) => parse(shorten(text), answer)
      }),
    stream: (call) => attempt(call, true, async (answer) => answer.chunks()),
    failure: (status, asked, group) =>
      streamError(status, { server: settings.server, asked, group, user: settings.userName || undefined }),
    sleep: (milliseconds, until) => sleep(milliseconds, both(until)),
    close: () => transport.close(),
  }
}

function sleepUntil(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const wake = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, milliseconds)
    signal.addEventListener('abort', wake, { once: true })
  })
}

/** transport/round_trippers.go of client-go: the user always comes with groups, uid and extra. */
function impersonationHeaders({ user }: Settings): Record<string, string | readonly string[]> {
  if (!user.as) return {}
  const extra = Object.entries(user.asUserExtra ?? {}).map(
    ([key, values]) => [`Impersonate-Extra-${escapeHeaderKey(key)}`, values] as const,
  )
  return {
    'Impersonate-User': user.as,
    ...(user.asGroups?.length && { 'Impersonate-Group': user.asGroups }),
    ...(user.asUid && { 'Impersonate-Uid': user.asUid }),
    ...Object.fromEntries(extra),
  }
}

/** Everything but the characters of a header name is percent-encoded, `%` too. */
function escapeHeaderKey(key: string): string {
  return [...Buffer.from(key)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return /[A-Za-z0-9!#$&'*+\-.^_`|~]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}
