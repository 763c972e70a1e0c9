import type { Files, Input } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { standardInput } from '../kube/document-problems.ts'
import { type Document, documentsOf } from '../kube/yaml.ts'
import { Problem } from '../problem.ts'

/** One file of manifests: its documents, to be read once; or a file or folder that cannot be read, and why. */
export type ManifestFile =
  | { readonly source: string; readonly documents: Iterable<Document>; readonly problem?: undefined }
  | { readonly source: string; readonly problem: Problem; readonly documents?: undefined }

export interface ManifestOptions {
  /** files, folders and `-` for standard input, as kubectl's -f takes them */
  readonly paths: readonly string[]
  /** kubectl's -R: the folders in a folder too */
  readonly recursive: boolean
  /** is told of kustomizations, which -f does not build */
  readonly note?: (text: string) => void
  /** what becomes of a file that was read; `manifestOf` when absent */
  readonly opened?: Opened
}

export type Opened = (content: Uint8Array, source: string) => ManifestFile

/**
 * The files that -f names, in the order given, those of a folder sorted by name: .yaml, .yml and .json. What cannot be read comes as
 * a problem of its own (exit code 2) and does not hide the others. One file is held in memory at a time.
 */
export async function* readManifests(
  files: Files,
  input: Pick<Input, 'bytes'>,
  { paths, recursive, note = () => undefined, opened = manifestOf }: ManifestOptions,
): AsyncGenerator<ManifestFile> {
  const reader = { files, recursive, note, opened }
  let isInputRead = false
  for (const path of paths) {
    if (path !== '-') {
      yield* manifestsAt(reader, path)
    } else if (isInputRead) {
      yield { source: standardInput, problem: usage('input-read-twice', 'standard input (-f -) can be read once only') }
    } else {
      isInputRead = true
      yield opened(await input.bytes(), standardInput)
    }
  }
}

interface Reader {
  readonly files: Files
  readonly recursive: boolean
  readonly note: (text: string) => void
  readonly opened: Opened
}

async function* manifestsAt(reader: Reader, path: string): AsyncGenerator<ManifestFile> {
  try {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) throw urlRefused(path)
    const found = await reader.files.stat(path)
    if (found === undefined) throw missing(path)
    if (found.directory) yield* manifestsUnder(reader, path)
    else yield await manifestAt(reader, path)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    yield { source: path, problem: error }
  }
}

async function* manifestsUnder(reader: Reader, folder: string): AsyncGenerator<ManifestFile> {
  const { files, recursive, note } = reader
  const listing = await listFolder(files, folder, recursive, 0)
  const { manifests, problems, kustomized } = listing
  if (manifests.length + problems.length === 0) throw nothingIn(folder, listing.hasFolders && !recursive, kustomized)
  for (const inner of kustomized) note(`${inner} has a kustomization, which -f leaves alone: -k ${inner} builds it`)
  yield* problems
  for (const path of manifests) {
    const file = await manifestAt(reader, path).catch(() => undefined)
    if (file) yield file
    // says what is wrong with it
    else yield* manifestsAt({ ...reader, recursive: false }, path)
  }
}

/** In a function that returns: one that yields would hold the bytes as long as the documents are read. */
async function manifestAt({ files, opened }: Reader, path: string): Promise<ManifestFile> {
  return opened(await files.read(path), path)
}

/** A file by its content: reads the first document only; the others when they are asked for. */
export function manifestOf(content: Uint8Array, source: string): ManifestFile {
  const documents = documentsOf(content, source)
  const first = documents.next()
  if (first.done === true) return { source, problem: nothingInFile(content, source) }
  return { source, documents: startingWith(first.value, documents) }
}

function* startingWith(first: Document, rest: Iterable<Document>): Generator<Document> {
  yield first
  yield* rest
}

interface Listing {
  readonly manifests: string[]
  readonly hasFolders: boolean
  readonly problems: ManifestFile[]
  /** folders with a kustomization */
  readonly kustomized: string[]
}

/** A symbolic link to a folder above it would never end. */
const deepestFolder = 30

async function listFolder(files: Files, folder: string, recursive: boolean, depth: number): Promise<Listing> {
  if (depth > deepestFolder) {
    throw usage('folders-too-deep', `${folder} lies more than ${deepestFolder} folders deep: does a link lead back up?`)
  }
  const entries = await files.entries(folder)
  const listing: Listing = {
    manifests: entries.filter(({ path, directory }) => !directory && isManifest(path)).map(({ path }) => path),
    hasFolders: entries.some(({ directory }) => directory),
    problems: [],
    kustomized: entries.some(({ path }) => isKustomization(path)) ? [folder] : [],
  }
  if (!recursive) return listing
  for (const { path, directory } of entries) {
    if (!directory) continue
    try {
      const inner = await listFolder(files, path, recursive, depth + 1)
      listing.manifests.push(...inner.manifests)
      listing.problems.push(...inner.problems)
      listing.kustomized.push(...inner.kustomized)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      listing.problems.push({ source: path, problem: error })
    }
  }
  listing.manifests.sort((a, b) => (a < b ? -1 : 1))
  return listing
}

function isManifest(path: string): boolean {
  return /\.(?:yaml|yml|json)$/.test(path) && !isKustomization(path)
}

/** Whether a path is a folder that `kubectl kustomize` builds. */
export async function hasKustomization(files: Files, path: string): Promise<boolean> {
  const found = path === '-' ? undefined : await files.stat(path)
  return found?.directory === true && (await files.entries(path)).some((entry) => isKustomization(entry.path))
}

/** The names kustomize looks for (kustomize api v0.21, pkg/konfig/general.go). */
function isKustomization(path: string): boolean {
  return /(?:^|[/\\])(?:kustomization\.ya?ml|Kustomization)$/.test(path)
}

function nothingInFile(content: Uint8Array, source: string): Problem {
  const isEmpty = content.every((byte) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)
  return isEmpty ? usage('empty-file', `${source} is empty`) : usage('no-object', `${source} holds no object`)
}

function missing(path: string): Problem {
  const isPattern = /[*?[]/.test(path)
  return usage('no-such-file', `there is no file or folder ${path}`, {
    why: isPattern ? 'patterns are expanded by the shell: leave out the quotes' : undefined,
  })
}

function nothingIn(folder: string, hasMore: boolean, kustomized: readonly string[]): Problem {
  const [inner] = kustomized
  return usage('no-manifests', `${folder} holds no .yaml, .yml or .json file`, {
    why:
      inner !== undefined
        ? `${inner} has a kustomization: -k ${inner} builds it`
        : hasMore
          ? 'it holds folders: -R reads them too'
          : undefined,
  })
}

function urlRefused(url: string): Problem {
  const isWeb = /^https?:\/\//i.test(url) && /^[\w:/.%~+@=-]+$/.test(url)
  return usage('url-refused', `${url} is a URL: files are read from this machine only`, {
    next: isWeb ? [`curl -fsSL ${url} | $0 convert -f -`] : undefined,
  })
}

function usage(code: string, what: string, more: { why?: string; next?: readonly string[] } = {}): Problem {
  return new Problem({ code, what, ...more, exit: exitCode.usage })
}
