import { defaultPort, type V1Job } from './job.ts'
import { literal, type SymbolicEnv } from './symbolic-env.ts'

/**
 * What Training Operator appends to the env of every container of a JAXJob's pods, in its order.
 * Source: Training Operator v1.9.4, pkg/controller.v1/jax/envvar.go.
 */
export function jaxEnv(job: V1Job): SymbolicEnv[] {
  const port = defaultPort(job, 'Worker')
  return [
    literal('PYTHONUNBUFFERED', '1'),
    literal('COORDINATOR_PORT', String(port), port !== job.info.port?.number),
    { name: 'COORDINATOR_ADDRESS', parts: [{ host: 'worker', index: 0 }], perJob: false },
    literal('NUM_PROCESSES', String(job.total), true),
    { name: 'PROCESS_ID', parts: [{ is: 'rank' }], perJob: false },
  ]
}
