import { defaultPort, type V1Job } from './job.ts'
import { literal, type SymbolicEnv } from './symbolic-env.ts'

interface ElasticPolicy {
  minReplicas?: number
  maxReplicas?: number
  rdzvBackend?: string
  rdzvHost?: string
  rdzvPort?: number
  rdzvId?: string
  rdzvConf?: { key: string; value: string }[]
  standalone?: boolean
  nProcPerNode?: number
  maxRestarts?: number
}

const rank = (name: string): SymbolicEnv => ({ name, parts: [{ is: 'rank' }], perJob: false })

/**
 * What Training Operator appends to the env of every container of a PyTorchJob's pods, in its order.
 * Source: Training Operator v1.9.4, pkg/controller.v1/pytorch/{envvar,master,elastic}.go, pkg/apis/kubeflow.org/v1/pytorch_defaults.go.
 */
export function pytorchEnv(job: V1Job): SymbolicEnv[] {
  const env: SymbolicEnv[] = [literal('PYTHONUNBUFFERED', '1')]
  const elastic = job.spec['elasticPolicy'] as ElasticPolicy | undefined
  const written = job.spec['nprocPerNode'] as string | undefined
  const perNode = written ?? (elastic?.nProcPerNode === undefined ? 'auto' : undefined)
  if (job.replicas.some((replica) => replica.name === 'Master')) {
    const port = defaultPort(job, 'Master')
    const own = port !== job.info.port?.number
    const address = [{ host: 'master', index: 0 }]
    env.push(literal('MASTER_PORT', String(port), own), literal('PET_MASTER_PORT', String(port), own))
    env.push({ name: 'MASTER_ADDR', parts: address, perJob: false })
    env.push({ name: 'PET_MASTER_ADDR', parts: address, perJob: false })
    env.push(literal('WORLD_SIZE', String(job.total * wholeNumber(perNode)), true))
    env.push(rank('RANK'), rank('PET_NODE_RANK'))
  }
  if (perNode !== undefined) env.push(literal('PET_NPROC_PER_NODE', perNode, perNode !== 'auto'))
  if (elastic) env.push(...elasticEnv(job, elastic))
  else env.push(literal('PET_NNODES', String(job.total), true))
  return env
}

function elasticEnv(job: V1Job, elastic: ElasticPolicy): SymbolicEnv[] {
  const workers = job.replicas.find((replica) => replica.name === 'Worker')?.count ?? 1
  const smallest = elastic.minReplicas ?? elastic.maxReplicas ?? workers
  const largest = elastic.maxReplicas ?? elastic.minReplicas ?? workers
  const own = elastic.rdzvHost !== undefined || elastic.rdzvPort !== undefined
  const port = `:${elastic.rdzvPort ?? defaultPort(job, 'Worker')}`
  const host = elastic.rdzvHost ?? { host: 'worker', index: 0 }
  const env = [
    { name: 'PET_RDZV_ENDPOINT', parts: [host, port], perJob: own },
    literal('PET_RDZV_BACKEND', elastic.rdzvBackend ?? 'c10d', true),
    literal('PET_NNODES', `${smallest}:${largest}`, true),
  ]
  if (elastic.maxRestarts !== undefined) env.push(literal('PET_MAX_RESTARTS', String(elastic.maxRestarts), true))
  if (elastic.nProcPerNode !== undefined) env.push(literal('PET_NPROC_PER_NODE', String(elastic.nProcPerNode), true))
  if (elastic.rdzvId !== undefined) env.push(literal('PET_RDZV_ID', elastic.rdzvId, true))
  if (elastic.rdzvConf?.length) {
    const settings = elastic.rdzvConf.map(({ key, value }) => `${key}=${value}`).join(',')
    env.push(literal('PET_RDZV_CONF', settings, true))
  }
  if (elastic.standalone) env.push(literal('PET_STANDALONE', '', true))
  return env
}

/** Go's strconv.Atoi: a whole number, else the operator counts one process. */
function wholeNumber(text: string | undefined): number {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : 1
}
