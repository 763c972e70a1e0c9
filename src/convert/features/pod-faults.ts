import { podFaults } from '../../v1/pod-faults.ts'
import type { Feature } from '../intent.ts'

/** What the API server refuses of the pods: v1 admits such a job and waits for pods that never come. */
export const podFaultsTold: Feature = {
  name: 'pod-faults',
  apply({ job, ledger }) {
    for (const { path, message } of podFaults(job)) ledger.remark(path, { code: 'pods-refused', message })
  },
}
