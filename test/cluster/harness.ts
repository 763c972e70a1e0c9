import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants } from 'node:os'
import { delimiter, dirname } from 'node:path'
import { dump } from 'js-yaml'
import { inject, onTestFinished } from 'vitest'
import { node } from './folders.ts'
import { compileCacheOf } from './program.ts'
import './provided.ts'
import { quickGet } from './quick-get.ts'
import { waitFor } from './wait-for.ts'
import { whatIsThere } from './what-is-there.ts'

export { life } from './stages.ts'

/** How a child process ended and what it said. */
export interface Outcome {
  /** 128 + n where signal n ended it */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** text for its standard input; absent: an empty one */
  readonly input?: string
  /** added to this process' environment; undefined takes a variable away */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** kubectl's -n */
  readonly namespace?: string
  /** gets the process as soon as it runs, to send it signals */
  readonly onStart?: (child: ChildProcess) => void
}

export interface MigrateOptions extends RunOptions {
  /** run it on a terminal of that many columns; stdout then holds both streams, and `input` is typed at once */
  readonly tty?: { readonly columns: number }
  /** a line for each question it asks, typed when the question ends in `[y/N] ` */
  readonly answers?: readonly string[]
}

/** The cluster of this test run. Every test makes a namespace of its own in it. */
export interface TestCluster {
  readonly kubeconfig: string
  /** of the control plane; absent where an existing cluster is used */
  readonly folder?: string | undefined
  /** Runs the kubectl of the cluster's own version. */
  kubectl(args: readonly string[], options?: RunOptions): Promise<Outcome>
  /** What kubectl says with `-o json`, parsed; throws with the server's words where it fails. */
  get<T>(args: readonly string[], options?: Pick<RunOptions, 'namespace'>): Promise<T>
  /** Creates objects given as values; throws where one is refused. */
  create(namespace: string, ...objects: readonly object[]): Promise<void>
  /** Makes a namespace that is deleted when the current test ends; pods may be created in it at once. */
  namespace(): Promise<string>
  /** Like namespace(), for hooks: the caller deletes it. */
  createNamespace(): Promise<string>
  deleteNamespace(name: string): Promise<void>
  /** Runs kubectl-migrate against the cluster: the sources as a bundle, or the program KUBECTL_MIGRATE_BIN names. */
  migrate(args: readonly string[], options?: MigrateOptions): Promise<Outcome>
  /** Like waitFor; an error also tells what is in the namespaces that this test file has made and not deleted yet. */
  waitFor: typeof waitFor
}

/** Namespaces made by this test file that are there. */
const present = new Set<string>()

/** Runs a program to its end and returns what it said. */
async function run(program: string, args: readonly string[], options: MigrateOptions = {}): Promise<Outcome> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  options.onStart?.(child)
  const answers = options.answers ?? []
  let answered = 0
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    const asked = stdout.split('[y/N] ').length - 1
    for (; answered < Math.min(asked, answers.length); answered++) child.stdin.write(`${answers[answered]}\n`)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  // a program may end without reading its input
  child.stdin.on('error', () => undefined)
  if (options.answers === undefined) child.stdin.end(options.input ?? '')
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), stdout, stderr })
    })
  })
}

/** Returns the cluster the global setup provided; call it inside a test or a hook. */
export function cluster(): TestCluster {
  const plane = inject('controlPlane')
  const environment = {
    KUBECONFIG: plane.kubeconfig,
    PATH:
      plane.kubectl === 'kubectl' ? process.env['PATH'] : `${dirname(plane.kubectl)}${delimiter}${process.env['PATH']}`,
    NODE_OPTIONS: undefined,
    // vitest sets these, and a child must not believe it is a test of vitest's
    VITEST: undefined,
    NODE_ENV: undefined,
    FORCE_COLOR: undefined,
    NO_COLOR: undefined,
  }

  const kubectl: TestCluster['kubectl'] = (args, options = {}) =>
    run(plane.kubectl, [...(options.namespace ? ['-n', options.namespace] : []), ...args], {
      ...options,
      env: { ...environment, ...options.env },
    })

  const must = async (args: readonly string[], options?: RunOptions): Promise<string> => {
    const { code, stdout, stderr } = await kubectl(args, options)
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`)
    return stdout
  }

  const get = async <T>(
    args: readonly string[],
    { namespace = 'default' }: Pick<RunOptions, 'namespace'> = {},
  ): Promise<T> => {
    // an existing cluster's credentials are kubectl's to understand
    const quick = plane.folder === undefined ? undefined : await quickGet(plane.kubeconfig, namespace, args)
    return (quick ?? JSON.parse(await must(['get', '-o', 'json', ...args], { namespace }))) as T
  }

  const createNamespace = async (): Promise<string> => {
    const name = `test-${randomBytes(4).toString('hex')}`
    await must(['create', 'namespace', name])
    present.add(name)
    // pods are refused until their service account exists
    await waitFor(`service account default in ${name}`, () => get(['serviceaccount', 'default'], { namespace: name }))
    return name
  }

  const deleteNamespace = async (name: string): Promise<void> => {
    present.delete(name)
    await must(['delete', 'namespace', name, '--wait=false', '--ignore-not-found'])
  }

  const { folder } = plane
  const waitOrTell: typeof waitFor = (what, ask, timeout, pause) =>
    waitFor(what, ask, timeout, pause).catch(async (error: Error) => {
      const there = await Promise.all([...present].map((name) => whatIsThere({ kubectl, folder }, name)))
      throw new Error([error.message, ...there.flat()].join('\n'))
    })

  return {
    kubeconfig: plane.kubeconfig,
    folder,
    kubectl,
    get,
    create: async (namespace, ...objects) => {
      const input = objects.map((object) => dump(object, { noRefs: true })).join('---\n')
      await must(['create', '-f', '-'], { namespace, input })
    },
    createNamespace,
    deleteNamespace,
    namespace: async () => {
      const name = await createNamespace()
      onTestFinished(() => deleteNamespace(name))
      return name
    },
    migrate: (args, options = {}) => {
      const bin = process.env['KUBECTL_MIGRATE_BIN']
      const bundle = inject('program')
      const command = bin ? [bin] : [node, bundle]
      const all = [...command, ...args, ...(options.namespace ? ['-n', options.namespace] : [])]
      const [program = '', ...rest] = options.tty ? onTerminal(all, options.tty.columns) : all
      // `_` as a shell sets it that was given the path (src/cli/program-name.ts)
      const env = { ...environment, _: bundle, NODE_COMPILE_CACHE: compileCacheOf(bundle), ...options.env }
      return run(program, rest, { ...options, env })
    },
    waitFor: waitOrTell,
  }
}

/** util-linux' script(1) gives a command a terminal of its own and passes its exit code on (-e). */
function onTerminal(command: readonly string[], columns: number): string[] {
  const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  return ['script', '-q', '-e', '-c', `stty cols ${columns} rows 50 -onlcr; exec ${quoted}`, '/dev/null']
}
