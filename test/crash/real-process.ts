import { type ChildProcess, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeCertificate } from '../../src/sandbox/certificate.ts'
import { masters } from '../../src/sandbox/rights.ts'
import { startServer } from '../../src/sandbox/server.ts'
import { node } from '../cluster/folders.ts'
import { type Crash, type ProgramRun, writeTitle } from './program.ts'
import type { World } from './world.ts'

/** A world that is served over HTTPS and follows the clock of this machine. */
export interface ServedWorld {
  /** Runs the program as a process of this machine, which SIGKILL ends at the crash. */
  run(words: string, crash?: Crash): Promise<Omit<ProgramRun, 'files'>>
  stop(): Promise<void>
}

const token = 'crash'

/**
 * Serves a world.
 * @param program path of the bundle
 * @param folder where its kubeconfig is written
 */
export async function serve(world: World, program: string, folder: string): Promise<ServedWorld> {
  const follow = (): void => world.timeline.moveTo(new Date())
  const ticking = setInterval(follow, 5)
  let [child, crash, writes] = [undefined as ChildProcess | undefined, undefined as Crash | undefined, [] as string[]]

  /** Whether the process ends here. */
  const ends = (title: string | undefined, when: Crash['when']): boolean => {
    if (title === undefined) return false
    if (when === 'before') writes.push(title)
    if (writes.length !== crash?.write || when !== crash.when) return false
    child?.kill('SIGKILL')
    return true
  }
  const silence = { follow: () => () => undefined, contentType: 'application/json' } as const

  const server = await startServer({
    ...(await makeCertificate(new Date())),
    port: 0,
    users: new Map([[token, { name: 'jane', groups: [masters] }]]),
    answer: (request) => {
      follow()
      const title = writeTitle(request.method, request.url)
      if (ends(title, 'before')) return silence
      const answer = world.sandbox.answer(request)
      return ends(title, 'after') ? silence : answer
    },
  })
  const kubeconfig = join(folder, `kubeconfig-${server.port}`)
  await writeFile(kubeconfig, kubeconfigText(`https://127.0.0.1:${server.port}`))

  return {
    async run(words, at) {
      crash = at
      writes = []
      const environment = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: kubeconfig }
      const started = spawn(node, [program, ...words.split(' ')], { env: environment })
      child = started
      const said = { stdout: '', stderr: '' }
      for (const stream of ['stdout', 'stderr'] as const) {
        started[stream].setEncoding('utf8').on('data', (text: string) => {
          said[stream] += text
        })
      }
      const code = await new Promise<number>((resolve, reject) => {
        started.once('error', reject)
        started.once('close', (exit, signal) => resolve(signal === null ? (exit ?? 1) : 137))
      })
      return { code, ...said, writes }
    },
    async stop() {
      clearInterval(ticking)
      await server.close()
    },
  }
}

function kubeconfigText(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandbox', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'jane', user: { token } }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'jane', namespace: 'nlp' } }],
    'current-context': 'sandbox',
  })
}
