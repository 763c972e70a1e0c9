import { isRecord, type KubeObject } from '../kube/object.ts'
import type { Dialect } from './dialects/dialect.ts'
import { dialects } from './dialects/index.ts'

export interface TrainJobFault {
  /** path in the TrainJob */
  readonly path: string
  readonly message: string
}

type Check = (value: unknown) => string | undefined

const text: Check = (value) => (typeof value === 'string' ? undefined : 'is no text')
const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'is neither true nor false')
const count: Check = (value) => (Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : 'is no whole number')
const map: Check = (value) => (isRecord(value) ? undefined : 'is no map')
const maps: Check = (value) => (Array.isArray(value) && value.every(isRecord) ? undefined : 'is no list of maps')
const texts: Check = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') ? undefined : 'is no list of texts'
const named: Check = (value) =>
  maps(value) ??
  ((value as Record<string, unknown>[]).every(({ name }) => typeof name === 'string')
    ? undefined
    : 'has an item without a name')
const any: Check = () => undefined

/** Fields of TrainJob.spec and spec.trainer in all dialects (Trainer v2.0.1 to v2.3.0, pkg/apis/trainer/v1alpha1/trainjob_types.go). */
const trainerFields: Readonly<Record<string, Check>> = {
  image: text,
  command: texts,
  args: texts,
  env: named,
  numNodes: count,
  numProcPerNode: any,
  resourcesPerNode: map,
}

function specFields({ version, field }: Dialect): Readonly<Record<string, Check>> {
  const early: Record<string, Check> = { labels: map, annotations: map }
  const late: Record<string, Check> = { activeDeadlineSeconds: count }
  return {
    runtimeRef: map,
    initializer: map,
    trainer: map,
    suspend: flag,
    managedBy: text,
    [field]: maps,
    ...(version === '2.0' || version === '2.1' ? early : late),
  }
}

/** The dialect a TrainJob is written in, by the field of its overrides; undefined where it has none. */
export function dialectWritten({ spec }: KubeObject): Dialect | undefined {
  return isRecord(spec) ? dialects.findLast(({ field }) => spec[field] !== undefined) : undefined
}

/** What the API server would refuse, or drop in silence, of a TrainJob somebody wrote: its own fields, not those of pods. */
export function trainJobFaults(trainJob: KubeObject, dialect: Dialect): TrainJobFault[] {
  const { spec, metadata } = trainJob
  if (!metadata.name && !metadata.generateName) return [{ path: 'metadata', message: 'has no name' }]
  if (!isRecord(spec)) return [{ path: 'spec', message: 'is no map' }]
  const runtimeRef = spec['runtimeRef']
  const faults = [...checked('spec', spec, specFields(dialect), dialect)]
  if (isRecord(spec['trainer'])) faults.push(...checked('spec.trainer', spec['trainer'], trainerFields, dialect))
  if (runtimeRef === undefined) faults.push({ path: 'spec.runtimeRef', message: 'is missing' })
  else if (isRecord(runtimeRef) && typeof runtimeRef['name'] !== 'string')
    faults.push({ path: 'spec.runtimeRef.name', message: 'is missing' })
  return faults
}

function* checked(
  path: string,
  object: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Check>>,
  dialect: Dialect,
): Generator<TrainJobFault> {
  for (const [field, value] of Object.entries(object)) {
    if (value === null || value === undefined) continue
    const check = Object.hasOwn(fields, field) ? fields[field] : undefined
    const message = check ? check(value) : `is no field of a TrainJob of Trainer ${dialect.version}`
    if (message !== undefined) yield { path: `${path}.${field}`, message }
  }
}

/** An object that says it is a TrainJob. */
export function isTrainJob({ apiVersion, kind }: KubeObject): boolean {
  return kind === 'TrainJob' && apiVersion.startsWith('trainer.kubeflow.org/')
}
