import { isRecord, type KubeObject } from '../kube/object.ts'
import { type ParsedJob, parseV1Job } from '../v1/job.ts'

/** by spec, which stays the same object as long as nobody writes it */
const known = new WeakMap<object, { readonly of: KubeObject; readonly parsed: ParsedJob }>()

/** A stored v1 job as its operator sees it; read once for all versions that differ in their status only. */
export function parsedJob(object: KubeObject): ParsedJob {
  const { spec } = object
  if (!isRecord(spec)) return parseV1Job(object)
  const found = known.get(spec)
  if (found && isReadAlike(found.of, object)) {
    return 'job' in found.parsed ? { job: { ...found.parsed.job, object } } : found.parsed
  }
  const parsed = parseV1Job(object)
  known.set(spec, { of: object, parsed })
  return parsed
}

function isReadAlike(one: KubeObject, other: KubeObject): boolean {
  return (
    one.apiVersion === other.apiVersion &&
    one.kind === other.kind &&
    (['name', 'generateName', 'namespace', 'labels', 'annotations'] as const).every(
      (key) => one.metadata[key] === other.metadata[key],
    )
  )
}
