import { v1Labels } from '../../v1/labels.ts'
import type { Feature } from '../intent.ts'
import { templatePath } from '../intent.ts'

/** Keys that Training Operator sets itself; others of its prefix are a user's own. */
const overwritten: readonly string[] = Object.values(v1Labels)

/** Labels and annotations of pod templates; v1 overwrites its own labels and ignores names. */
export const podMetadata: Feature = {
  name: 'pod-metadata',
  apply({ job, intent, ledger }) {
    for (const [at, replica] of job.replicas.entries()) {
      const path = templatePath(job, replica.key)
      const role = intent.roles[at]
      for (const field of ['apiVersion', 'kind'] as const) {
        if (!(field in replica.template)) continue
        ledger.note([...path, field], {
          code: 'pruned-field',
          message: 'not carried: it is no field of a pod template, and the API server drops it',
        })
      }
      const metadata = replica.template.metadata ?? {}
      const labels = { ...metadata.labels }
      for (const key of Object.keys(labels)) {
        if (!overwritten.includes(key)) continue
        delete labels[key]
        ledger.note([...path, 'metadata', 'labels', key], {
          code: 'operator-label',
          message: 'not carried: Training Operator overwrites it on its pods',
        })
      }
      for (const field of ['name', 'namespace', 'creationTimestamp', 'labels', 'annotations', 'finalizers'] as const) {
        ledger.carry([...path, 'metadata', field])
      }
      if (Object.keys(metadata).length === 0) ledger.carry([...path, 'metadata'])
      if (role) {
        role.template.metadata = {
          ...(Object.keys(labels).length > 0 ? { labels } : {}),
          ...(Object.keys(metadata.annotations ?? {}).length > 0 ? { annotations: metadata.annotations } : {}),
          ...(metadata.finalizers?.length ? { finalizers: metadata.finalizers } : {}),
        }
      }
    }
  },
}
