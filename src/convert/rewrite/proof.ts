import { exitCode } from '../../exit-code.ts'
import { isRecord } from '../../kube/object.ts'
import { Problem } from '../../problem.ts'
import type { Dialect } from '../../v2/dialects/dialect.ts'
import { jobSetPods } from '../../v2/pods.ts'
import { renderJobSet, UnmodelledError } from '../../v2/render.ts'
import type { TrainingRuntime, TrainJob } from '../../v2/trainjob.ts'
import type { Finding, FindingDetail } from '../finding.ts'
import { neutralOf } from './neutral.ts'

interface Side {
  readonly trainJob: TrainJob
  readonly runtime: TrainingRuntime | undefined
  readonly dialect: Dialect
}

interface Compared {
  readonly pods?: number
  readonly findings: readonly (FindingDetail & { readonly path: string })[]
}

const resourcesPath = 'spec.trainer.resourcesPerNode'

/**
 * Compares what two releases render: the whole JobSet, and with it every pod. What differs for a known reason is a finding. Throws a
 * Problem `not-proved` for anything else.
 */
export function sameJobSet(before: Side, after: Side, findings: readonly Finding[]): Compared {
  const { name = '', generateName = '' } = before.trainJob.metadata
  const { resourcesPerNode } = before.trainJob.spec.trainer ?? {}
  const explained = findings.flatMap(({ explains = [] }) => explains)
  const mayMerge =
    resourcesPerNode !== undefined && before.dialect.replacesResources !== after.dialect.replacesResources
  const lost = findings.find(({ class: kind }) => kind === 'lost')
  const why = before.runtime
    ? lost && `without ${lost.path} they are others`
    : `runtime ${before.trainJob.spec.runtimeRef.name} is not at hand`
  try {
    if (why !== undefined) throw new UnmodelledError(why)
    const [left, right] = [rendered(before), rendered(after)]
    const told = differences(left, right, '').filter(({ path }) => !explained.some((part) => path.includes(part)))
    const other = told.find((difference) => !(mayMerge && isOfResources(difference)))
    if (other !== undefined) throw notProved(before, other.path)
    const pods = jobSetPods(name || generateName, '', right.spec).length
    return { pods, findings: told.length > 0 ? [merged(told)] : [] }
  } catch (error) {
    if (!(error instanceof UnmodelledError)) throw error
    const unproved = {
      path: 'spec.runtimeRef',
      code: 'rewrite-unproved' as const,
      message: `not proved: ${error.message}`,
    }
    return { findings: [unproved, ...(mayMerge ? [merged([])] : [])] }
  }
}

/**
 * What a TrainJob that two releases take as it stands would have for resources with the other one; undefined where that is the same, or
 * where no model tells.
 */
export function otherResources(side: Side, other: Dialect): Required<Compared> | undefined {
  if (!side.runtime || side.trainJob.spec.trainer?.resourcesPerNode === undefined) return undefined
  try {
    const [left, right] = [rendered(side), rendered({ ...side, dialect: other })]
    const told = differences(left, right, '').filter(isOfResources)
    if (told.length === 0) return undefined
    const values = told.map(
      (one) => `${shortPath(one)} ${one.left} with ${side.dialect.release}, ${one.right} with ${other.release}`,
    )
    const message = `another JobSet with Trainer v${other.version}: ${values.join('; ')}`
    const pods = jobSetPods(side.trainJob.metadata.name ?? '', '', left.spec).length
    return { pods, findings: [{ ...merged(told), message }] }
  } catch (error) {
    if (error instanceof UnmodelledError) return undefined
    throw error
  }
}

/** A value that is not the same on both sides. */
interface Difference {
  readonly path: string
  readonly left: string
  readonly right: string
}

function isOfResources({ path }: Difference): boolean {
  return path.includes('.resources')
}

function shortPath({ path }: Difference): string {
  return path.replace(/^.*\.resources\./, '')
}

function merged(told: readonly Difference[]) {
  const what = told.map((one) => `${shortPath(one)} ${one.right} instead of ${one.left}`).join(', ')
  return {
    path: resourcesPath,
    code: 'resources-merged' as const,
    message: what === '' ? 'it may meet other resources of the runtime' : `not the same any more: ${what}`,
    ...(told.length > 0 ? { explains: told.map(({ path }) => path) } : {}),
  }
}

function rendered({ trainJob, runtime, dialect }: Side) {
  if (!runtime) throw new UnmodelledError('its runtime is not at hand')
  const { labels, annotations } = neutralOf(trainJob, dialect).metadata
  const own = runtime.spec.template.metadata ?? {}
  return {
    labels: { ...own.labels, ...labels },
    annotations: { ...own.annotations, ...annotations },
    spec: renderJobSet(trainJob, runtime, dialect),
  }
}

function differences(a: unknown, b: unknown, path: string): Difference[] {
  if (Array.isArray(a) && Array.isArray(b)) {
    return range(Math.max(a.length, b.length)).flatMap((at) =>
      differences(a[at], b[at], `${path}[${labelOf(a[at] ?? b[at], at)}]`),
    )
  }
  if ((isRecord(a) || isRecord(b)) && isRecord(a ?? {}) && isRecord(b ?? {})) {
    const [left, right] = [(a ?? {}) as Record<string, unknown>, (b ?? {}) as Record<string, unknown>]
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])]
    return keys.flatMap((key) => differences(left[key], right[key], path === '' ? key : `${path}.${key}`))
  }
  const text = (value: unknown) => (value === undefined ? 'absent' : String(value))
  return a === b ? [] : [{ path, left: text(a), right: text(b) }]
}

function labelOf(item: unknown, at: number): string {
  return isRecord(item) && typeof item['name'] === 'string' ? item['name'] : String(at)
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

function notProved({ trainJob, dialect }: Side, path: string): Problem {
  return new Problem({
    code: 'not-proved',
    what: `TrainJob ${trainJob.metadata.name ?? ''} is not rewritten: its pods would not be the same as with Trainer ${dialect.release}`,
    why: `the JobSets differ in ${path}`,
    exit: exitCode.no,
  })
}
