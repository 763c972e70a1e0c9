import { type Api, messageOf } from '../test/cluster/api.ts'
import { waitFor } from '../test/cluster/wait-for.ts'
import { benchJob } from './jobs.ts'
import { createNamespace } from './plane.ts'
import { createRunningJob } from './running.ts'
import { createTrainJob } from './train-jobs.ts'

const jobsInNamespace = 500
/** as many as the harness keeps connections */
const atATime = 16

const jobsPath = '/apis/kubeflow.org/v1'

export function benchNamespaces(jobs: number): string[] {
  return Array.from({ length: Math.ceil(jobs / jobsInNamespace) }, (_, at) => namespaceOf(at * jobsInNamespace))
}

function namespaceOf(number: number): string {
  return `kubectl-migrate-bench-${String(Math.floor(number / jobsInNamespace)).padStart(3, '0')}`
}

export interface Population {
  readonly jobs: number
  /** beside the first of them */
  readonly trainJobs: number
  /** running ones of each PyTorchJob; 0: they are suspended */
  readonly podsOfJob: number
}

/**
 * Creates so many PyTorchJobs, suspended or with running pods, and suspended TrainJobs (those that are there already are left), and waits until
 * Training Operator has written the status of each suspended one, so that nothing is written while lists are measured.
 */
export async function populate(
  api: Api,
  { jobs, trainJobs, podsOfJob }: Population,
  say: (line: string) => void,
): Promise<void> {
  const started = performance.now()
  for (const namespace of benchNamespaces(jobs)) await createNamespace(api, namespace)
  await each(jobs, (number) =>
    podsOfJob === 0 ? createJob(api, number) : createRunningJob(api, benchJob(number, namespaceOf(number)), podsOfJob),
  )
  await each(trainJobs, (number) => createTrainJob(api, number, namespaceOf(number)))
  const seconds = Math.round((performance.now() - started) / 1000)
  const pods = podsOfJob === 0 ? '' : ` with ${podsOfJob} pods each`
  say(`  ${jobs} PyTorchJobs${pods} and ${trainJobs} TrainJobs created in ${seconds} s`)
  if (podsOfJob > 0) return
  for (const namespace of benchNamespaces(jobs)) {
    const settled = () => allSuspended(api, namespace)
    await waitFor(`Training Operator has suspended every job of ${namespace}`, settled, 1_200_000)
  }
  say(`  and suspended by Training Operator after ${Math.round((performance.now() - started) / 1000)} s`)
}

/** Numbers from 0, several at a time. */
async function each(count: number, act: (number: number) => Promise<void>): Promise<void> {
  const numbers = Array.from({ length: count }, (_, at) => at).values()
  const worker = async () => {
    for (const number of numbers) await act(number)
  }
  await Promise.all(Array.from({ length: atATime }, worker))
}

async function createJob(api: Api, number: number): Promise<void> {
  const namespace = namespaceOf(number)
  const job = benchJob(number, namespace)
  const runPolicy = { ...(job.spec['runPolicy'] as object | undefined), suspend: true }
  const answer = await api.request('POST', `${jobsPath}/namespaces/${namespace}/pytorchjobs`, {
    ...job,
    spec: { ...job.spec, runPolicy },
  })
  if (answer.status >= 300 && answer.status !== 409) throw new Error(`${job.metadata.name}: ${messageOf(answer)}`)
}

interface StatusList {
  readonly items: readonly { readonly status?: { readonly conditions?: readonly { type: string; status: string }[] } }[]
}

async function allSuspended(api: Api, namespace: string): Promise<boolean> {
  const answer = await api.request('GET', `${jobsPath}/namespaces/${namespace}/pytorchjobs`)
  if (answer.status !== 200) throw new Error(messageOf(answer))
  return (answer.body as StatusList).items.every(({ status }) =>
    status?.conditions?.some(({ type, status }) => type === 'Suspended' && status === 'True'),
  )
}
