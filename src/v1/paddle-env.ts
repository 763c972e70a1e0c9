import { defaultPort, type V1Job } from './job.ts'
import { literal, type SymbolicEnv } from './symbolic-env.ts'

/**
 * What Training Operator appends to the env of every container of one role's pods of a PaddleJob, in its order: collective mode
 * without a Master, parameter-server mode with one. The first pod of the leading role is told its own address, the others its name.
 * Source: Training Operator v1.9.4, pkg/controller.v1/paddlepaddle/envvar.go.
 */
export function paddleEnv(job: V1Job, role: string): SymbolicEnv[] {
  const master = job.replicas.find(({ name }) => name === 'Master')
  const leader = master ?? job.replicas.find(({ name }) => name === 'Worker')
  const port = `:${leader ? defaultPort(job, leader.name) : 0}`
  const own = leader !== undefined && defaultPort(job, leader.name) !== job.info.port?.number
  const byName: SymbolicEnv = {
    name: 'PADDLE_MASTER',
    parts: [{ host: leader?.role ?? 'worker', index: 0 }, port],
    perJob: own,
  }
  const byAddress: SymbolicEnv[] = [
    { name: 'POD_IP_DUMMY', parts: [{ field: 'status.podIP' }], perJob: false },
    { name: 'PADDLE_MASTER', parts: [`$(POD_IP_DUMMY)${port}`], perJob: own },
  ]
  const leads = role === leader?.role
  const alone = leader?.count === 1
  const first = alone ? byAddress : byAddress.map((variable) => ({ ...variable, pods: 'first' as const }))
  const others: SymbolicEnv[] = alone ? [] : [{ ...byName, pods: 'others' }]
  return [
    literal('PYTHONUNBUFFERED', '1'),
    { name: 'PADDLE_JOB_ID', parts: [{ is: 'job' }], perJob: false },
    literal('PADDLE_NNODES', String(job.total), true),
    ...(leads ? [...first, ...others] : [byName]),
    ...(master ? [literal(role === 'master' ? 'PADDLE_SERVER_NUM' : 'PADDLE_TRAINER_NUM', '1')] : []),
  ]
}
