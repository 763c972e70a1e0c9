import type { Cluster } from '../cluster/cluster.ts'
import type { Run } from '../compare/runs/run.ts'
import type { Env } from '../env.ts'
import { gpusOfContainers } from '../kube/gpus.ts'
import { hasLabel } from '../kube/label-selector.ts'
import type { Pod } from '../kube/pod.ts'
import type { Side } from '../logs/line.ts'
import { gapTexts } from '../present/gaps.ts'
import { Gaps } from '../read/gaps.ts'
import { readPrometheus } from '../read/prometheus.ts'
import { podLabels } from '../read/snapshot.ts'
import { readUsage } from '../read/usage.ts'

interface Measuring {
  readonly env: Env
  readonly prometheus: URL | undefined
  /** what to say beside the comparison is added to these */
  readonly notes: string[]
  readonly cluster: Cluster
  readonly namespace: string
  /** what to call the run */
  readonly name: string
  readonly pods: readonly Pod[]
  readonly side: Side
  readonly jobName: string
}

/**
 * Utilisation of a run's pods: of Prometheus where one was given, over the whole run; else what metrics.k8s.io says of now.
 * That of GPUs, which pods asked for and nobody measured, is missing with its reason.
 */
export async function measured(run: Measuring): Promise<Required<Pick<Run, 'numbers' | 'unmeasured'>>> {
  const { pods, prometheus } = run
  if (pods.length === 0) return { numbers: new Map(), unmeasured: new Map() }
  const { numbers, why } = prometheus ? await ofPrometheus(run, prometheus) : await ofNow(run)
  const missing = !numbers.has(gpuUse) && pods.some(({ spec }) => gpusOfContainers(spec.containers) > 0)
  return { numbers, unmeasured: new Map(missing ? [[gpuUse, why]] : []) }
}

const gpuUse = 'GPU util'

/** `why`: what to say where utilisation of GPUs is not among the numbers. */
interface Found {
  readonly numbers: ReadonlyMap<string, number>
  readonly why: string
}

async function ofPrometheus({ env, notes, namespace, name, pods }: Measuring, prometheus: URL): Promise<Found> {
  const run = { namespace, pods: namesOf(pods), ...timeOf(pods, env.now()) }
  const { numbers, problems } = await readPrometheus(prometheus, run, (url) => env.getJson(url, env.signal))
  notes.push(...problems.map((problem) => `Prometheus ${prometheus.origin}, asked for ${name}: ${problem}`))
  const [problem] = problems
  return { numbers, why: problem ? `Prometheus: ${problem}` : 'Prometheus has no DCGM_FI_DEV_GPU_UTIL of its pods' }
}

async function ofNow({ notes, cluster, namespace, pods, side, jobName }: Measuring): Promise<Found> {
  const gaps = new Gaps()
  const selector = hasLabel(side === 'v1' ? podLabels.v1Job : podLabels.jobSet, jobName)
  const numbers = await readUsage(cluster, namespace, selector, new Set(namesOf(pods)), gaps)
  for (const line of gapTexts(gaps.all)) if (!notes.includes(line)) notes.push(line)
  return { numbers, why: 'no Prometheus was asked: --prometheus URL' }
}

function namesOf(pods: readonly Pod[]): string[] {
  return pods.map(({ metadata }) => metadata.name ?? '')
}

function timeOf(pods: readonly Pod[], now: Date): { from: number; to: number } {
  const started = pods.flatMap(({ status }) => (status?.startTime ? [Date.parse(status.startTime)] : []))
  const ended = pods.flatMap(({ status }) =>
    (status?.containerStatuses ?? []).map(({ state }) =>
      state?.terminated?.finishedAt ? Date.parse(state.terminated.finishedAt) : now.getTime(),
    ),
  )
  const to = ended.length > 0 ? Math.max(...ended) : now.getTime()
  return { from: started.length > 0 ? Math.min(...started) : to, to }
}
