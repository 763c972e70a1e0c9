import { type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000 })

const main = path.join(path.dirname(fileURLToPath(import.meta.url)), 'main.ts')
const environment = { PATH: process.env['PATH'], HOME: '/nonexistent', KUBECONFIG: '/nonexistent/kubeconfig' }

/** Runs the program with nothing on stdin and no terminal. */
function run(words: readonly string[], options: SpawnOptions = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
    env: environment,
    encoding: 'utf8',
    ...options,
  } as Parameters<typeof spawnSync>[2])
  return { code: status, stdout: String(stdout), stderr: String(stderr) }
}

/** The same through sh, where $1 is node and $2 the program. */
function shell(script: string) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script, 'sh', process.execPath, main], {
    env: environment,
    encoding: 'utf8',
  })
  return { code: status, stdout, stderr }
}

describe('the process', () => {
  it('puts data on stdout, words on stderr, and ends with the exit code', () => {
    expect(run(['version', '-o', 'json'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^\{/) })
    expect(run(['versoin'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: unknown verb "versoin"\n       Did you mean version?\n       kubectl-migrate version\n',
    })
  })

  it('lays out for COLUMNS without a terminal', () => {
    const { stdout } = run(['--help'], { env: { ...environment, COLUMNS: '40' } })
    expect(stdout.split('\n').filter((line) => line.length > 40)).toEqual([])
    expect(stdout).toContain('\njobs from Training Operator v1 to\n')
  })

  it('writes no colour without a terminal', () => {
    expect(run(['--help']).stdout).not.toContain('\u001b')
  })

  it('ends quietly when the reader goes away', () => {
    const script = '{ "$1" "$2" --help; echo "exit $?" >&2; } | true'
    expect(shell(script)).toEqual({ code: 0, stdout: '', stderr: 'exit 0\n' })
    const many =
      '{ i=0; while [ $i -lt 3 ]; do "$1" "$2" completion bash || echo "exit $?" >&2; i=$((i+1)); done; } | head -1'
    expect(shell(many)).toEqual({ code: 0, stdout: '# bash completion of kubectl-migrate\n', stderr: '' })
  })

  it('says so when its output cannot be written', (context) => {
    context.skip(process.platform !== 'linux', 'only Linux has /dev/full')
    expect(shell('"$1" "$2" version > /dev/full')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: cannot write the output: ENOSPC: no space left on device, write\n',
    })
  })

  it('needs neither stdin nor stdout to be open for anything', () => {
    expect(shell('"$1" "$2" version -o json <&- | head -c 1')).toEqual({ code: 0, stdout: '{', stderr: '' })
  })
})

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends a verb that waits for the cluster', async (signal) => {
    // a cluster that takes the request and never answers
    const server = createServer(() => child.kill(signal)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const child = spawn(process.execPath, [main, 'list', '--server', `http://127.0.0.1:${port}`], { env: environment })
    const stderr = text(child.stderr)
    const [code] = await once(child, 'exit')
    server.closeAllConnections()
    server.close()
    expect(code).toBe(130)
    expect(await stderr).toMatch(/^error: interrupted/)
  })
})
