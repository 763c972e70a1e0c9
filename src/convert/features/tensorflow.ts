import type { Feature } from '../intent.ts'

/** TFJob's own fields: who decides success is in the intent already; dynamic workers have no counterpart. */
export const tensorflow: Feature = {
  name: 'tensorflow',
  apply({ job, ledger }) {
    if (job.info.kind !== 'TFJob') return
    ledger.carry(['spec', 'successPolicy'])
    const field = ['spec', 'enableDynamicWorker']
    if (job.spec['enableDynamicWorker'] !== true) return ledger.carry(field)
    ledger.note(field, {
      code: 'dynamic-worker',
      message: 'the number of workers is fixed, and a worker that fails fails the job',
      why: 'v1 tolerates failed workers and lets their number change; a Kubernetes Job does neither',
      remedy: 'accept it where the number of workers never changes',
    })
  },
}
