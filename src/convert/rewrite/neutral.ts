import type { PathStep } from '../../kube/field-path.ts'
import { isRecord } from '../../kube/object.ts'
import type { Dialect } from '../../v2/dialects/dialect.ts'
import type { TrainJob } from '../../v2/trainjob.ts'

type Path = readonly PathStep[]
type Fields = Record<string, unknown>

/** One override of one replicated job, with the places its parts are written at. */
export interface PlacedOverride {
  readonly job: string
  readonly metadata?: Fields
  readonly metadataAt: Path
  readonly spec: Fields
  readonly specAt: Path
  /** where it changes the Job and not its pods, which releases before v2.2 cannot */
  readonly jobAt?: Path
}

/** What a TrainJob changes in its runtime, in no release's terms. */
export interface Neutral {
  readonly overrides: readonly PlacedOverride[]
  /** onto the JobSet */
  readonly metadata: { readonly labels: Fields; readonly annotations: Fields }
  /** overrides that name no job: applied to none */
  readonly idle: readonly Path[]
  /** fields the changes stand in */
  readonly fields: readonly string[]
  /** who wrote the patches, since v2.2 */
  readonly managers: readonly string[]
}

/** Reads the overrides of a TrainJob, in the order they apply, as a release understands them. */
export function neutralOf(trainJob: TrainJob, { field }: Dialect): Neutral {
  const { spec } = trainJob
  const entries = listOf(spec[field])
  const read = entries.map((entry, at) => readers[field](entry, ['spec', field, at]))
  const patched = entries.map((entry) => recordOf(member(entry, ['trainingRuntimeSpec', 'template', 'metadata'])))
  const merged = (kind: 'labels' | 'annotations') =>
    Object.assign({}, recordOf(spec[kind]), ...patched.map((metadata) => recordOf(metadata[kind]))) as Fields
  return {
    overrides: read.flat(),
    metadata: { labels: merged('labels'), annotations: merged('annotations') },
    idle:
      field === 'runtimePatches'
        ? []
        : entries.flatMap(({ targetJobs }, at) => (listOf(targetJobs).length === 0 ? [['spec', field, at]] : [])),
    fields: [field, 'labels', 'annotations'].filter((name) => spec[name] !== undefined),
    managers: entries.flatMap(({ manager }) => (typeof manager === 'string' ? [manager] : [])),
  }
}

const readers: Readonly<Record<Dialect['field'], (entry: Fields, at: Path) => PlacedOverride[]>> = {
  podSpecOverrides: ({ targetJobs, ...spec }, at) =>
    listOf(targetJobs).map(({ name }) => ({ job: String(name), metadataAt: at, spec, specAt: at })),
  podTemplateOverrides: ({ targetJobs, metadata, spec }, at) =>
    listOf(targetJobs).map(({ name }) => ({
      job: String(name),
      ...(isRecord(metadata) ? { metadata } : {}),
      metadataAt: [...at, 'metadata'],
      spec: recordOf(spec),
      specAt: [...at, 'spec'],
    })),
  runtimePatches: (entry, at) => {
    const steps = ['trainingRuntimeSpec', 'template', 'spec', 'replicatedJobs']
    return listOf(member(entry, steps)).map(({ name, template }, index) => {
      const jobAt = [...at, ...steps, index, 'template']
      const podAt = [...jobAt, 'spec', 'template']
      const metadata = member(template, ['spec', 'template', 'metadata'])
      return {
        job: String(name),
        ...(isRecord(metadata) ? { metadata } : {}),
        metadataAt: [...podAt, 'metadata'],
        spec: recordOf(member(template, ['spec', 'template', 'spec'])),
        specAt: [...podAt, 'spec'],
        ...(member(template, ['metadata']) === undefined ? {} : { jobAt: [...jobAt, 'metadata'] }),
      }
    })
  },
}

function member(value: unknown, steps: readonly string[]): unknown {
  return steps.reduce((inner, step) => (isRecord(inner) ? inner[step] : undefined), value)
}

function recordOf(value: unknown): Fields {
  return isRecord(value) ? value : {}
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
