import type { Cluster } from '../cluster/cluster.ts'
import { type KubeEvent, newestFirst } from '../kube/event.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { resources } from '../kube/resources.ts'
import { Gaps, settle } from './gaps.ts'
import type { Jobs } from './jobs.ts'
import type { JobRow } from './rows.ts'
import { podLabels } from './snapshot.ts'

/** What a wide table tells of one job beside its row. */
export interface WideFact {
  /** node pools its pods are on */
  pools: readonly string[]
  /** when its first pod of those that are there was started */
  started?: string
  lastEvent?: KubeEvent
}

/** By the job's row. */
export type WideFacts = ReadonlyMap<JobRow, WideFact>

/** Labels of nodes that name their pool: GKE, EKS, Karpenter, AKS (two generations), Cluster API. */
const poolLabels = [
  'cloud.google.com/gke-nodepool',
  'eks.amazonaws.com/nodegroup',
  'karpenter.sh/nodepool',
  'kubernetes.azure.com/agentpool',
  'agentpool',
  'cluster.x-k8s.io/deployment-name',
]

interface Found extends WideFact {
  readonly nodes: Set<string>
}

/**
 * Where the pods of jobs are, since when, and the last event about each job or its JobSet. Pods, nodes and events are read in pages, and
 * no more of them is kept than this; what may not be read is added to the gaps of `jobs`.
 */
export async function readWideFacts(
  cluster: Cluster,
  jobs: Jobs,
  namespace: string | undefined,
): Promise<{ readonly facts: WideFacts; readonly jobs: Jobs }> {
  const gaps = new Gaps()
  for (const gap of jobs.gaps) gaps.add(gap)
  const found = new Map<JobRow, Found>()
  const index = { v1: new Map<string, Found>(), v2: new Map<string, Found>() }
  for (const { v1, v2 } of jobs.pairs) {
    for (const [row, side] of [[v1, index.v1] as const, [v2, index.v2] as const]) {
      if (!row || found.has(row)) continue
      const fact: Found = { nodes: new Set(), pools: [] }
      found.set(row, fact)
      side.set(row.kind === 'TrainJob' ? keyOf(row) : `${row.kind} ${keyOf(row)}`, fact)
      // v1's pods tell their job by its name alone
      if (row.kind !== 'TrainJob') side.set(keyOf(row), fact)
    }
  }
  if (found.size > 0) {
    await settle(
      readPods(cluster, podLabels.v1Job, index.v1, namespace, gaps),
      readPods(cluster, podLabels.jobSet, index.v2, namespace, gaps),
      readEvents(cluster, index, namespace, gaps),
    )
    await readPools(cluster, [...found.values()], gaps)
  }
  return { facts: found, jobs: { ...jobs, gaps: gaps.all } }
}

async function readPods(
  cluster: Cluster,
  label: string,
  jobs: ReadonlyMap<string, Found>,
  namespace: string | undefined,
  gaps: Gaps,
): Promise<void> {
  if (jobs.size === 0) return
  await gaps.optional(resources.pods, namespace, async () => {
    for await (const { items } of cluster.pages<Pod>(resources.pods, { namespace, labelSelector: label })) {
      for (const { metadata, spec, status } of items) {
        const job = jobs.get(`${metadata.namespace}/${metadata.labels?.[label]}`)
        if (!job) continue
        if (spec?.nodeName !== undefined) job.nodes.add(spec.nodeName)
        const started = status?.startTime
        if (started !== undefined && (job.started === undefined || started < job.started)) job.started = started
      }
    }
  })
}

async function readEvents(
  cluster: Cluster,
  { v1, v2 }: Readonly<Record<'v1' | 'v2', ReadonlyMap<string, Found>>>,
  namespace: string | undefined,
  gaps: Gaps,
): Promise<void> {
  await gaps.optional(resources.events, namespace, async () => {
    for await (const { items } of cluster.pages<KubeEvent>(resources.events, { namespace })) {
      for (const event of items) {
        const { kind, namespace: where, name } = event.involvedObject
        const isV2 = kind === 'TrainJob' || kind === 'JobSet'
        const job = isV2 ? v2.get(`${where}/${name}`) : v1.get(`${kind} ${where}/${name}`)
        if (job && (!job.lastEvent || newestFirst(event, job.lastEvent) < 0)) job.lastEvent = event
      }
    }
  })
}

async function readPools(cluster: Cluster, jobs: readonly Found[], gaps: Gaps): Promise<void> {
  if (jobs.every(({ nodes }) => nodes.size === 0)) return
  const pools = new Map<string, string>()
  await gaps.optional(resources.nodes, undefined, async () => {
    for await (const { items } of cluster.pages(resources.nodes, {})) {
      for (const node of items) {
        const pool = poolOf(node)
        if (pool !== undefined) pools.set(node.metadata.name ?? '', pool)
      }
    }
  })
  for (const job of jobs) job.pools = [...new Set([...job.nodes].flatMap((node) => pools.get(node) ?? []))].sort()
}

function poolOf({ metadata }: KubeObject): string | undefined {
  const label = poolLabels.find((name) => metadata.labels?.[name] !== undefined)
  return label === undefined ? undefined : metadata.labels?.[label]
}

function keyOf({ namespace, name }: JobRow): string {
  return `${namespace}/${name}`
}
