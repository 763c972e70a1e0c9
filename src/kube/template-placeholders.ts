import type { PathStep } from './field-path.ts'
import { isRecord } from './object.ts'

/** What fills in a template. */
export type TemplateEngine = 'Helm' | 'Jinja' | 'Argo Workflows' | 'envsubst' | 'kustomize' | 'Jsonnet'

/** A placeholder as written, and what fills it in. */
export interface Placeholder {
  readonly engine: TemplateEngine
  /** e.g. `{{ .Values.workers }}` or `$NUM_NODES`; of Jsonnet the start of the file */
  readonly text: string
}

const braces = /\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}/s
const braced = /\$\{[A-Za-z_][A-Za-z0-9_]*(?:[:?+=#%/-][^}]*)?\}/
const bare = /\$[A-Za-z_][A-Za-z0-9_]*/
const variable = new RegExp(`${braced.source}|${bare.source}`)
const reference = /\$\([A-Za-z_][A-Za-z0-9_.-]*\)/
const onlyHelm = /\{\{-?[^}]*\.(?:Values|Release|Chart|Files|Capabilities|Template)\b[^}]*\}\}/

/** Inside of braces or brackets of YAML: what no quotes are around is there for something to fill in. */
const inFlow = new RegExp(`^[^'"#]*[{[][^'"#]*[:,[]\\s+(${braced.source}|\\{\\{.*?\\}\\})(?=\\s*[,}\\]])`)

/**
 * The first placeholder of text that is no YAML, in a place where it explains that: at the start of a line, of a list item or of a
 * value. Comments and block scalars (scripts, other programs' templates) are passed over.
 */
export function placeholderInText(text: string, source: string): (Placeholder & { offset: number }) | undefined {
  if (/\.(?:jsonnet|libsonnet)$/.test(source)) {
    const offset = text.search(/\S|$/)
    return { engine: 'Jsonnet', text: firstLine(/.*/.exec(text.slice(offset))?.[0] ?? ''), offset }
  }
  for (const { line, offset } of structuralLines(text)) {
    const inside = inFlow.exec(line)
    if (inside?.[1] !== undefined) {
      const at = offset + inside.index + inside[0].length - inside[1].length
      return { engine: engineOf(inside[1]), text: firstLine(inside[1]), offset: at }
    }
    const found = /^(\s*(?:-\s+)*(?:[^\s'"#:][^:]*:\s+|(["']).*?\2:\s+)?["']?)(\{\{|\{%|\{#|\$)/.exec(line)
    if (found === null) continue
    const at = found[1]?.length ?? 0
    const written =
      found[3] === '$' ? aloneVariable(line.slice(at)) : braces.exec(text.slice(offset + at, offset + at + 2000))?.[0]
    if (written !== undefined) return { engine: engineOf(written), text: firstLine(written), offset: offset + at }
  }
  return undefined
}

function aloneVariable(rest: string): string | undefined {
  const name = variable.exec(rest)?.[0]
  return name !== undefined && rest.trimEnd() === name ? name : undefined
}

function* structuralLines(text: string): Generator<{ line: string; offset: number }> {
  let offset = 0
  /** indentation of the key whose block scalar is being passed over */
  let block: number | undefined
  for (const line of text.split('\n')) {
    const indent = line.search(/\S|$/)
    const isInside = block !== undefined && (line.trim() === '' || indent > block)
    if (!isInside) {
      block = /(?::|-)\s+[|>][-+0-9]*\s*(?:#.*)?$/.test(line) ? indent : undefined
      if (!line.trimStart().startsWith('#')) yield { line, offset }
    }
    offset += line.length + 1
  }
}

/**
 * The first placeholder of an object, in a place where Kubernetes cannot have one: `replicas: $NUM_NODES`, `image: ${IMAGE}`.
 * What a shell, the kubelet or a program of the user may fill in is none: `$X`, `${X}`, `$(X)` and `{{ x }}` in command, args, values of
 * env and annotations. Nor is a `$X` without braces where Kubernetes takes any text (`bareVariable`). Of other objects than training jobs only the metadata is looked at: they pass as they are.
 */
export function placeholderInObject(object: Record<string, unknown>): (Placeholder & { path: PathStep[] }) | undefined {
  if (isTraining(object)) return walk(object, [])
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {}
  const { name, generateName, namespace, labels } = metadata
  return walk({ metadata: { name, generateName, namespace, labels } }, [])
}

function isTraining({ apiVersion, kind }: Record<string, unknown>): boolean {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false
  return (
    apiVersion.startsWith('trainer.kubeflow.org/') || (apiVersion.startsWith('kubeflow.org/') && kind.endsWith('Job'))
  )
}

function walk(value: unknown, path: PathStep[]): (Placeholder & { path: PathStep[] }) | undefined {
  if (typeof value === 'string') {
    const found = inString(value, path)
    return found && { ...found, path }
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = walk(item, [...path, index])
      if (found !== undefined) return found
    }
    return undefined
  }
  if (!isRecord(value)) return undefined
  for (const [key, item] of Object.entries(value)) {
    const inKey = inString(key, [])
    if (inKey !== undefined) return { ...inKey, path: [...path, key] }
    const found = walk(item, [...path, key])
    if (found !== undefined) return found
  }
  return undefined
}

function inString(value: string, path: readonly PathStep[]): Placeholder | undefined {
  if (!mayHold.test(value)) return undefined
  const written = patterns(path)
    .map((pattern) => pattern.exec(value)?.[0])
    .find((text) => text !== undefined)
  return written === undefined ? undefined : { engine: engineOf(written), text: firstLine(written) }
}

const mayHold = /[{$]/

function patterns(path: readonly PathStep[]): readonly RegExp[] {
  if (isFreeText(path)) return [onlyHelm]
  return takesAnyText(path) ? [braces, braced, reference] : [braces, variable, reference]
}

/**
 * A `$X` without braces at a path of an object where the API server and v1's operator take any text, so that it is part of the object
 * as it stands, whatever was meant by it; undefined where there is none.
 */
export function bareVariable(value: unknown, path: readonly PathStep[]): string | undefined {
  return typeof value === 'string' && takesAnyText(path) ? bare.exec(value)?.[0] : undefined
}

const containerText = ['image', 'workingDir']
const mountText = ['mountPath', 'subPath']
/** of a volume's source: names and paths that are looked up when the pod starts */
const volumeText = ['claimName', 'secretName', 'path', 'server', 'volumeHandle', 'pdName', 'volumeID']
const referenceParents = ['configMap', 'configMapRef', 'secretRef', 'configMapKeyRef', 'secretKeyRef']

/** Fields of containers and volumes whose text is validated by nobody but for being there (kubernetes v1.36.3, pkg/apis/core/validation). */
function takesAnyText(path: readonly PathStep[]): boolean {
  const last = String(path.at(-1))
  const before = path.at(-2)
  const list = path.at(-3)
  if (last === 'name') return referenceParents.includes(String(before)) || list === 'imagePullSecrets'
  if (list === 'containers' || list === 'initContainers') return containerText.includes(last)
  if (list === 'volumeMounts') return mountText.includes(last)
  if (path.at(-4) === 'volumes') return volumeText.includes(last)
  return before === 'trainer' && last === 'image'
}

/** Whether shells, programs or people may read the text at this path, so that a `$` or a brace says nothing. */
function isFreeText(path: readonly PathStep[]): boolean {
  const last = path.at(-1)
  const before = path.at(-2)
  if (typeof last === 'number') return before === 'command' || before === 'args'
  if (before === 'annotations' || last === 'subPathExpr') return true
  return last === 'value' && typeof before === 'number' && path.at(-3) === 'env'
}

function engineOf(written: string): TemplateEngine {
  if (written.startsWith('$(')) return 'kustomize'
  if (written.startsWith('$')) return 'envsubst'
  if (written.startsWith('{%') || written.startsWith('{#')) return 'Jinja'
  const expression = written.replace(/^\{\{-?\s*/, '')
  if (/^(?:workflow|inputs|outputs|steps|tasks|item|pod|node|retries|cronworkflow)\b[.}]/.test(expression))
    return 'Argo Workflows'
  const isHelm =
    /^(?:[.$(]|\/\*|(?:if|else|end|range|with|include|define|template|tpl|block|required|printf|print|quote|toYaml|toJson|default|int|fail|lookup|nindent|indent|eq|and|or|not)\b)/
  return isHelm.test(expression) ? 'Helm' : 'Jinja'
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n')
  return line.length > 60 || text.includes('\n') ? `${line.slice(0, 57)}...` : line
}
