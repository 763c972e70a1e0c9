import { neutralise } from '../kube/text.ts'
import type { Credential, Credentials } from './credentials.ts'
import { type Asked, ClusterError } from './errors.ts'
import { retryDelay } from './retry.ts'
import type { Settings } from './settings.ts'
import { refusalError, streamError } from './status.ts'
import type { Answer, Sending, Transport } from './transport.ts'
import { warningTexts } from './warnings.ts'

/** milliseconds a watch may take to begin: the API server sends its status before it has anything to tell */
const beginning = 30_000

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
  /** of an endless answer: its status comes at once, as a watch's does and that of a container that says nothing does not */
  readonly beginsAtOnce?: boolean
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
  unparsed(call: Call): Promise<{ readonly text: string; parse(shorten?: (text: string) => string): unknown }>
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
  const { settings, transport, signal, sleep = sleepUntil } = options
  const sender = new Sender(options)
  const both = (other: AbortSignal | undefined) => eitherOf(signal, other)
  const user = settings.userName || undefined

  async function attempt<R>(call: Call, endless: boolean, read: (answer: Answer) => Promise<R>): Promise<R> {
    for (let attempts = 1; ; attempts += 1) {
      let answer: Answer | undefined
      try {
        answer = await sender.send(call, endless)
        if (answer.status >= 200 && answer.status < 300) return await read(answer)
        throw await sender.refusal(call, answer)
      } catch (error) {
        const wait = retryDelay(error, attempts, call.safe, answer?.headers['retry-after'])
        if (call.once || wait === undefined || signal.aborted || call.signal?.aborted) throw error
        await sleep(wait, both(call.signal))
      }
    }
  }

  const parse = (text: string, { status }: Answer) => parsed(text, settings.server, status)
  return {
    get count() {
      return sender.count
    },
    json: (call) => attempt(call, false, async (answer) => parse(await answer.text(), answer)),
    unparsed: (call) =>
      attempt(call, false, async (answer) => {
        const text = await answer.text()
        return { text, parse: (shorten = (whole) => whole) => parse(shorten(text), answer) }
      }),
    stream: (call) => attempt(call, true, async (answer) => answer.chunks()),
    failure: (status, asked, group) => streamError(status, { server: settings.server, asked, group, user }),
    sleep: (milliseconds, until) => sleep(milliseconds, both(until)),
    close: () => transport.close(),
  }
}

/** Sends a request with a credential, tells what the server warns of, and keeps credentials out of what is told. */
class Sender {
  count = 0
  readonly #options: RequestsOptions
  readonly #impersonation: Record<string, string | readonly string[]>
  readonly #warned = new Set<string>()
  readonly #secrets = new Set<string>()

  constructor(options: RequestsOptions) {
    this.#options = options
    this.#impersonation = impersonationHeaders(options.settings)
  }

  /** A 401 is answered with a renewed credential once: the server did nothing, so this is safe for writes too. */
  async send(call: Call, endless: boolean): Promise<Answer> {
    const { credentials } = this.#options
    const credential = await credentials.current()
    const answer = await this.#sendOnce(call, credential, endless)
    if (answer.status !== 401 || !(await credentials.renew(credential))) return answer
    answer.discard()
    return this.#sendOnce(call, await credentials.current(), endless)
  }

  /** The error that an answer without success is. */
  async refusal({ asked, group }: Call, answer: Answer): Promise<ClusterError> {
    const { server, userName } = this.#options.settings
    const body = this.#withoutCredentials(await answer.text())
    const { status, headers } = answer
    return refusalError({
      ...{ server, status, body, asked, group },
      contentType: headers['content-type'],
      user: userName || undefined,
    })
  }

  async #sendOnce(call: Call, credential: Credential, endless: boolean): Promise<Answer> {
    this.count += 1
    const [, token] = credential.authorization?.split(' ') ?? []
    if (token) this.#secrets.add(token)
    const started = performance.now()
    try {
      const answer = await this.#options.transport.send(this.#sending(call, credential, endless))
      this.#log(call, String(answer.status), started)
      this.#tellWarnings(answer)
      return answer
    } catch (error) {
      this.#log(call, error instanceof ClusterError ? error.failure.kind : 'failed', started)
      throw error
    }
  }

  #sending(call: Call, credential: Credential, endless: boolean): Sending {
    const { settings, signal, userAgent, compression } = this.#options
    return {
      method: call.method,
      path: call.path,
      headers: {
        'User-Agent': userAgent,
        Accept: call.accept ?? 'application/json',
        ...(compression && !endless && { 'Accept-Encoding': 'gzip' }),
        ...(call.contentType && { 'Content-Type': call.contentType }),
        ...this.#impersonation,
      },
      body: call.body,
      credential,
      asked: call.asked,
      signal: eitherOf(signal, call.signal),
      limit: endless ? undefined : settings.requestTimeout,
      begins: call.beginsAtOnce ? Math.min(settings.requestTimeout ?? beginning, beginning) : undefined,
      endless,
    }
  }

  #log({ method, path }: Call, outcome: string, started: number): void {
    const { verbosity, settings, warn } = this.#options
    if (verbosity < 6) return
    const took = Math.round(performance.now() - started)
    warn(neutralise(`${method} ${settings.server}${path} ${outcome} in ${took} ms`))
  }

  /** Each warning once. */
  #tellWarnings({ headers }: Answer): void {
    for (const text of warningTexts(headers['warning']).map((words) => this.#withoutCredentials(words))) {
      if (this.#warned.has(text)) continue
      this.#warned.add(text)
      this.#options.warn(`Warning: ${neutralise(text)}`)
    }
  }

  /** A server or proxy may repeat what it was sent. */
  #withoutCredentials(text: string): string {
    return [...this.#secrets].reduce((cleaned, secret) => cleaned.replaceAll(secret, '(hidden)'), text)
  }
}

function eitherOf(signal: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined || other === signal ? signal : AbortSignal.any([signal, other])
}

function parsed(text: string, server: string, status: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const html = /^\s*</.test(text)
    const reason = html ? 'a web page came back' : 'the answer is not JSON'
    throw new ClusterError({ kind: 'protocol', server, status, reason })
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
