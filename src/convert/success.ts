import type { V1Job } from '../v1/job.ts'
import type { Success } from './intent.ts'

/**
 * Which pods decide that a v1 job succeeded.
 * Source: Training Operator v1.9.4, UpdateJobStatus of each kind's controller.
 */
export function successOf(job: V1Job): Success {
  const has = (name: string) => job.replicas.some((replica) => replica.name === name && replica.count > 0)
  switch (job.info.kind) {
    case 'PyTorchJob':
      if (has('Master')) return { by: 'role', role: 'master' }
      return job.spec['elasticPolicy'] === undefined ? { by: 'all' } : { by: 'any' }
    case 'TFJob':
      if (has('Chief')) return { by: 'role', role: 'chief' }
      if (has('Master')) return { by: 'role', role: 'master' }
      if (!has('Worker')) return { by: 'all' }
      return { by: job.spec['successPolicy'] === 'AllWorkers' ? 'role' : 'first', role: 'worker' }
    case 'XGBoostJob':
      return { by: 'role', role: 'master' }
    case 'PaddleJob':
      return has('Master') ? { by: 'role', role: 'master' } : { by: 'all' }
    case 'JAXJob':
      return { by: 'all' }
    case 'MPIJob':
      return { by: 'role', role: 'launcher' }
  }
}
