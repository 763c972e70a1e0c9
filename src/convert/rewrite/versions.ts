import { exitCode } from '../../exit-code.ts'
import { formatFieldPath } from '../../kube/field-path.ts'
import { isRecord, type KubeObject } from '../../kube/object.ts'
import { Problem } from '../../problem.ts'
import type { Dialect } from '../../v2/dialects/dialect.ts'
import { fieldsUnknownTo } from '../../v2/dialects/fields.ts'
import { dialects } from '../../v2/dialects/index.ts'
import type { TrainingRuntime, TrainJob } from '../../v2/trainjob.ts'

export type TrainerObject = TrainJob | TrainingRuntime

/** Whether an object is one of Trainer's own that depend on its release, in the form that every release wants. */
export function isTrainerObject(object: KubeObject): object is TrainerObject {
  const { apiVersion, kind, spec } = object
  if (apiVersion !== 'trainer.kubeflow.org/v1alpha1' || !isRecord(spec)) return false
  if (kind === 'TrainJob') return isJobSpec(spec)
  if (kind !== 'TrainingRuntime' && kind !== 'ClusterTrainingRuntime') return false
  const jobSet = isRecord(spec['template']) ? spec['template']['spec'] : undefined
  return isRecord(jobSet) && Array.isArray(jobSet['replicatedJobs'])
}

function isJobSpec(spec: Record<string, unknown>): boolean {
  const { trainer = {} } = spec
  if (!isRecord(spec['runtimeRef']) || !isRecord(trainer)) return false
  const lists = [
    ...dialects.map(({ field }) => spec[field]),
    ...['command', 'args', 'env'].map((field) => trainer[field]),
  ]
  return lists.every((list) => list === undefined || Array.isArray(list))
}

/** Whether a release knows every field of an object, and takes its values. */
export function fits(object: TrainerObject, dialect: Dialect): boolean {
  return fieldsUnknownTo(dialect, object).length === 0 && (object.kind !== 'TrainJob' || takesValues(object, dialect))
}

/** Words for numProcPerNode went with v2.2; what its lists and texts may hold came with it. */
function takesValues({ spec }: TrainJob, dialect: Dialect): boolean {
  const isWord = typeof spec.trainer?.numProcPerNode === 'string'
  return !(isWord && dialect.version >= '2.2') && tooMuch(spec.trainer, dialect) === undefined
}

/** The first field of spec.trainer that holds more than a release takes, and what it may hold. */
export function tooMuch(
  trainer: TrainJob['spec']['trainer'],
  { trainerItems, trainerText, imageText }: Dialect,
): { readonly path: string; readonly most: string } | undefined {
  const { image = '', command = [], args = [], env = [] } = trainer ?? {}
  const tooLong = { command, args, env }
  for (const [field, items] of Object.entries(tooLong)) {
    if (items.length > trainerItems) return { path: `spec.trainer.${field}`, most: `${trainerItems} items` }
  }
  for (const [field, items] of Object.entries({ command, args })) {
    const at = items.findIndex((item) => [...String(item)].length > trainerText)
    if (at >= 0) return { path: `spec.trainer.${field}[${at}]`, most: `${trainerText} characters` }
  }
  return image.length > imageText ? { path: 'spec.trainer.image', most: `${imageText} characters` } : undefined
}

/**
 * The release that objects are written for, the nearest to the one wanted. Throws a Problem `mixed-dialects` for fields that no
 * release takes together.
 */
export function writtenFor(objects: readonly TrainerObject[], wanted: Dialect): Dialect {
  const candidates = dialects.filter((dialect) => objects.every((object) => fits(object, dialect)))
  const near = candidates.includes(wanted)
    ? wanted
    : (candidates.findLast(({ version }) => version < wanted.version) ?? candidates[0])
  if (near) return near
  const fields = dialects.map((dialect) => {
    const [first] = objects.flatMap((object) => fieldsUnknownTo(dialect, object).map(formatFieldPath))
    return `${dialect.release} has no ${first ?? 'such value of spec.trainer'}`
  })
  const [object] = objects
  throw new Problem({
    code: 'mixed-dialects',
    what: `${object?.kind} ${object?.metadata.name ?? ''} mixes fields of different releases of Trainer`,
    why: fields.join('\n'),
    next: ['keep the fields of one release: an API server drops those of others without a word'],
    exit: exitCode.usage,
  })
}
