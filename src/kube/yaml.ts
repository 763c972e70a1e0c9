import type { Problem } from '../problem.ts'
import { noTextProblem, notAnObject, syntaxProblem, templateProblem } from './document-problems.ts'
import { formatFieldPath, type PathStep, parseFieldPath } from './field-path.ts'
import { RefusedValue, readJsonStream } from './json-text.ts'
import { isRecord } from './object.ts'
import { readPlainManifest } from './plain-manifest.ts'
import { printYaml } from './print-yaml.ts'
import { type Position, SourceText } from './source-text.ts'
import { type Placeholder, placeholderInObject, placeholderInText } from './template-placeholders.ts'
import { readEvents, SyntaxFault } from './yaml-events.ts'
import { type Chunk, type DecodedText, decodeText, refuseCharacters, splitDocuments } from './yaml-text.ts'
import { buildValues } from './yaml-value.ts'

/** A template, by its first placeholder; `line` is 1-based. */
export interface Template extends Placeholder {
  readonly line: number
}

/** One object of a file, or what stands where one should be: it has either `object` or `problem`. */
export interface Document {
  /** name of the file, as the user gave it */
  readonly source: string
  /** 1-based, of its first key; of the first character of what cannot be read */
  readonly line: number
  /** its place in what the file holds: '', or `items[3]` in a List */
  readonly path: string
  /** as written, between its separators, with its comments; an item of a List is printed anew */
  readonly text: string
  readonly object?: Record<string, unknown>
  readonly problem?: Problem
  /** set when it has a problem because it is a template that nobody has rendered */
  readonly template?: Template
  /** Where a field of `object` is written (its key; of a list's item its first character); undefined where it is not. */
  positionOf(path: string | readonly PathStep[]): Position | undefined
  lineOf(path: string | readonly PathStep[]): number | undefined
}

/**
 * Reads a file of manifests as kubectl reads it (k8s.io/apimachinery v0.36 util/yaml, sigs.k8s.io/yaml v1.6): YAML 1.1 scalars,
 * documents between lines of `---`, JSON and streams of it, Lists flattened. Documents without content are left out. A document
 * that cannot be read has a problem (exit code 2) and does not hide the others.
 *
 * Refused, though kubectl takes it and loses or changes something in silence: duplicate keys, integers beyond 2^53, text after `...`
 * or indented less than the first line, bytes that are no UTF-8, invisible line breaks of YAML 1.1, more than 200 levels, templates.
 * Taken, though kubectl refuses it: `---` between JSON values, `\/` and surrogate pairs in YAML strings, tabs where YAML 1.2 has them.
 */
export function readDocuments(content: string | Uint8Array, source: string): Document[] {
  return [...documentsOf(content, source)]
}

/**
 * As readDocuments, one after another: for files too large to hold all their objects at once. The bytes are not held on to. With
 * `mentioning`: only those between whose separators this text stands.
 */
export function documentsOf(content: string | Uint8Array, source: string, mentioning = ''): Generator<Document> {
  const decoded = typeof content === 'string' ? { text: content, isLossy: false } : decodeText(content)
  return 'refused' in decoded ? refused(source, decoded.refused) : documentsOfText(decoded, source, mentioning)
}

function* refused(source: string, why: 'binary' | 'utf-16'): Generator<Document> {
  const nothing = new SourceText(source, '', { line: 1, column: 1 })
  yield document(nothing, 0, [], { problem: noTextProblem(source, why) })
}

function* documentsOfText({ text, isLossy }: DecodedText, source: string, mentioning: string): Generator<Document> {
  let isTold = false
  for (const chunk of splitDocuments(text.replace(/^\ufeff/, ''))) {
    if (!chunk.text.includes(mentioning)) continue
    for (const found of documentsOfChunk(chunk, source, isLossy)) {
      // the parts of one template between its separators mean nothing by themselves: it is told once
      const isPart = found.template !== undefined && isWholeFile(found.template)
      if (!(isPart && isTold)) yield found
      isTold ||= isPart
    }
  }
}

function isWholeFile({ engine }: Template): boolean {
  return engine === 'Helm' || engine === 'Jinja' || engine === 'Jsonnet'
}

function* documentsOfChunk(chunk: Chunk, source: string, isLossy: boolean): Generator<Document> {
  const text = new SourceText(source, chunk.text, { line: chunk.line, column: 1 })
  try {
    if (chunk.afterSeparator !== undefined) {
      throw new SyntaxFault('kubectl takes nothing but a comment after the separator ---', 0)
    }
    const isJson = /^\s*\{/.test(chunk.text)
    refuseCharacters(chunk.text, isLossy, isJson)
    yield* isJson ? jsonDocuments(text) : yamlDocuments(text)
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    yield unreadable(text, error)
  }
}

/** kubectl tries JSON first and, when not even one value can be read, YAML: `{kind: List}` is no JSON. */
function* jsonDocuments(text: SourceText): Generator<Document> {
  let count = 0
  try {
    for (const { value, start, end, items } of readJsonStream(text.text)) {
      count++
      const offsets = items.map((item) => item - start)
      yield* flatten(text.part(start, end), value, 0, [], offsets)
    }
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    if (count > 0 || error instanceof RefusedValue) throw error
    yield* yamlInstead(text, error)
  }
}

function yamlInstead(text: SourceText, fault: SyntaxFault): Document[] {
  try {
    return [...yamlDocuments(text)]
  } catch (error) {
    const meantAsJson = /^\s*\{\s*["}]/.test(text.text)
    throw meantAsJson ? fault : error
  }
}

function* yamlDocuments(text: SourceText): Generator<Document> {
  const plain = readPlainManifest(text.text)
  const [first, ...rest] = plain ? [plain] : buildValues(readEvents(text.text))
  if (first !== undefined && first.value !== null) yield* flatten(text, first.value, first.start, [], first.items)
  for (const { value, start } of rest) {
    if (value !== null)
      yield unreadable(text, new SyntaxFault('kubectl reads nothing after "...": begin it with ---', start))
  }
}

/** A List as its items (meta.IsListType, nested ones too), anything else as itself. */
function* flatten(
  text: SourceText,
  value: unknown,
  start: number,
  path: readonly PathStep[],
  offsets: readonly number[],
): Generator<Document> {
  if (!isRecord(value)) {
    const placeholder = path.length === 0 ? placeholderInText(text.text, text.source) : undefined
    if (placeholder) yield templateDocument(text, start, path, placeholder, placeholder.offset)
    else yield document(text, start, path, { problem: notAnObject(text, value, start) })
    return
  }
  const { kind, apiVersion } = value
  // what wrote `items:` and had nothing to write there meant an empty list
  const items = kind === 'List' && 'items' in value ? (value['items'] ?? []) : value['items']
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) {
    yield objectDocument(text, value, start, path)
    return
  }
  for (const [index, item] of items.entries()) {
    const itemPath = [...path, 'items', index]
    const offset = offsets[index] ?? text.offsetOf(itemPath) ?? start
    const isBare = isRecord(item) && item['kind'] === undefined && item['apiVersion'] === undefined
    const object = isBare && kind !== 'List' ? { apiVersion, kind: kind.slice(0, -'List'.length), ...item } : item
    yield* flatten(text, object, offset, itemPath, [])
  }
}

function objectDocument(
  text: SourceText,
  object: Record<string, unknown>,
  start: number,
  path: readonly PathStep[],
): Document {
  const found = text.mayBeTemplate ? placeholderInObject(object) : undefined
  if (found === undefined) return document(text, start, path, { object })
  const from = text.offsetOf([...path, ...found.path]) ?? start
  const at = text.text.indexOf(found.text.slice(0, 20), from)
  return templateDocument(text, start, path, found, at === -1 ? from : at)
}

function unreadable(text: SourceText, fault: SyntaxFault): Document {
  const start = text.text.search(/\S|$/)
  const placeholder = placeholderInText(text.text, text.source)
  if (placeholder !== undefined) return templateDocument(text, start, [], placeholder, placeholder.offset)
  return document(text, start, [], { problem: syntaxProblem(text, fault) })
}

function templateDocument(
  text: SourceText,
  start: number,
  path: readonly PathStep[],
  placeholder: Placeholder,
  offset: number,
): Document {
  const { engine, text: written } = placeholder
  const template = { engine, text: written, line: text.position(offset).line }
  return document(text, start, path, { problem: templateProblem(text, placeholder, offset), template })
}

type Content = { object: Record<string, unknown> } | { problem: Problem; template?: Template }

function document(text: SourceText, start: number, path: readonly PathStep[], content: Content): Document {
  const positionOf = (field: string | readonly PathStep[]) => {
    const steps = typeof field === 'string' ? parseFieldPath(field) : field
    const offset = steps && text.offsetOf([...path, ...steps])
    return offset === undefined ? undefined : text.position(offset)
  }
  return {
    source: text.source,
    line: text.position(start).line,
    path: formatFieldPath(path),
    get text() {
      return path.length > 0 && 'object' in content ? printYaml(content.object) : text.text
    },
    ...content,
    positionOf,
    lineOf: (field) => positionOf(field)?.line,
  }
}
