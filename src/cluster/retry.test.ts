import { describe, expect, it } from 'vitest'
import { type Asked, ClusterError, type ClusterErrorCause } from './errors.ts'
import { maxAttempts, retryDelay } from './retry.ts'

const asked: Asked = { verb: 'get', resource: 'pods' }
const server = 'https://one'
const unreachable = (code: string, sent: boolean): ClusterErrorCause => ({
  kind: 'unreachable',
  server,
  code,
  reason: '',
  sent,
})
const busy: ClusterErrorCause = { kind: 'tooManyRequests', ...asked, message: '' }
const broken: ClusterErrorCause = { kind: 'internal', ...asked, status: 503, message: '' }

describe('retryDelay', () => {
  it.each<[string, ClusterErrorCause, read: boolean, write: boolean]>([
    ['refused before anything was sent', unreachable('ECONNREFUSED', false), true, true],
    ['cut before anything was sent', unreachable('ECONNRESET', false), true, true],
    ['cut when the request may have arrived', unreachable('ECONNRESET', true), true, false],
    ['a host that does not exist', unreachable('ENOTFOUND', false), false, false],
    ['a name server that is away', unreachable('EAI_AGAIN', false), true, true],
    ['a proxy that refuses', unreachable('ERR_PROXY_TUNNEL', false), false, false],
    ['429', busy, true, true],
    ['503', broken, true, false],
    ['500', { ...broken, status: 500 }, true, false],
    ['400', { ...broken, status: 400 }, false, false],
    ['504', { kind: 'timeout', by: 'server', server, sent: true, ...asked }, true, false],
    ['our own time limit', { kind: 'timeout', by: 'request', server, sent: true, ...asked }, false, false],
    ['a page of a gateway that is down', { kind: 'protocol', server, status: 502, reason: '' }, true, false],
    ['a login page', { kind: 'protocol', server, status: 200, reason: '' }, false, false],
    ['a webhook', { kind: 'webhook', ...asked, webhook: '', outcome: 'unreachable', message: '' }, false, false],
    ['forbidden', { kind: 'forbidden', group: '', ...asked, message: '' }, false, false],
    ['a certificate', { kind: 'certificate', server, code: 'CERT_HAS_EXPIRED', reason: '' }, false, false],
    ['aborted', { kind: 'aborted' }, false, false],
  ])('%s: reads %3$s', (_, failure, read, write) => {
    const error = new ClusterError(failure)
    expect(retryDelay(error, 1, true, undefined) !== undefined, 'a read or dry run').toBe(read)
    expect(retryDelay(error, 1, false, undefined) !== undefined, 'a write').toBe(write)
  })

  it('waits longer each time, and not for ever', () => {
    const delays = [1, 2, 3, 4].map((attempt) => retryDelay(new ClusterError(broken), attempt, true, undefined))
    expect(delays).toEqual([200, 400, 800, undefined])
    expect(maxAttempts).toBe(4)
  })

  it('waits as long as the server asks, but nobody for minutes', () => {
    const error = new ClusterError(busy)
    expect(retryDelay(error, 1, false, '2')).toBe(2000)
    expect(retryDelay(error, 1, false, '0')).toBe(200)
    expect(retryDelay(error, 1, false, 'Wed, 21 Oct 2026 07:28:00 GMT')).toBe(200)
    expect(retryDelay(error, 1, false, '600')).toBeUndefined()
  })

  it('does not repeat what is a bug', () => {
    expect(retryDelay(new TypeError('x'), 1, true, undefined)).toBeUndefined()
  })
})
