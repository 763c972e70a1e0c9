import { isRecord, type ObjectMeta } from './object.ts'
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
 * Who makes an object, in the words of a table: the application, release or owner that will make the next one as well, else the client
 * that wrote its spec first. `unknown` where the object does not tell.
 */
export function creatorOf(metadata: ObjectMeta): string {
  const tracker = trackerOf(metadata)
  if (tracker) return `${tracker.tool} ${tracker.source}`
  const { labels = {}, annotations = {}, ownerReferences = [] } = metadata
  const run = labels['pipeline/runid'] ?? annotations['pipelines.kubeflow.org/run_name']
  if (run !== undefined) return `KFP run ${run}`
  const owner = ownerReferences.find(({ controller }) => controller) ?? ownerReferences[0]
  if (owner) return owner.kind === 'Trial' ? `Katib trial ${owner.name}` : `${owner.kind} ${owner.name}`
  const first = firstWriter(metadata)
  return first === undefined ? 'unknown' : (clients[first] ?? first)
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
