import type { JsonAnswer } from '../cluster/http-json.ts'
import { isRecord } from '../kube/object.ts'

/** Pods of a run and when they ran, in milliseconds since 1970. */
export interface RunTime {
  readonly namespace: string
  readonly pods: readonly string[]
  readonly from: number
  readonly to: number
}

export interface Measured {
  readonly numbers: ReadonlyMap<string, number>
  /** why there is no number, or fewer */
  readonly problems: readonly string[]
}

/** DCGM's exporter (dcgm-exporter 4, etc/default-counters.csv): utilisation in percent, framebuffer in MiB; cAdvisor's memory in bytes. */
const queries: readonly (readonly [metric: string, query: (selector: string, range: string) => string])[] = [
  ['GPU util', (selector, range) => `avg(avg_over_time(DCGM_FI_DEV_GPU_UTIL{${selector}}[${range}]))`],
  ['GPU memory', (selector, range) => `avg(avg_over_time(DCGM_FI_DEV_FB_USED{${selector}}[${range}]))`],
  [
    'memory',
    (selector, range) =>
      `avg(avg_over_time(container_memory_working_set_bytes{${selector},container!=""}[${range}])) / 1048576`,
  ],
]

/**
 * What a Prometheus has measured of the pods of a run, as means over the time they ran. A server that does not answer, or
 * answers nonsense, is a problem that is said, and no number.
 */
export async function readPrometheus(
  server: URL,
  run: RunTime,
  get: (url: URL) => Promise<JsonAnswer>,
): Promise<Measured> {
  const numbers = new Map<string, number>()
  const problems = new Set<string>()
  const range = `${Math.max(60, Math.ceil((run.to - run.from) / 1000))}s`
  for (const [metric, query] of queries) {
    const answer = await get(
      urlOf(
        server,
        either(run, (selector) => query(selector, range)),
        run.to,
      ),
    )
    const value = 'failed' in answer ? answer : numberIn(answer.json)
    if (typeof value === 'number') numbers.set(metric, value)
    else if (value) problems.add(value.failed)
    // a server that is not there is not asked three times
    if ('failed' in answer) break
  }
  return { numbers, problems: [...problems] }
}

/** An exporter's own labels `pod` and `namespace` are renamed when Prometheus adds those of the target (honor_labels: false). */
function either({ namespace, pods }: RunTime, query: (selector: string) => string): string {
  const names = pods.map((pod) => pod.replaceAll('.', '\\\\.')).join('|')
  const of = (prefix: string) => query(`${prefix}namespace="${namespace}",${prefix}pod=~"${names}"`)
  return `${of('')} or ${of('exported_')}`
}

function urlOf(server: URL, query: string, time: number): URL {
  const url = new URL(server)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/query`
  url.search = new URLSearchParams({ query, time: String(Math.floor(time / 1000)) }).toString()
  return url
}

/** The value of an instant vector of one; undefined where there is none (Prometheus HTTP API v1, /api/v1/query). */
function numberIn(json: unknown): number | { readonly failed: string } | undefined {
  const nonsense = { failed: 'its answer is not that of a Prometheus' }
  if (!isRecord(json)) return nonsense
  if (json['status'] === 'error') return { failed: `it says: ${String(json['error']).slice(0, 200)}` }
  const data = json['data']
  if (json['status'] !== 'success' || !isRecord(data) || !Array.isArray(data['result'])) return nonsense
  const [first] = data['result'] as readonly unknown[]
  if (first === undefined) return undefined
  const pair = isRecord(first) ? first['value'] : undefined
  if (!Array.isArray(pair) || typeof pair[1] !== 'string') return nonsense
  const value = Number(pair[1])
  return Number.isFinite(value) ? value : undefined
}
