import { trackerOfMark } from '../../kube/tracker.ts'
import type { Feature } from '../intent.ts'

/** What the API server or kubectl keeps in metadata for itself. */
export const serverFields: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
  'finalizers',
  'ownerReferences',
])

export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** Of this program: what a cutover noted on the held v1 job is not the TrainJob's. */
const ownMark = /^kubectl-migrate\.dev\//

/** Name, namespace, labels and annotations go to the TrainJob; what belongs to the server or to a tracker stays behind. */
export const identity: Feature = {
  name: 'identity',
  apply({ job, intent, ledger, live }) {
    const { metadata } = job.object
    ledger.carry(['apiVersion'])
    ledger.carry(['kind'])
    ledger.carryFields(['metadata'], serverFields)
    for (const field of ['name', 'generateName', 'namespace'] as const) {
      const value = metadata[field]
      ledger.carry(['metadata', field])
      if (typeof value === 'string' && value !== '') intent[field] = value
    }
    for (const kind of ['labels', 'annotations'] as const) {
      for (const [key, value] of Object.entries(metadata[kind] ?? {})) {
        if (key === lastApplied || (live && ownMark.test(key))) {
          ledger.carry(['metadata', kind, key])
        } else if (live && trackerOfMark(key) !== undefined) {
          ledger.note(['metadata', kind, key], {
            code: 'tracker-mark',
            message: `not copied: ${trackerOfMark(key)} would take the TrainJob for an object of its own`,
          })
        } else {
          ledger.carry(['metadata', kind, key])
          intent[kind][key] = value
        }
      }
      ledger.carry(['metadata', kind])
    }
  },
}
