import type { Conversion } from '../convert/convert.ts'
import type { Env } from '../env.ts'
import { OutputFolder } from '../execute/output-folder.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import { printJson } from '../kube/print-json.ts'
import { printYaml } from '../kube/print-yaml.ts'
import { objectName } from '../present/object-name.ts'
import { Problem } from '../problem.ts'
import type { Source } from '../read/sources.ts'

/** Where converted objects go. */
export interface Sink {
  pass(source: Extract<Source, { is: 'other' }>): Promise<void>
  /** the file it was written to, if any */
  write(conversion: Conversion): Promise<string | undefined>
  /** one of Trainer's own objects that was written for another release; the file it was written to, if any */
  rewritten(object: KubeObject): Promise<string | undefined>
  /** Writes what it holds back, where the run ends before its end. */
  flush?(): void
  /** files written beside those of jobs */
  close(): Promise<readonly string[]>
}

interface SinkOptions {
  readonly output: string | undefined
  readonly 'output-dir': string | undefined
  readonly split: string | undefined
  readonly force: boolean
}

/** A folder, standard output as documents, as one List, or as names. Throws a Problem where the folder cannot be used. */
export async function openSink(env: Env, given: SinkOptions): Promise<Sink> {
  const folder = given['output-dir']
  if (folder !== undefined) {
    return await OutputFolder.open(env.files, folder, {
      overwrite: given.force,
      perNamespace: given.split === 'namespace',
    })
  }
  const alone = given.force ? '--force' : given.split === undefined ? undefined : '--split'
  if (alone !== undefined) {
    throw new Problem({ code: 'usage', what: `${alone} goes with --output-dir`, exit: exitCode.usage })
  }
  if (given.output === 'ledger') return nullSink
  return given.output === 'json' ? jsonSink(env) : textSink(env, given.output === 'name')
}

/** Manifests that nobody asked for. */
const nullSink: Sink = {
  pass: () => Promise.resolve(),
  async write() {
    return undefined
  },
  async rewritten() {
    return undefined
  },
  async close() {
    return []
  },
}

/** characters of documents that are written at once where no terminal shows them as they come */
const pieceSize = 64 * 1024

/** Documents as they come, each runtime before the first job that uses it. */
function textSink(env: Env, names: boolean): Sink {
  const written = new Set<string>()
  let pending = ''
  let first = true
  const flush = () => {
    if (pending !== '') env.out.write(pending)
    pending = ''
  }
  const put = (text: string) => {
    pending += names || first ? text : `---\n${text}`
    first = false
    if (env.out.isTTY || pending.length > pieceSize) flush()
  }
  const object = (value: KubeObject) => put(names ? `${qualifiedName(value)}\n` : printYaml(value))
  return {
    async pass({ object: other, text }) {
      put(names ? `${qualifiedName(other)}\n` : text.endsWith('\n') ? text : `${text}\n`)
    },
    async write({ runtime, reused, extras, trainJob }) {
      const key = runtimeKey(runtime)
      if (!reused && !written.has(key)) object(runtime)
      written.add(key)
      for (const extra of extras) object(extra)
      object(trainJob)
      return undefined
    },
    async rewritten(value) {
      object(value)
      return undefined
    },
    flush,
    async close() {
      flush()
      return []
    },
  }
}

/** One List, as `kubectl get -o json` prints it. */
function jsonSink(env: Env): Sink {
  const items: KubeObject[] = []
  const written = new Set<string>()
  return {
    async pass({ object }) {
      items.push(object)
    },
    async write({ runtime, reused, extras, trainJob }) {
      const key = runtimeKey(runtime)
      if (!reused && !written.has(key)) items.push(runtime)
      written.add(key)
      items.push(...extras, trainJob)
      return undefined
    },
    async rewritten(object) {
      items.push(object)
      return undefined
    },
    async close() {
      if (items.length > 0) env.out.write(`${printJson({ apiVersion: 'v1', kind: 'List', items })}\n`)
      return []
    },
  }
}

function qualifiedName({ apiVersion, kind, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
  return objectName(kind, group, metadata.name ?? metadata.generateName ?? '')
}

/** Which object a runtime is: of one key one is written. */
function runtimeKey({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`
}
