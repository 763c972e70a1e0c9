import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { Env } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { closest } from '../kube/closest.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { Problem } from '../problem.ts'
import type { TrainingRuntime } from '../v2/trainjob.ts'
import { readManifests } from './manifests.ts'

/** The runtimes a TrainJob of a namespace can refer to. */
export interface RuntimeShelf {
  of(namespace: string | undefined): Promise<readonly TrainingRuntime[]>
}

/**
 * The runtimes of a cluster, each list read once. One that may not be read is told to `note` and taken for empty; without Trainer
 * there are none.
 */
export function clusterShelf(cluster: Cluster, note: (text: string) => void): RuntimeShelf {
  const read = async (kind: TrainingRuntime['kind'], namespace?: string): Promise<TrainingRuntime[]> => {
    const resource = namespace === undefined ? resources.clusterTrainingRuntimes : resources.trainingRuntimes
    try {
      const { items } = await cluster.list<TrainingRuntime>(resource, { namespace })
      return items.map((item) => ({ ...item, apiVersion: 'trainer.kubeflow.org/v1alpha1', kind }))
    } catch (error) {
      if (failedWith(error, 'apiAbsent')) return []
      if (!failedWith(error, 'forbidden')) throw error
      const where = namespace === undefined ? '' : ` of namespace ${namespace}`
      note(`you may not list ${resource.plural}${where}: none of them is taken`)
      return []
    }
  }
  let shared: Promise<TrainingRuntime[]> | undefined
  const byNamespace = new Map<string, Promise<TrainingRuntime[]>>()
  return {
    async of(namespace = cluster.namespace) {
      shared ??= read('ClusterTrainingRuntime')
      const own = byNamespace.get(namespace) ?? read('TrainingRuntime', namespace)
      byNamespace.set(namespace, own)
      return [...(await own), ...(await shared)]
    },
  }
}

/** The runtimes of files. Throws a Problem for a file that cannot be read, or holds no runtime. */
export async function fileShelf(env: Env, paths: readonly string[]): Promise<RuntimeShelf> {
  const found: TrainingRuntime[] = []
  for await (const file of readManifests(env.files, env.in, { paths, recursive: false })) {
    if (file.problem) throw file.problem
    for (const { object, problem } of file.documents) {
      if (problem) throw problem
      if (isRuntime(object)) found.push(object)
    }
  }
  if (found.length === 0) {
    throw new Problem({
      code: 'no-runtimes',
      what: `--runtimes ${paths.join(', ')}: no TrainingRuntime and no ClusterTrainingRuntime was found`,
      exit: exitCode.usage,
    })
  }
  return {
    async of(namespace) {
      return found.filter(
        ({ kind, metadata }) =>
          kind === 'ClusterTrainingRuntime' || metadata.namespace === undefined || metadata.namespace === namespace,
      )
    },
  }
}

/** An object that is a runtime, with the replicated jobs one must have. */
export function isRuntime(object: Record<string, unknown> | undefined): object is TrainingRuntime {
  const { apiVersion, kind, metadata, spec } = object ?? {}
  const known = kind === 'TrainingRuntime' || kind === 'ClusterTrainingRuntime'
  if (!known || typeof apiVersion !== 'string' || !apiVersion.startsWith('trainer.kubeflow.org/')) return false
  const template = isRecord(spec) ? spec['template'] : undefined
  const jobSet = isRecord(template) ? template['spec'] : undefined
  return isRecord(metadata) && isRecord(jobSet) && Array.isArray(jobSet['replicatedJobs'])
}

/** A runtime as --runtime names it: `NAME`, or `KIND/NAME` where the kind is written as kubectl takes it. */
export interface RuntimeReference {
  readonly kind?: TrainingRuntime['kind']
  readonly name: string
}

const kinds: readonly TrainingRuntime['kind'][] = ['TrainingRuntime', 'ClusterTrainingRuntime']

/** Throws a Problem for a kind that is none of runtimes. */
export function parseRuntimeReference(text: string): RuntimeReference {
  const slash = text.indexOf('/')
  if (slash < 0 && text !== '') return { name: text }
  const [prefix, name] = [text.slice(0, Math.max(slash, 0)).toLowerCase(), text.slice(slash + 1)]
  const short = prefix.split('.')[0] ?? ''
  const kind = kinds.find((known) => [known.toLowerCase(), `${known.toLowerCase()}s`].includes(short))
  if (kind && name !== '') return { kind, name }
  throw new Problem({
    code: 'usage',
    what: `--runtime ${text} names no runtime`,
    next: ['--runtime NAME', '--runtime clustertrainingruntime/NAME'],
    exit: exitCode.usage,
  })
}

/** The runtime a reference means. Throws a Problem where there is none, or one of each kind. */
export function pickRuntime(runtimes: readonly TrainingRuntime[], { kind, name }: RuntimeReference): TrainingRuntime {
  const named = runtimes.filter(
    (runtime) => runtime.metadata.name === name && (kind === undefined || runtime.kind === kind),
  )
  const [first, second] = named
  if (first && !second) return first
  if (first) {
    throw new Problem({
      code: 'ambiguous-runtime',
      what: `--runtime ${name}: there is one of each kind`,
      next: named.map((runtime) => `--runtime ${runtime.kind.toLowerCase()}/${name}`),
      exit: exitCode.usage,
    })
  }
  const names = runtimes.map((runtime: KubeObject) => runtime.metadata.name ?? '')
  const near = closest(name, names)
  throw new Problem({
    code: 'no-such-runtime',
    what: `there is no ${kind ?? 'runtime'} ${name}`,
    why: near.length > 0 ? `near to it: ${near.join(', ')}` : `there are: ${names.join(', ') || '(none)'}`,
    exit: exitCode.usage,
  })
}
