import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { inline, temporaryFolder } from '../../test/unit/api-server.ts'
import type { Credentials } from './credentials.ts'
import { ClusterError } from './errors.ts'
import { execCredentials } from './exec-plugin.ts'
import type { ClusterEntry, ExecEntry } from './kubeconfig.ts'

const v1 = 'client.authentication.k8s.io/v1'
const secret = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl'

interface Plugin {
  readonly command: string
  /** how often it ran */
  runs(): number
}

/** A real shell script; `$RUN` is the number of this run. */
function plugin(script: string): Plugin {
  const folder = temporaryFolder()
  const command = path.join(folder, 'login')
  const log = path.join(folder, 'log')
  writeFileSync(command, `#!/bin/sh\necho run >> '${log}'\nRUN=$(wc -l < '${log}' | tr -d ' ')\n${script}\n`)
  chmodSync(command, 0o755)
  return { command, runs: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0) }
}

const print = (status: object, apiVersion = v1): string =>
  `cat <<END\n${JSON.stringify({ kind: 'ExecCredential', apiVersion, status })}\nEND`

interface Options extends Partial<ExecEntry> {
  readonly environment?: Record<string, string>
  readonly cluster?: ClusterEntry
  readonly now?: () => number
  readonly signal?: AbortSignal
  readonly warn?: (text: string) => void
  readonly terminal?: boolean
}

function login(command: string, options: Options = {}): Credentials {
  const { environment, cluster = {}, now = Date.now, signal, warn, terminal = false, ...exec } = options
  const settings = { context: '', namespace: '', server: 'https://k8s.example:6443', cluster, user: {}, userName: 'me' }
  return execCredentials(
    { apiVersion: v1, command, args: [], env: [], provideClusterInfo: false, interactiveMode: 'Never', ...exec },
    {
      settings,
      environment: environment ?? { PATH: process.env['PATH'] },
      signal: signal ?? new AbortController().signal,
      warn: warn ?? (() => undefined),
      now,
      terminal: () => terminal,
    },
  )
}

async function failureOf(act: Promise<unknown>): Promise<unknown> {
  return act.then(
    () => undefined,
    (error: unknown) => (error instanceof ClusterError ? error.failure : error),
  )
}

describe('exec plugin: the credential', () => {
  it('is a token', async () => {
    const { command } = plugin(print({ token: 't' }))
    expect(await login(command).current()).toEqual({ authorization: 'Bearer t' })
  })

  it('is a certificate with its key', async () => {
    const { command } = plugin(print({ clientCertificateData: 'CERT', clientKeyData: 'KEY' }))
    expect(await login(command).current()).toEqual({ certificate: 'CERT', key: 'KEY' })
  })

  it('is kept while it is valid: the plugin runs once, for all who ask at once', async () => {
    const { command, runs } = plugin(print({ token: 't' }))
    const credentials = login(command)
    await Promise.all([credentials.current(), credentials.current()])
    await credentials.current()
    expect(runs()).toBe(1)
  })

  it('is asked for again when it has expired', async () => {
    const { command, runs } = plugin(print({ token: 't$RUN', expirationTimestamp: '2026-01-01T00:10:00Z' }))
    let now = Date.parse('2026-01-01T00:00:00Z')
    const credentials = login(command, { now: () => now })
    expect(await credentials.current()).toEqual({ authorization: 'Bearer t1' })
    now = Date.parse('2026-01-01T00:09:59Z')
    expect(await credentials.current()).toEqual({ authorization: 'Bearer t1' })
    now = Date.parse('2026-01-01T00:10:00Z')
    expect(await credentials.current()).toEqual({ authorization: 'Bearer t2' })
    expect(runs()).toBe(2)
  })

  it('is asked for again when the server refuses it, once for all who were refused', async () => {
    const { command, runs } = plugin(print({ token: 't$RUN' }))
    const credentials = login(command)
    const first = await credentials.current()
    expect(await Promise.all([credentials.renew(first), credentials.renew(first)])).toEqual([true, true])
    expect(await credentials.renew(first)).toBe(true)
    expect(await credentials.current()).toEqual({ authorization: 'Bearer t2' })
    expect(runs()).toBe(2)
  })

  it('of v1beta1 works the same', async () => {
    const apiVersion = 'client.authentication.k8s.io/v1beta1'
    const { command } = plugin(print({ token: 't' }, apiVersion))
    expect(await login(command, { apiVersion }).current()).toEqual({ authorization: 'Bearer t' })
  })
})

describe('exec plugin: what it is given', () => {
  const echo = `printf '{"kind":"ExecCredential","apiVersion":"${v1}","status":{"token":"%s"}}'`

  it('arguments, its own variables over those of this process', async () => {
    const { command } = plugin(`${echo} "$1/$2/$REGION/$HOME"`)
    const credentials = login(command, {
      args: ['a b', '$x'],
      env: [{ name: 'REGION', value: 'eu' }],
      environment: { PATH: process.env['PATH'] ?? '', REGION: 'us', HOME: '/home/me' },
    })
    expect(await credentials.current()).toEqual({ authorization: 'Bearer a b/$x/eu//home/me' })
  })

  it('KUBERNETES_EXEC_INFO, without the cluster', async () => {
    const { command } = plugin(`${echo} "$(printf %s "$KUBERNETES_EXEC_INFO" | base64 | tr -d '\\n')"`)
    expect(decode(await login(command).current())).toEqual({
      kind: 'ExecCredential',
      apiVersion: v1,
      spec: { interactive: false },
    })
  })

  it('the cluster too, when it asks for it', async () => {
    const { command } = plugin(`${echo} "$(printf %s "$KUBERNETES_EXEC_INFO" | base64 | tr -d '\\n')"`)
    const cluster = {
      certificateAuthorityData: inline('CA'),
      tlsServerName: 'inner',
      proxyUrl: 'http://proxy',
      execExtension: { audience: 'x' },
    }
    expect(decode(await login(command, { provideClusterInfo: true, cluster }).current())).toEqual({
      kind: 'ExecCredential',
      apiVersion: v1,
      spec: {
        interactive: false,
        cluster: {
          server: 'https://k8s.example:6443',
          'tls-server-name': 'inner',
          'certificate-authority-data': inline('CA'),
          'proxy-url': 'http://proxy',
          config: { audience: 'x' },
        },
      },
    })
  })

  it.each([
    ['Always', true],
    ['IfAvailable', true],
    ['Never', false],
  ])('the terminal, if there is one and interactiveMode is %s: %s', async (interactiveMode, interactive) => {
    const { command } = plugin(`${echo} "$(printf %s "$KUBERNETES_EXEC_INFO" | base64 | tr -d '\\n')"`)
    const credential = await login(command, { interactiveMode, terminal: true }).current()
    expect(decode(credential)).toMatchObject({ spec: { interactive } })
  })

  it('no standard input', async () => {
    const { command } = plugin(`${echo} "$(wc -c | tr -d ' ')"`)
    expect(await login(command).current()).toEqual({ authorization: 'Bearer 0' })
  })

  function decode({ authorization = '' }: { authorization?: string }): unknown {
    return JSON.parse(Buffer.from(authorization.replace('Bearer ', ''), 'base64').toString())
  }
})

describe('exec plugin: failures', () => {
  it('is not installed: its own hint tells how', async () => {
    const failure = await failureOf(login('no-such-plugin', { installHint: 'brew install it' }).current())
    expect(failure).toEqual({
      kind: 'execPlugin',
      command: 'no-such-plugin',
      reason: 'it is not installed',
      stderr: '',
      installHint: 'brew install it',
    })
  })

  it('cannot be started', async () => {
    const file = path.join(temporaryFolder(), 'login')
    writeFileSync(file, 'x', { mode: 0o644 })
    expect(await failureOf(login(file).current())).toMatchObject({ reason: 'it cannot be started' })
  })

  it('fails: exit code and last words, without anything that may be a credential', async () => {
    const { command } = plugin(
      `echo token=${secret} >&2; echo 'SSO session has expired, run: aws sso login' >&2; exit 255`,
    )
    const failure = await failureOf(login(command).current())
    expect(failure).toEqual({
      kind: 'execPlugin',
      command,
      exitCode: 255,
      reason: 'it failed with exit code 255',
      stderr: 'token=(hidden)\nSSO session has expired, run: aws sso login',
    })
  })

  it('keeps the last 20 lines, safe for a terminal', async () => {
    const { command } = plugin(`seq 100 >&2; printf '\\033[31mno' >&2; exit 1`)
    const failure = await failureOf(login(command).current())
    const lines = (failure as { stderr: string }).stderr.split('\n')
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([20, '82', '\\e[31mno'])
  })

  it('is killed', async () => {
    const { command } = plugin('kill -9 $$')
    expect(await failureOf(login(command).current())).toMatchObject({ reason: 'it was ended by SIGKILL' })
  })

  it('needs a terminal', async () => {
    const { command, runs } = plugin(print({ token: 't' }))
    expect(await failureOf(login(command, { interactiveMode: 'Always' }).current())).toMatchObject({
      kind: 'execPlugin',
      reason: 'it needs a terminal to ask, and standard input is none',
    })
    expect(runs()).toBe(0)
  })

  it.each([
    ['no JSON', 'echo hello', 'it did not print an ExecCredential'],
    ['something else', 'echo "{}"', 'it did not print an ExecCredential'],
    [
      'another version',
      print({ token: secret }, 'client.authentication.k8s.io/v1beta1'),
      `it prints another apiVersion than the kubeconfig's ${v1}`,
    ],
    ['no status', `echo '{"kind":"ExecCredential","apiVersion":"${v1}"}'`, 'it did not print a status'],
    ['an empty status', print({}), 'it printed neither a token nor a certificate'],
    ['a key without a certificate', print({ clientKeyData: secret }), 'it printed a certificate or a key, not both'],
    [
      'a time that is none',
      print({ token: secret, expirationTimestamp: 'soon' }),
      'it printed an expirationTimestamp that is not a time',
    ],
  ])('prints %s', async (_, script, reason) => {
    const { command } = plugin(script)
    const failure = await failureOf(login(command).current())
    expect(failure).toMatchObject({ kind: 'execPlugin', exitCode: 0, reason })
    expect(JSON.stringify(failure)).not.toContain(secret)
  })

  it('is tried again by the next request', async () => {
    const { command } = plugin(`[ "$RUN" = 1 ] && exit 1\n${print({ token: 't$RUN' })}`)
    const credentials = login(command)
    expect(await failureOf(credentials.current())).toMatchObject({ exitCode: 1 })
    expect(await credentials.current()).toEqual({ authorization: 'Bearer t2' })
  })

  it('is ended by Ctrl-C', async () => {
    const { command, runs } = plugin('exec sleep 60')
    const controller = new AbortController()
    const waiting = failureOf(login(command, { signal: controller.signal }).current())
    await expect.poll(runs).toBe(1)
    controller.abort()
    expect(await waiting).toEqual({ kind: 'aborted' })
  })
})

describe('exec plugin: what it says', () => {
  it('is shown while it waits for somebody, without credentials', async () => {
    const { command } = plugin(
      `echo "To sign in, open https://login.example and enter ABCD" >&2; echo token=${secret} >&2; sleep 1.5; ${print({ token: 't' })}`,
    )
    const said: string[] = []
    await login(command, { warn: (text) => said.push(text) }).current()
    expect(said).toEqual(['To sign in, open https://login.example and enter ABCD', 'token=(hidden)'])
  })

  it('is not shown when it is quick and all is well', async () => {
    const { command } = plugin(`echo chatter >&2\n${print({ token: 't' })}`)
    const said: string[] = []
    await login(command, { warn: (text) => said.push(text) }).current()
    expect(said).toEqual([])
  })
})
