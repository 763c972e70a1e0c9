import type { Cluster, ConnectionFlags } from '../cluster/cluster.ts'
import { type ClusterError, failedWith } from '../cluster/errors.ts'
import type { Env, Input } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { parseFieldPath } from '../kube/field-path.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { type Resource, resourceName } from '../kube/resources.ts'
import type { Document } from '../kube/yaml.ts'
import { Problem } from '../problem.ts'
import { isMpiOperatorJob, isV1Job, v1Kinds } from '../v1/kinds.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { attentive } from './attentive.ts'
import { type ConfigMapShelf, configMapShelf } from './config-maps.ts'
import { ConfigMapsOfFiles, InputAhead } from './config-maps-of-files.ts'
import { readDialect } from './dialect.ts'
import { FilesAhead } from './files-ahead.ts'
import { readKustomization } from './kustomize.ts'
import { hasKustomization, type ManifestFile, manifestOf, type Opened, readManifests } from './manifests.ts'
import { mpiOperatorJobs, resolveJobOfAnyOperator } from './mpi-operator-jobs.ts'
import { formatReference, parseReference } from './reference.ts'
import { notServed } from './resolve.ts'
import { clusterShelf, type RuntimeShelf } from './runtimes.ts'
import { unqueueing } from './workloads.ts'

/** One thing found where jobs were looked for. */
export type Source =
  | {
      readonly is: 'job'
      readonly label: string
      readonly object: KubeObject
      readonly live: boolean
      /** what the cluster it was read from understands; absent for files */
      readonly dialect?: Dialect
      /** the runtimes of that cluster */
      readonly shelf?: RuntimeShelf
      /** the file and line of a field, of the nearest one above it where it is not written; absent for a live job */
      placeOf?(path: string): Place
      /** the ConfigMaps of that cluster, or of the files */
      readonly configMaps?: ConfigMapShelf
      /** where a field is written, for people: `jobs/a.yaml:12: spec.x`; the path alone for a live job */
      whereOf(path: string): string
    }
  /** an object of another kind, with its text as written */
  | {
      readonly is: 'other'
      readonly label: string
      readonly object: KubeObject
      readonly text: string
      placeOf(path: string): Place
      whereOf(path: string): string
    }
  | { readonly is: 'problem'; readonly label: string; readonly problem: Problem }

/** Where something is written. */
export interface Place {
  readonly file: string
  readonly line: number
}

export interface SourceQuery {
  readonly paths: readonly string[]
  readonly recursive: boolean
  /** kubectl's -k: a folder with a kustomization, instead of paths */
  readonly kustomize?: string
  /** a path that is a folder with a kustomization is built as well */
  readonly buildsKustomizations?: boolean
  readonly positionals: readonly string[]
  readonly selector?: string
  readonly allNamespaces: boolean
  readonly connection: ConnectionFlags
  /** named by the user, instead of asking the cluster */
  readonly dialect?: Dialect
  /** what suggestions tell to type before the name of a job, default `convert` */
  readonly verb?: string
  /** is told what may not be read and is done without */
  readonly note?: (text: string) => void
}

/**
 * The v1 jobs of files, of a kustomization, or of the cluster: named, selected, or all of them with -A. Files are read one after another and need no
 * cluster. Throws a Problem for a call that names no source or both.
 */
export async function* readSources(env: Env, query: SourceQuery): AsyncGenerator<Source> {
  const fromCluster = query.positionals.length > 0 || query.selector !== undefined || query.allNamespaces
  const { kustomize } = query
  const fromFolder = kustomize !== undefined
  if (fromFolder && (query.paths.length > 0 || query.recursive))
    throw usage('-k goes with neither -f nor -R, as in kubectl')
  if ((query.paths.length > 0 || fromFolder) && fromCluster) {
    throw usage(`jobs come from files (${fromFolder ? '-k' : '-f'}) or from the cluster, not from both`)
  }
  if (query.paths.length > 0 || fromFolder) yield* attentive(env, fromFiles(env, query))
  else if (fromCluster) yield* fromLive(env, query)
  else throw usage('which job? Name one, or give files with -f or -k, or -l or -A for many')
}

function usage(what: string): Problem {
  return new Problem({ code: 'usage', what, exit: exitCode.usage })
}

async function* fromFiles(env: Env, query: SourceQuery): AsyncGenerator<Source> {
  const input = new InputAhead(env.in)
  const files = new FilesAhead(env.files)
  const configMaps = new ConfigMapsOfFiles(async (see) => {
    const { paths, recursive } = query
    const opened: Opened = (content, source) => {
      see(content, source)
      return { source, documents: [] }
    }
    for await (const _ of readManifests(files.early, input.early, { paths, recursive, opened }));
  })
  const opened: Opened = (content, source) => {
    configMaps.see(content, source)
    return manifestOf(content, source)
  }
  for await (const file of filesOf({ ...env, files: files.inTurn }, input.inTurn, opened, query)) {
    if (file.problem) yield { is: 'problem', label: file.source, problem: file.problem }
    else {
      for (const document of file.documents) {
        if (!isDecisions(document.object)) yield sourceOf(document, configMaps)
      }
    }
  }
}

async function* filesOf(
  env: Env,
  input: Pick<Input, 'bytes'>,
  opened: Opened,
  query: SourceQuery,
): AsyncGenerator<ManifestFile> {
  const { paths, recursive, kustomize, note } = query
  if (kustomize !== undefined) return yield await readKustomization(env, kustomize, note, opened)
  const built: string[] = []
  for (const path of query.buildsKustomizations ? paths : []) {
    if (await hasKustomization(env.files, path)) built.push(path)
  }
  for (const folder of built) yield await readKustomization(env, folder, note, opened)
  const others = paths.filter((path) => !built.includes(path))
  yield* readManifests(env.files, input, { paths: others, recursive, note, opened })
}

/** A decisions file in a folder of jobs is no manifest. */
function isDecisions(object: Record<string, unknown> | undefined): boolean {
  return object?.['kind'] === 'Decisions' && String(object['apiVersion']).startsWith('kubectl-migrate.dev/')
}

function sourceOf(document: Document, configMaps: ConfigMapShelf): Source {
  const { source, line, path, object, problem } = document
  const label = `${source}:${line}${path === '' ? '' : ` ${path}`}`
  if (problem) return { is: 'problem', label, problem }
  if (!isKubeObject(object)) return { is: 'problem', label, problem: notAnObject(label, object) }
  const placeOf = (path: string): Place => ({ file: source, line: nearestLine(document, path) ?? line })
  const whereOf = (path: string) => `${source}:${placeOf(path).line}: ${path}`
  if (isV1Job(object) || isMpiOperatorJob(object))
    return { is: 'job', label, object, live: false, placeOf, configMaps, whereOf }
  const dead = deadKind(object)
  if (dead !== undefined) return { is: 'problem', label, problem: unsupported(label, object, dead) }
  // an item of a List is printed for it, which jobs need not be
  return { is: 'other', label, object, text: document.text, placeOf, whereOf }
}

/** The line of a field, or of the nearest one above it that is written: what is missing has no line of its own. */
function nearestLine(document: Document, path: string): number | undefined {
  for (let steps = parseFieldPath(path) ?? []; steps.length > 0; steps = steps.slice(0, -1)) {
    const line = document.lineOf(steps)
    if (line !== undefined) return line
  }
  return undefined
}

function isKubeObject(object: Record<string, unknown> | undefined): object is KubeObject {
  return (
    typeof object?.['apiVersion'] === 'string' && typeof object['kind'] === 'string' && isRecord(object['metadata'])
  )
}

function notAnObject(label: string, object: Record<string, unknown> | undefined): Problem {
  const missing = ['apiVersion', 'kind', 'metadata'].filter((field) => object?.[field] === undefined)
  return new Problem({
    code: 'not-an-object',
    what: `${label} is not a Kubernetes object`,
    why: missing.length > 0 ? `it has no ${missing.join(', no ')}` : 'apiVersion and kind must be text, metadata a map',
    exit: exitCode.usage,
  })
}

/** Training jobs of other APIs that nothing here converts, and why. */
function deadKind({ apiVersion, kind }: KubeObject): string | undefined {
  if (!apiVersion.startsWith('kubeflow.org/') || !kind.endsWith('Job')) return undefined
  if (kind === 'MPIJob')
    return `kubeflow.org/v1 and v2beta1 (mpi-operator) are converted; nothing runs ${apiVersion} any more`
  if (kind === 'MXJob') return 'Training Operator v1.9 removed it and Trainer v2 has nothing like it'
  return 'it is not one of the six kinds of Training Operator v1'
}

function unsupported(label: string, object: KubeObject, why: string): Problem {
  return new Problem({
    code: 'unsupported-kind',
    what: `${label}: ${object.kind} of ${object.apiVersion} is not converted`,
    why,
    exit: exitCode.no,
  })
}

async function* fromLive(env: Env, query: SourceQuery): AsyncGenerator<Source> {
  const cluster = await env.connect(query.connection)
  try {
    const dialect = query.dialect ?? (await readDialect(cluster))
    const note = query.note ?? (() => undefined)
    const shelf = clusterShelf(cluster, note)
    const configMaps = configMapShelf(cluster)
    const one = query.positionals.length > 0
    const unqueued = unqueueing(cluster, !one, note)
    for await (const source of one ? [await named(cluster, query)] : selected(cluster, query)) {
      if (source.is !== 'job') yield source
      else yield { ...source, object: await unqueued(source.object), dialect, shelf, configMaps }
    }
  } finally {
    cluster.close()
  }
}

async function named(cluster: Cluster, { positionals, verb = 'convert' }: SourceQuery): Promise<Source> {
  const reference = parseReference(positionals)
  if (!reference) throw usage('which job?')
  const { kind, object } = await resolveJobOfAnyOperator(cluster, reference, cluster.namespace, verb)
  return liveSource(kind.operator === undefined ? typed(object, kind.kind) : { ...object, kind: kind.kind })
}

function liveSource(object: KubeObject): Source {
  const { kind, metadata } = object
  return {
    is: 'job',
    label: formatReference(kind, metadata.name ?? ''),
    object,
    live: true,
    whereOf: (path) => path,
  }
}

async function* selected(cluster: Cluster, query: SourceQuery): AsyncGenerator<Source> {
  const namespace = query.allNamespaces ? undefined : cluster.namespace
  const refused: [Resource, ClusterError][] = []
  let served = 0
  for (const { kind, resource } of v1Kinds) {
    try {
      for await (const page of cluster.pages(resource, { namespace, labelSelector: query.selector })) {
        for (const object of page.items) yield liveSource(typed(object, kind))
      }
      served++
    } catch (error) {
      if (failedWith(error, 'forbidden')) refused.push([resource, error])
      else if (!failedWith(error, 'apiAbsent')) throw error
      else if (kind === 'MPIJob') {
        const jobs = await mpiOperatorJobs(cluster, { namespace, labelSelector: query.selector })
        if (jobs) served++
        for (const job of jobs ?? []) yield liveSource(job)
      }
    }
  }
  if (served === 0) throw refused[0]?.[1] ?? notServed(['the six kinds of kubeflow.org/v1'])
  for (const [resource] of refused) {
    const label = resourceName(resource)
    yield { is: 'problem', label, problem: notListed(label, namespace) }
  }
}

/** Jobs of one kind that may not be listed, where those of others may. */
function notListed(resource: string, namespace: string | undefined): Problem {
  const flag = namespace === undefined ? '-A' : `-n ${namespace}`
  return new Problem({
    code: 'forbidden',
    what: `you may not list ${resource} in ${namespace === undefined ? 'all namespaces' : `namespace ${namespace}`}: none of them is converted`,
    next: [`kubectl auth can-i list ${resource} ${flag}`],
    exit: exitCode.cluster,
  })
}

/** Items of a list carry neither apiVersion nor kind. */
function typed(object: KubeObject, kind: string): KubeObject {
  return { ...object, apiVersion: 'kubeflow.org/v1', kind }
}
