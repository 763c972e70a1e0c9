import { isRecord, type ObjectMeta, type OwnerReference } from './object.ts'
import { trackerOf } from './tracker.ts'

/** Managers that a client writes for itself, and what people call it. */
const clients: Readonly<Record<string, string>> = {
  'kubectl-create': 'kubectl',
  'kubectl-client-side-apply': 'kubectl',
  kubectl: 'kubectl',
  // what the Python client of Kubernetes is called, on which the training SDK stands (kubernetes-client/python, configuration.py)
  'OpenAPI-Generator': 'Python SDK',
}

/**
 * Who makes an object, in the words of a table: the application, release, pipeline or schedule that will make the next one as well, else
 * the client that wrote its spec first. Two runs of one of them are one source. `unknown` where the object does not tell.
 */
export function creatorOf(metadata: ObjectMeta): string {
  const tracker = trackerOf(metadata)
  if (tracker) return `${tracker.tool} ${tracker.source}`
  const { labels = {}, annotations = {}, ownerReferences = [] } = metadata
  if (labels['pipeline/runid'] !== undefined || annotations['pipelines.kubeflow.org/run_name'] !== undefined)
    return 'KFP'
  const owner = ownerReferences.find(({ controller }) => controller) ?? ownerReferences[0]
  if (owner) return ownerTitle(owner, labels['katib.kubeflow.org/experiment'])
  const first = firstWriter(metadata)
  return first === undefined ? 'unknown' : (clients[first] ?? first)
}

/** An owner without the part of its name that each run has anew. */
function ownerTitle({ kind, name }: OwnerReference, experiment: string | undefined): string {
  if (kind === 'Trial') return experiment === undefined ? 'Katib' : `Katib experiment ${experiment}`
  const scheduled = /^(.+)-\d{8,}$/.exec(name)?.[1]
  if (scheduled !== undefined) return kind === 'Job' ? `CronJob ${scheduled}` : `${kind} ${scheduled}-*`
  return `${kind} ${name.replace(generated, '-*')}`
}

/** What the API server appends to generateName (k8s.io/apiserver v0.36, pkg/storage/names/generate.go and apimachinery pkg/util/rand). */
const generated = /-[bcdfghjklmnpqrstvwxz2456789]{5}$/

/**
 * What the runs of one series have in common in their names, `nightly-*`: those with a generated name, and those of an owner that
 * numbers what it makes. Undefined for an object that stands alone.
 */
export function seriesOf({ name = '', generateName, ownerReferences = [] }: ObjectMeta): string | undefined {
  if (generateName !== undefined && generateName !== '' && name.startsWith(generateName)) return `${generateName}*`
  if (ownerReferences.length === 0) return undefined
  const stem = name.replace(/-\d{6,}$/, '-*').replace(generated, '-*')
  return stem === name ? undefined : stem
}

/** The manager of the oldest entry that has fields of the spec; those of a sub-resource wrote a status. */
function firstWriter({ managedFields }: ObjectMeta): string | undefined {
  if (!Array.isArray(managedFields)) return undefined
  const writers = managedFields.flatMap((entry: unknown) => {
    if (!isRecord(entry) || !isRecord(entry['fieldsV1']) || entry['subresource']) return []
    const { manager, time } = entry
    return 'f:spec' in entry['fieldsV1'] && typeof manager === 'string' ? [{ manager, time: String(time ?? '') }] : []
  })
  return writers.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))[0]?.manager
}
