import type { Conversion } from '../convert/convert.ts'
import type { Files } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import { printDocuments } from '../kube/print-yaml.ts'
import { Problem } from '../problem.ts'

/** Sorts before every job's file, so that `kubectl apply -f FOLDER` makes the runtimes first: Trainer refuses a TrainJob without one. */
const runtimesFile = '00-runtimes.yaml'
const othersFile = '01-others.yaml'

/** A folder that gets one file a job; nothing is written outside it, and nothing is overwritten unless told. */
export class OutputFolder {
  readonly #files: Files
  readonly #folder: string
  readonly #overwrite: boolean
  readonly #taken = new Set<string>()
  readonly #runtimes = new Map<string, KubeObject>()
  readonly #others: string[] = []

  private constructor(files: Files, folder: string, overwrite: boolean) {
    this.#files = files
    this.#folder = folder.replace(/\/+$/, '') || folder
    this.#overwrite = overwrite
  }

  /** Throws a Problem when the path is a file, or holds files of ours already and `overwrite` is false. */
  static async open(files: Files, folder: string, overwrite: boolean): Promise<OutputFolder> {
    const found = await files.stat(folder)
    if (found && !found.directory) {
      throw new Problem({ code: 'not-a-folder', what: `--output-dir ${folder} is a file`, exit: exitCode.usage })
    }
    return new OutputFolder(files, folder, overwrite)
  }

  async pass({ text }: { readonly text: string }): Promise<void> {
    this.#others.push(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** The path of the file that holds the TrainJob and what it needs beside its runtime. */
  async write({ runtime, reused, extras, trainJob }: Conversion): Promise<string> {
    if (!reused)
      this.#runtimes.set(`${runtime.kind}/${runtime.metadata.namespace ?? ''}/${runtime.metadata.name ?? ''}`, runtime)
    const path = this.#pathOf(trainJob)
    await this.#put(path, printDocuments([...extras, trainJob]))
    return path
  }

  /** Writes the runtimes and the objects that were passed through; gives their paths. */
  async close(): Promise<readonly string[]> {
    const written: string[] = []
    const extra: [string, string | undefined][] = [
      [runtimesFile, this.#runtimes.size > 0 ? printDocuments([...this.#runtimes.values()]) : undefined],
      [othersFile, this.#others.length > 0 ? this.#others.join('---\n') : undefined],
    ]
    for (const [name, text] of extra) {
      if (text === undefined) continue
      const path = `${this.#folder}/${name}`
      await this.#put(path, text)
      written.push(path)
    }
    return written
  }

  /** A name that cannot leave the folder: of an object's names only letters, digits, dots and dashes are kept. */
  #pathOf({ metadata }: KubeObject): string {
    const name = metadata.name ?? metadata.generateName ?? 'job'
    const parts = [metadata.namespace, name].filter((part) => part !== undefined && part !== '')
    const base = parts
      .join('.')
      .replace(/[^A-Za-z0-9.-]/g, '_')
      .replace(/^[.-]+/, '_')
    let file = `${base}.yaml`
    for (let suffix = 2; this.#taken.has(file); suffix++) file = `${base}-${suffix}.yaml`
    this.#taken.add(file)
    return `${this.#folder}/${file}`
  }

  async #put(path: string, text: string): Promise<void> {
    if (!this.#overwrite && (await this.#files.stat(path))) {
      throw new Problem({
        code: 'file-exists',
        what: `${path} exists already`,
        why: 'nothing is overwritten unless told',
        next: ['--force overwrites it, or name another --output-dir'],
        exit: exitCode.usage,
      })
    }
    await this.#files.write(path, text, { overwrite: this.#overwrite })
  }
}
