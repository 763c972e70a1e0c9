import { defaultPort, type V1Job } from './job.ts'
import { literal, type Part, type SymbolicEnv } from './symbolic-env.ts'

/**
 * What Training Operator appends to the env of every container of an XGBoostJob's pods, in its order.
 * Source: Training Operator v1.9.4, pkg/controller.v1/xgboost/xgboost.go.
 */
export function xgboostEnv(job: V1Job): SymbolicEnv[] {
  const masterPort = defaultPort(job, 'Master')
  const env: SymbolicEnv[] = [
    literal('MASTER_PORT', String(masterPort), masterPort !== job.info.port?.number),
    { name: 'MASTER_ADDR', parts: [{ host: 'master', index: 0 }], perJob: false },
    literal('WORLD_SIZE', String(job.total), true),
    { name: 'RANK', parts: [{ is: 'rank' }], perJob: false },
    literal('PYTHONUNBUFFERED', '1'),
  ]
  if (job.total > 1) {
    const workerPort = defaultPort(job, 'Worker')
    const workers = Array.from({ length: job.total - 1 }, (_, index): Part => ({ host: 'worker', index }))
    env.push(literal('WORKER_PORT', String(workerPort), workerPort !== job.info.port?.number))
    env.push({
      name: 'WORKER_ADDRS',
      parts: workers.flatMap((host, at) => (at === 0 ? [host] : [',', host])),
      perJob: true,
    })
  }
  return env
}
