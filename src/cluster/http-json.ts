import http from 'node:http'
import https from 'node:https'

/** Milliseconds after which a server that does not answer is given up. */
const patience = 10_000
/** An answer longer than this is not the one that was asked for. */
const longest = 16 * 1024 * 1024

/** What came of a request: JSON, or why there is none, in words that follow the server's name. */
export type JsonAnswer = { readonly json: unknown } | { readonly failed: string }

/**
 * GET of a URL that is not the API server's, parsed as JSON. Never throws: the server is one that may not be there. It follows
 * no redirect and uses no proxy; a user and password in the URL are sent.
 */
export function getJson(url: URL, signal: AbortSignal, timeout = patience): Promise<JsonAnswer> {
  return new Promise((resolve) => {
    const give = (failed: string) => resolve({ failed })
    const { get } = url.protocol === 'https:' ? https : http
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
    const request = get(url, { signal: limit, headers: { accept: 'application/json' } }, (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        chunks.push(chunk)
        if (size > longest) {
          give('its answer is too long')
          request.destroy()
        }
      })
      response.on('error', () =>
        give(limit.aborted ? `no answer within ${timeout / 1000} s` : 'the connection was cut'),
      )
      response.on('end', () => resolve(answerOf(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'))))
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      give(limit.aborted ? `no answer within ${timeout / 1000} s` : `cannot be reached (${error.code ?? 'no code'})`)
    })
  })
}

function answerOf(status: number, text: string): JsonAnswer {
  try {
    const json: unknown = JSON.parse(text)
    // Prometheus says what is wrong in JSON, with status 400 or 422
    if (status < 300 || status === 400 || status === 422) return { json }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    if (status < 300) return { failed: 'its answer is no JSON' }
  }
  return { failed: `it answers with status ${status}` }
}
