import type { Files } from '../env.ts'

/** bytes that are held for the reader whose turn comes later */
const mostHeld = 16e6

/**
 * Files for somebody who looks at them before their turn comes: what was read early is held until then, as far as it is little, so
 * that thousands of small files are opened once. Nothing is held after that.
 */
export class FilesAhead {
  readonly #files: Files
  readonly #most: number
  readonly #held = new Map<string, Uint8Array>()
  readonly #taken = new Set<string>()
  #bytes = 0

  constructor(files: Files, most = mostHeld) {
    this.#files = files
    this.#most = most
  }

  /** For the reader whose turn it is. */
  get inTurn(): Files {
    return { ...this.#files, read: (path) => this.#take(path) }
  }

  /** For the one who looks: nothing where its turn has come. */
  get early(): Files {
    return { ...this.#files, read: (path) => this.#look(path) }
  }

  #take(path: string): Promise<Uint8Array> {
    this.#taken.add(path)
    const content = this.#held.get(path)
    if (!content) return this.#files.read(path)
    this.#held.delete(path)
    this.#bytes -= content.length
    return Promise.resolve(content)
  }

  async #look(path: string): Promise<Uint8Array> {
    if (this.#taken.has(path)) return new Uint8Array()
    const content = this.#held.get(path) ?? (await this.#files.read(path))
    if (!this.#held.has(path) && this.#bytes + content.length <= this.#most) {
      this.#held.set(path, content)
      this.#bytes += content.length
    }
    return content
  }
}
