import { stableJson } from '../kube/clone.ts'
import { hashJson, hashText } from '../kube/hash.ts'
import type { V1Job } from '../v1/job.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { annotations, queueAnnotation, type TrainingRuntime, type TrainJob } from '../v2/trainjob.ts'
import type { Intent } from './intent.ts'
import type { Target } from './targets/target.ts'

/** What a runtime of ours is called and which kind it is. */
export interface RuntimeNaming {
  /** ClusterTrainingRuntimes instead of TrainingRuntimes in the job's namespace */
  readonly clusterRuntimes?: boolean
  /** with `{framework}` and `{hash}`; checked by `runtimeNameFault` */
  readonly runtimeName?: string
}

const usualRuntimeName = 'v1-{framework}-{hash}'
const hashDigits = 10

/** Why a template is no name for runtimes, one clause; undefined for a good one. */
export function runtimeNameFault(template: string): string | undefined {
  if (!template.includes('{hash}')) return 'it must hold {hash}, as the name says what the runtime contains'
  const unknown = /\{(?!framework\}|hash\})[^}]*\}?/.exec(template)?.[0]
  if (unknown !== undefined) return `${unknown} is not known: it takes {framework} and {hash}`
  const name = filled(template, 'framework', 'f'.repeat(hashDigits))
  const part = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
  return name.length <= 253 && name.split('.').every((word) => part.test(word))
    ? undefined
    : 'names of runtimes take a-z, 0-9, - and . only'
}

function filled(template: string, framework: string, hash: string): string {
  return template.replaceAll('{framework}', framework).replaceAll('{hash}', hash)
}

/** The runtime of a target's shape, named by its content, so that jobs of one shape share it. */
export function buildRuntime(job: V1Job, intent: Intent, target: Target, naming: RuntimeNaming): TrainingRuntime {
  const { policy: podGroupPolicy, queue } = intent.gang ?? {}
  const spec = {
    mlPolicy: { numNodes: 1, ...target.policy },
    ...(podGroupPolicy ? { podGroupPolicy } : {}),
    template: { ...(queue === undefined ? {} : queueNote(queue)), spec: target.jobSet },
  }
  const hash = hashJson(spec)
  return {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: naming.clusterRuntimes ? 'ClusterTrainingRuntime' : 'TrainingRuntime',
    metadata: {
      name: filled(naming.runtimeName ?? usualRuntimeName, job.info.framework, hash.slice(0, hashDigits)),
      ...(naming.clusterRuntimes || intent.namespace === undefined ? {} : { namespace: intent.namespace }),
      annotations: {
        [annotations.contentHash]: hash,
        [annotations.description]: `${job.info.kind} as ${job.info.operator ?? 'Training Operator v1'} ran it: ${target.shape}, ${restarts(intent)}`,
      },
    },
    spec,
  }
}

/** Where Trainer looks for Volcano's queue: the JobSet's annotations (v2.3.0, pkg/runtime/framework/plugins/volcano/volcano.go). */
function queueNote(queue: string) {
  return { metadata: { annotations: { [queueAnnotation]: queue } } }
}

function restarts(intent: Intent): string {
  const words = intent.roles.map(({ role, restart }) => {
    if (restart.byExitCode) return `${role} restarts on exit codes 128 and above`
    if (restart.podPolicy === 'Never') return `${role} never restarts`
    return restart.backoffLimit === 2_147_483_647
      ? `${role} restarts on failure without limit`
      : `${role} restarts on failure up to ${restart.backoffLimit} times`
  })
  const alikeWords = new Set(words.map((text) => text.replace(/^\S+ /, '')))
  return alikeWords.size === 1 ? ([...alikeWords][0] ?? '') : words.join(', ')
}

interface TrainJobOptions {
  readonly name?: string
  readonly live: boolean
  readonly toolVersion: string
  readonly dialect: Dialect
}

/** The TrainJob of a target: what is of this job alone, with marks of where it comes from. */
export function buildTrainJob(
  job: V1Job,
  intent: Intent,
  target: Pick<Target, 'trainer' | 'overrides'> & { readonly activeDeadlineSeconds?: number },
  runtime: TrainingRuntime,
  options: TrainJobOptions,
): TrainJob {
  const name = options.name ?? intent.name
  const uid = job.object.metadata.uid
  return {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: {
      ...(name === undefined ? { generateName: intent.generateName } : { name }),
      ...(intent.namespace === undefined ? {} : { namespace: intent.namespace }),
      ...(Object.keys(intent.labels).length > 0 ? { labels: intent.labels } : {}),
      annotations: {
        ...intent.annotations,
        [annotations.source]: `${job.info.kind}/${job.name}`,
        ...(options.live && uid !== undefined ? { [annotations.sourceUid]: uid } : {}),
        [annotations.sourceHash]: hashText(stableJson(job.spec)),
        [annotations.version]: options.toolVersion,
      },
    },
    spec: {
      runtimeRef: { kind: runtime.kind, name: runtime.metadata.name ?? '' },
      ...(target.trainer ? { trainer: target.trainer } : {}),
      ...(target.overrides ? options.dialect.write(target.overrides) : {}),
      ...(target.activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds: target.activeDeadlineSeconds }),
      ...(intent.managedBy === undefined ? {} : { managedBy: intent.managedBy }),
      ...(intent.suspend ? { suspend: true } : {}),
    },
  }
}
