import type { PathStep } from '../../kube/field-path.ts'
import { isRecord, type KubeObject } from '../../kube/object.ts'
import type { Dialect, TrainerVersion } from './dialect.ts'

/** A field that not every release has. */
export interface FieldRange {
  /** of the schema: `spec.trainer.env[].name` */
  readonly path: string
  readonly since?: TrainerVersion
  /** last release that has it */
  readonly until?: TrainerVersion
}

/** Fields of TrainJobs by release; source: the CRDs of v2.0.1, v2.1.0, v2.2.1 and v2.3.0, manifests/base/crds. */
export const trainJobFields: readonly FieldRange[] = [
  { path: 'spec.podSpecOverrides', until: '2.0' },
  { path: 'spec.podTemplateOverrides', since: '2.1', until: '2.1' },
  { path: 'spec.runtimePatches', since: '2.2' },
  {
    path: 'spec.runtimePatches[].trainingRuntimeSpec.template.spec.replicatedJobs[].template.spec.template.spec.terminationGracePeriodSeconds',
    since: '2.3',
  },
  { path: 'spec.labels', until: '2.1' },
  { path: 'spec.annotations', until: '2.1' },
  { path: 'spec.activeDeadlineSeconds', since: '2.2' },
  { path: 'spec.trainer.env[].valueFrom.fileKeyRef', since: '2.1' },
  { path: 'spec.initializer.dataset.env[].valueFrom.fileKeyRef', since: '2.1' },
  { path: 'spec.initializer.model.env[].valueFrom.fileKeyRef', since: '2.1' },
]

const jobSet = 'spec.template.spec'
const pod = `${jobSet}.replicatedJobs[].template.spec.template.spec`

/** Fields of TrainingRuntimes and ClusterTrainingRuntimes by release; same source. */
export const runtimeFields: readonly FieldRange[] = [
  { path: 'spec.mlPolicy.torch.numProcPerNode', until: '2.1' },
  { path: 'spec.mlPolicy.torch.elasticPolicy', until: '2.1' },
  { path: 'spec.mlPolicy.torch.envInjection', since: '2.3' },
  { path: 'spec.mlPolicy.flux', since: '2.2' },
  { path: 'spec.mlPolicy.jax', since: '2.2' },
  { path: 'spec.mlPolicy.xgboost', since: '2.2' },
  { path: 'spec.podGroupPolicy.volcano', since: '2.1' },
  { path: `${jobSet}.volumeClaimPolicies`, since: '2.2' },
  { path: `${jobSet}.failurePolicy.rules[].onJobFailureMessagePatterns`, since: '2.1' },
  { path: `${jobSet}.replicatedJobs[].groupName`, since: '2.1' },
  { path: `${pod}.hostnameOverride`, since: '2.1' },
  { path: `${pod}.schedulingGroup`, since: '2.2' },
  ...['containers', 'initContainers', 'ephemeralContainers'].flatMap((list): FieldRange[] => [
    { path: `${pod}.${list}[].env[].valueFrom.fileKeyRef`, since: '2.1' },
    { path: `${pod}.${list}[].lifecycle.stopSignal`, since: '2.1' },
    { path: `${pod}.${list}[].restartPolicyRules`, since: '2.1' },
  ]),
  { path: `${pod}.volumes[].projected.sources[].podCertificate`, since: '2.1' },
  { path: `${pod}.volumes[].projected.sources[].podCertificate.userAnnotations`, since: '2.2' },
]

/** Where an object has fields that a release does not: its API server would drop them. */
export function fieldsUnknownTo({ version }: Dialect, object: KubeObject): PathStep[][] {
  const ranges = object.kind === 'TrainJob' ? trainJobFields : runtimeFields
  const outside = ranges.filter(
    ({ since, until }) => (since !== undefined && version < since) || (until !== undefined && version > until),
  )
  return outside.flatMap(({ path }) => occurrences(object, path.split('.')))
}

/** The places of a schema's path in an object. */
function occurrences(value: unknown, [part, ...rest]: readonly string[]): PathStep[][] {
  if (part === undefined) return [[]]
  if (!isRecord(value)) return []
  const key = part.replace('[]', '')
  const member = value[key]
  if (member === undefined || member === null) return []
  if (!part.endsWith('[]')) return occurrences(member, rest).map((steps) => [key, ...steps])
  if (!Array.isArray(member)) return []
  return member.flatMap((item, at) => occurrences(item, rest).map((steps): PathStep[] => [key, at, ...steps]))
}
