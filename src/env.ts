import type { Cluster, ConnectionFlags } from './cluster/cluster.ts'
import type { JsonAnswer } from './cluster/http-json.ts'

/** Where words or data go. Presenters never write: they return lines, and a command writes them here. */
export interface Output {
  write(text: string): void
  /** resolves when the reader has caught up, for who writes without end; absent where it always has */
  drained?(): Promise<void>
  readonly isTTY: boolean
  /** width to lay out for; 80 where it is not a terminal */
  readonly columns: number
  /** height of the terminal; absent where it is not one */
  readonly rows?: number
  readonly color: boolean
  /** false: every glyph has an ASCII twin */
  readonly unicode: boolean
}

export interface Input {
  readonly isTTY: boolean
  /** everything on standard input */
  bytes(): Promise<Uint8Array>
  /** One line typed at a question, which `ask` writes; undefined at the end of input and at Ctrl-C. */
  answer(ask: () => void): Promise<string | undefined>
}

export interface FileEntry {
  readonly path: string
  readonly directory: boolean
}

/** A file that is written piece by piece. */
export interface FileWriter {
  /** resolves when more may come, so that memory does not fill where the disk is slow */
  write(text: string): Promise<void>
  close(): Promise<void>
}

/** The file system as commands see it. */
export interface Files {
  read(path: string): Promise<Uint8Array>
  /** the same piece by piece, cut anywhere */
  chunks(path: string): AsyncIterable<Uint8Array>
  /** undefined when absent */
  stat(path: string): Promise<{ readonly directory: boolean; readonly size: number } | undefined>
  /** names sorted */
  entries(directory: string): Promise<readonly FileEntry[]>
  /** refuses to overwrite unless told; makes parent folders */
  write(path: string, text: string, options: { readonly overwrite: boolean; readonly mode?: number }): Promise<void>
  /** the same, piece by piece */
  create(path: string, options: { readonly overwrite: boolean; readonly mode?: number }): Promise<FileWriter>
}

/** One process among all that ever ran. */
export interface ProcessIdentity {
  readonly user: string
  readonly host: string
  readonly pid: number
  /** where pids mean the same: a boot of a machine and its pid namespace; empty where that is not known */
  readonly place: string
  /** tells it from a later process with its pid; empty where that is not known */
  readonly started: string
}

/** A program that was run to its end. */
export interface Ran {
  readonly code: number
  readonly stdout: Uint8Array
  readonly stderr: string
}

/** The world, injected once: built by main.ts, faked in one line by tests. */
export interface Env {
  /** how the program was called: `kubectl migrate` or `kubectl-migrate`; every hint starts with it */
  readonly name: string
  readonly in: Input
  /** data */
  readonly out: Output
  /** words about it */
  readonly err: Output
  readonly variables: Readonly<Record<string, string | undefined>>
  /** aborted by the first Ctrl-C */
  readonly signal: AbortSignal
  readonly files: Files
  now(): Date
  sleep(milliseconds: number): Promise<void>
  /** milliseconds by a clock that nobody sets */
  elapsed(): number
  /** this process */
  readonly self: ProcessIdentity
  /** whether a process of this place lives */
  isAlive(process: Pick<ProcessIdentity, 'pid' | 'started'>): boolean
  /** Calls back at each SIGTERM, of which a terminal's Ctrl-C is none; returns how to have it no more. */
  onTerminate(act: () => void): () => void
  /** @param signal aborts its requests, default the first Ctrl-C: a verb that must undo its work gives one of its own */
  connect(flags: ConnectionFlags, signal?: AbortSignal): Promise<Cluster>
  /** runs a program on folders that exist only meanwhile (names and texts of their files), as src/cli/tool.ts does it */
  runTool(
    words: readonly string[],
    folders: Readonly<Record<string, Readonly<Record<string, string>>>>,
  ): Promise<number>
  /** Runs a program of PATH, without a shell and without input; undefined where there is none of the name. Ctrl-C ends it. */
  run(program: string, words: readonly string[]): Promise<Ran | undefined>
  /**
   * Runs a command line by the platform's shell: `input` goes to it, `line` gets what it writes to either stream. Resolves with its exit
   * code; undefined where the signal ended it, with all it had started.
   */
  hook(
    command: string,
    how: { readonly input: string; readonly signal: AbortSignal; line(text: string): void },
  ): Promise<number | undefined>
  /** GET of another server than the API server, as src/cluster/http-json.ts does it */
  getJson(url: URL, signal: AbortSignal): Promise<JsonAnswer>
}
