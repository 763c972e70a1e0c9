import type { Conversion } from '../convert/convert.ts'
import type { Files } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import { printDocuments } from '../kube/print-yaml.ts'
import { Problem } from '../problem.ts'

/** Sorts before every job's file, so that `kubectl apply -f FOLDER` makes the runtimes first: Trainer refuses a TrainJob without one. */
const runtimesFile = '00-runtimes.yaml'
const othersFile = '01-others.yaml'

export interface OutputFolderOptions {
  readonly overwrite: boolean
  /** one file a namespace instead of one a job */
  readonly perNamespace: boolean
}

/** A folder that gets one file a job, or one a namespace; nothing is written outside it, and nothing is overwritten unless told. */
export class OutputFolder {
  readonly #files: Files
  readonly #folder: string
  readonly #overwrite: boolean
  readonly #perNamespace: boolean
  readonly #taken = new Set<string>()
  readonly #runtimes = new Map<string, KubeObject>()
  readonly #others: string[] = []
  /** of each file of a namespace the objects it will hold */
  readonly #namespaces = new Map<string, KubeObject[]>()

  private constructor(files: Files, folder: string, { overwrite, perNamespace }: OutputFolderOptions) {
    this.#files = files
    this.#folder = folder.replace(/\/+$/, '') || folder
    this.#overwrite = overwrite
    this.#perNamespace = perNamespace
  }

  /** Throws a Problem when the path is a file, or holds files of ours already and `overwrite` is false. */
  static async open(files: Files, folder: string, options: OutputFolderOptions): Promise<OutputFolder> {
    const found = await files.stat(folder)
    if (found && !found.directory) {
      throw new Problem({ code: 'not-a-folder', what: `--output-dir ${folder} is a file`, exit: exitCode.usage })
    }
    return new OutputFolder(files, folder, options)
  }

  async pass({ text }: { readonly text: string }): Promise<void> {
    this.#others.push(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** The path of the file that holds the TrainJob and what it needs beside its runtime. */
  async write({ runtime, reused, extras, trainJob }: Conversion): Promise<string> {
    if (!reused)
      this.#runtimes.set(`${runtime.kind}/${runtime.metadata.namespace ?? ''}/${runtime.metadata.name ?? ''}`, runtime)
    const { namespace, name, generateName } = trainJob.metadata
    if (this.#perNamespace) return this.#keep(namespace, [...extras, trainJob])
    const path = this.#pathOf([namespace, name ?? generateName ?? 'job'])
    await this.#put(path, printDocuments([...extras, trainJob]))
    return path
  }

  /** Writes one of Trainer's own objects: a runtime beside the others, a TrainJob as one of a v1 job. */
  async rewritten(object: KubeObject): Promise<string> {
    const { namespace, name, generateName } = object.metadata
    if (object.kind !== 'TrainJob') {
      this.#runtimes.set(`${object.kind}/${namespace ?? ''}/${name ?? ''}`, object)
      return `${this.#folder}/${runtimesFile}`
    }
    if (this.#perNamespace) return this.#keep(namespace, [object])
    const path = this.#pathOf([namespace, name ?? generateName ?? 'job'])
    await this.#put(path, printDocuments([object]))
    return path
  }

  /** Objects for the file of their namespace, which is written in the end; those without a namespace have a file of their own. */
  async #keep(namespace: string | undefined, objects: readonly KubeObject[]): Promise<string> {
    const path = `${this.#folder}/${fileOfNamespace(namespace)}`
    const kept = this.#namespaces.get(path)
    if (kept) kept.push(...objects)
    else {
      await this.#refuseExisting(path)
      this.#namespaces.set(path, [...objects])
    }
    return path
  }

  /** Writes the runtimes and the objects that were passed through; gives their paths. */
  async close(): Promise<readonly string[]> {
    const written: string[] = []
    for (const [path, objects] of this.#namespaces) await this.#put(path, printDocuments(objects))
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

  #pathOf(names: readonly (string | undefined)[]): string {
    const base = baseOf(names)
    let file = `${base}.yaml`
    for (let suffix = 2; this.#taken.has(file); suffix++) file = `${base}-${suffix}.yaml`
    this.#taken.add(file)
    return `${this.#folder}/${file}`
  }

  async #put(path: string, text: string): Promise<void> {
    await this.#refuseExisting(path)
    await this.#files.write(path, text, { overwrite: this.#overwrite })
  }

  async #refuseExisting(path: string): Promise<void> {
    if (!this.#overwrite && (await this.#files.stat(path))) {
      throw new Problem({
        code: 'file-exists',
        what: `${path} exists already`,
        why: 'nothing is overwritten unless told',
        next: ['--force overwrites it, or name another --output-dir'],
        exit: exitCode.usage,
      })
    }
  }
}

/** A name that cannot leave the folder: of an object's names only letters, digits, dots and dashes are kept. */
function baseOf(names: readonly (string | undefined)[]): string {
  return names
    .filter((name) => name !== undefined && name !== '')
    .join('.')
    .replace(/[^A-Za-z0-9.-]/g, '_')
    .replace(/^[.-]+/, '_')
}

function fileOfNamespace(namespace: string | undefined): string {
  const file = `${baseOf([namespace ?? 'no-namespace'])}.yaml`
  // a namespace may be called as one of our own files is
  return file === runtimesFile || file === othersFile ? `namespace-${file}` : file
}
