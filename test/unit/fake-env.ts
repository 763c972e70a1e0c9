import type { Cluster, ConnectionFlags } from '../../src/cluster/cluster.ts'
import { ClusterError } from '../../src/cluster/errors.ts'
import type { JsonAnswer } from '../../src/cluster/http-json.ts'
import type { Env, Files, Output, ProcessIdentity, Ran } from '../../src/env.ts'

export interface FakeEnvOptions {
  /** default `kubectl migrate` */
  readonly name?: string
  /** default 80 */
  readonly columns?: number
  /** height of the terminal; default not known */
  readonly rows?: number
  /** whether all three streams are a terminal, default false */
  readonly tty?: boolean
  readonly color?: boolean
  readonly unicode?: boolean
  /** lines somebody types, or the bytes of standard input */
  readonly input?: string | Uint8Array
  readonly variables?: Readonly<Record<string, string | undefined>>
  /** content by path; folders are there when a file in them is */
  readonly files?: Readonly<Record<string, string>>
  /** default: no kubeconfig */
  readonly cluster?: Cluster
  /** how the door is opened, in place of `cluster` */
  readonly connect?: Env['connect']
  /** runs programs; by default none is installed */
  readonly tool?: Env['runTool']
  /** answers of other servers, of which none can be reached by default */
  readonly answer?: (url: URL) => JsonAnswer
  /** what programs do; default: there is none on PATH */
  readonly programs?: (program: string, words: readonly string[]) => Ran | undefined
  /** what hooks do; default: there are none */
  readonly hook?: Env['hook']
  readonly now?: () => Date
  readonly signal?: AbortSignal
  readonly self?: ProcessIdentity
  /** of the processes of this machine; default: none but this one */
  readonly isAlive?: Env['isAlive']
  readonly onTerminate?: Env['onTerminate']
}

export interface FakeEnv {
  readonly env: Env
  /** what was written to standard output and to standard error so far */
  readonly stdout: () => string
  readonly stderr: () => string
  readonly files: Map<string, string>
  /** flags of every connect, in order */
  readonly connections: ConnectionFlags[]
}

/** The world of a command in memory: nothing of the machine is read or written, and sleeping takes no time. */
export function fakeEnv(options: FakeEnvOptions = {}): FakeEnv {
  const out: string[] = []
  const err: string[] = []
  const files = new Map(Object.entries(options.files ?? {}))
  const connections: ConnectionFlags[] = []
  const { input = '' } = options
  const lines = typeof input === 'string' ? input.split('\n') : []
  let time = (options.now?.() ?? new Date('2026-01-01T00:00:00Z')).getTime()
  const outputTo = (written: string[]): Output => ({
    write: (text) => void written.push(text),
    isTTY: options.tty ?? false,
    columns: options.columns ?? 80,
    ...(options.rows === undefined ? {} : { rows: options.rows }),
    color: options.color ?? false,
    unicode: options.unicode ?? true,
  })
  const env: Env = {
    name: options.name ?? 'kubectl migrate',
    in: {
      isTTY: options.tty ?? false,
      bytes: async () => (typeof input === 'string' ? new TextEncoder().encode(input) : input),
      answer: async (ask) => {
        ask()
        return lines.length > 1 ? lines.shift() : undefined
      },
    },
    out: outputTo(out),
    err: outputTo(err),
    variables: options.variables ?? {},
    signal: options.signal ?? new AbortController().signal,
    files: filesIn(files),
    now: options.now ?? (() => new Date(time)),
    async sleep(milliseconds) {
      time += milliseconds
      await new Promise<void>((resolve) => setImmediate(resolve))
    },
    elapsed: () => time,
    self: options.self ?? { user: 'jane', host: 'laptop', pid: 4711, place: 'boot-1 pid:1', started: '100' },
    isAlive: options.isAlive ?? (() => false),
    onTerminate: options.onTerminate ?? (() => () => undefined),
    runTool: options.tool ?? (async ([program = '']) => Promise.reject(systemError('ENOENT', program))),
    run: async (program, words) => options.programs?.(program, words),
    hook: options.hook ?? (async (command) => Promise.reject(new Error(`unexpected hook: ${command}`))),
    getJson: async (url) => options.answer?.(url) ?? { failed: 'cannot be reached (ECONNREFUSED)' },
    async connect(flags, signal) {
      connections.push(flags)
      if (options.connect) return await options.connect(flags, signal)
      if (options.cluster === undefined) throw new ClusterError({ kind: 'noKubeconfig', tried: ['~/.kube/config'] })
      return options.cluster
    },
  }
  return { env, stdout: () => out.join(''), stderr: () => err.join(''), files, connections }
}

function filesIn(files: Map<string, string>): Files {
  const inside = (folder: string): string[] => {
    const prefix = folder.endsWith('/') ? folder : `${folder}/`
    return [...files.keys()].filter((path) => path.startsWith(prefix))
  }
  return {
    async read(path) {
      const text = files.get(path)
      if (text === undefined) throw systemError(inside(path).length > 0 ? 'EISDIR' : 'ENOENT', path)
      return new TextEncoder().encode(text)
    },
    async *chunks(path) {
      const bytes = await this.read(path)
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000)
    },
    async stat(path) {
      const text = files.get(path)
      if (text !== undefined) return { directory: false, size: new TextEncoder().encode(text).length }
      return inside(path).length > 0 ? { directory: true, size: 0 } : undefined
    },
    async entries(directory) {
      const prefix = directory.endsWith('/') ? directory : `${directory}/`
      const names = new Set(inside(directory).map((path) => path.slice(prefix.length).split('/')[0] ?? ''))
      return [...names].sort().map((name) => ({ path: `${prefix}${name}`, directory: !files.has(`${prefix}${name}`) }))
    },
    async write(path, text, { overwrite }) {
      if (!overwrite && files.has(path)) throw systemError('EEXIST', path)
      files.set(path, text)
    },
    async create(path, options) {
      await this.write(path, '', options)
      return {
        async write(text) {
          files.set(path, `${files.get(path)}${text}`)
        },
        close: async () => undefined,
      }
    },
  }
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, path })
}
