import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { compareValues } from '../compare/live.ts'
import type { Conversion } from '../convert/convert.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import { extraResource, type Resource, resources } from '../kube/resources.ts'
import { Problem } from '../problem.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'
import { isRuntimeUnseen } from './runtime-seen.ts'

/** What the API server's dry run said of a conversion: `whole`, or what could not be asked. */
export interface Validated {
  readonly whole: boolean
  /** one clause */
  readonly said: string
}

/**
 * Asks the API server, by dry runs, whether it would take what conversions make: runtimes first, each once, then what a TrainJob needs
 * beside it, then the TrainJob. A dry run stores nothing, so that Trainer's webhook refuses a TrainJob whose runtime does not exist; the
 * server has checked the fields and the schema by then, and the webhook has looked at nothing else.
 * Source: Trainer v2.3.0, pkg/runtime/core/trainingruntime.go; k8s.io/apiserver v0.36, registry/generic/registry/store.go Create.
 */
export class ServerValidation {
  readonly #cluster: Cluster
  readonly #runtimes = new Map<string, Promise<boolean>>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** Throws the ClusterError of what the server refuses, and a Problem `runtime-changed`. */
  async check({ runtime, reused, extras, trainJob }: Conversion): Promise<Validated> {
    const exists = reused || (await this.#runtime(runtime))
    for (const extra of extras) {
      await this.#accepts(extraResource(extra), extra)
    }
    return await this.#trainJob(trainJob, exists)
  }

  /** The same for one of Trainer's own objects alone. */
  async checkAlone(object: TrainJob | TrainingRuntime): Promise<Validated> {
    if (object.kind === 'TrainJob') return await this.#trainJob(object, false)
    const shared = object.kind === 'ClusterTrainingRuntime'
    await this.#accepts(shared ? resources.clusterTrainingRuntimes : resources.trainingRuntimes, object)
    return { whole: true, said: 'the server takes it' }
  }

  /** @param exists whether its runtime does */
  async #trainJob(trainJob: TrainJob, exists: boolean): Promise<Validated> {
    try {
      await this.#accepts(resources.trainJobs, trainJob)
    } catch (error) {
      if (exists || !isRuntimeUnseen(error)) throw error
      const said =
        'the server takes its runtime, and the fields of the TrainJob; Trainer’s webhook looks at it once the runtime exists'
      return { whole: false, said }
    }
    return { whole: true, said: 'the server takes it' }
  }

  /** Whether the runtime exists; where it does not, the server would take it. */
  #runtime(runtime: TrainingRuntime): Promise<boolean> {
    const key = `${runtime.kind}/${runtime.metadata.namespace ?? ''}/${runtime.metadata.name}`
    const asked = this.#runtimes.get(key) ?? this.#askRuntime(runtime)
    this.#runtimes.set(key, asked)
    return asked
  }

  async #askRuntime(runtime: TrainingRuntime): Promise<boolean> {
    const shared = runtime.kind === 'ClusterTrainingRuntime'
    const resource = shared ? resources.clusterTrainingRuntimes : resources.trainingRuntimes
    const { name = '', namespace = this.#cluster.namespace } = runtime.metadata
    const found = await this.#cluster.find<TrainingRuntime>(resource, shared ? undefined : namespace, name)
    if (!found) {
      await this.#accepts(resource, runtime)
      return false
    }
    const [difference] = compareValues(runtime.spec, found.spec)
    if (!difference) return true
    throw new Problem({
      code: 'runtime-changed',
      what: `${runtime.kind} ${name} exists, and somebody changed it: spec.${difference.path} is ${difference.v2}, not ${difference.v1}`,
      why: 'its name says what it contains, and the pods are proved with that content',
      exit: exitCode.no,
    })
  }

  /** An object of the name that exists already is found after every check has passed. */
  async #accepts(resource: Resource, object: KubeObject): Promise<void> {
    const { namespace = this.#cluster.namespace } = object.metadata
    const placed = resource.namespaced ? { ...object, metadata: { ...object.metadata, namespace } } : object
    try {
      await this.#cluster.create(resource, placed, { dryRun: true })
    } catch (error) {
      if (!failedWith(error, 'alreadyExists')) throw error
    }
  }
}
