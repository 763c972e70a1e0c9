import type { Cluster } from '../cluster/cluster.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { type Leftover, oldPreview, oldRecord, unusedRuntime } from '../migration/leftovers.ts'
import { parseRecord, recordLabels } from '../migration/record.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import { settle } from './gaps.ts'

export interface LeftoverQuery {
  /** absent: all namespaces */
  readonly namespace?: string
  /** those of finalized migrations as well */
  readonly records: boolean
  readonly before: Date
  readonly now: Date
  /** the lock of a process of this machine that has ended */
  readonly isDead: (lease: KubeObject) => boolean
}

/** The records that cannot be read are named and kept. */
export interface Leftovers {
  readonly found: readonly Leftover[]
  readonly unreadable: readonly string[]
}

/** What this program left behind and nobody needs any more, by namespace; throws a ClusterError where it may not look. */
export async function readLeftovers(cluster: Cluster, query: LeftoverQuery): Promise<Leftovers> {
  const { namespace, before, now, records: all } = query
  const [runtimes, trainJobs, leases, records] = await settle(
    cluster.list(resources.trainingRuntimes, { namespace }),
    cluster.list<TrainJob>(resources.trainJobs, { namespace }),
    cluster.list(resources.leases, { namespace }),
    cluster.list(resources.configMaps, { namespace, labelSelector: `${recordLabels.record}=migration` }),
  )
  const read = records.items.map((object) => ({ object, record: parseRecord(object) }))
  const old = ({ since }: Leftover) => Date.parse(since) < before.getTime()
  const found = [
    ...runtimes.items.map((runtime) => unusedRuntime(runtime, trainJobs.items)),
    ...read.map(({ object, record }) => ('unreadable' in record ? undefined : oldRecord(record, object, all))),
  ].filter((leftover) => leftover !== undefined && old(leftover))
  return {
    found: [
      ...found,
      ...leases.items.map((lease) => deadLease(lease, query)),
      ...trainJobs.items.map((job) => oldPreview(job, now)),
    ]
      .filter((leftover) => leftover !== undefined)
      .sort((a, b) => `${a.namespace} ${a.kind} ${a.name}`.localeCompare(`${b.namespace} ${b.kind} ${b.name}`)),
    unreadable: read.flatMap(({ object: { metadata }, record }) =>
      'unreadable' in record ? `ConfigMap ${metadata.namespace}/${metadata.name}: ${record.unreadable}` : [],
    ),
  }
}

/** Milliseconds that clocks of two machines do not differ by: without its lock a live run stops where it is, and a dead one's lock is in nobody's way. */
const longestUnrenewed = 24 * 3_600_000

/** A lock of ours whose holder is dead, or that nobody has renewed for as long as everything else is kept, and for a day at least. */
function deadLease(lease: KubeObject, { isDead, before, now }: LeftoverQuery): Leftover | undefined {
  const { name = '', namespace = '', uid, resourceVersion, annotations = {} } = lease.metadata
  if (!name.startsWith('migration-') || !('kubectl-migrate.dev/holder' in annotations)) return undefined
  const { renewTime: since = '', holderIdentity: holder = 'somebody' } = (lease['spec'] ?? {}) as Record<string, string>
  const at = { kind: 'Lease' as const, namespace, name, uid, resourceVersion, since }
  if (isDead(lease)) return { ...at, why: `the run that held it, ${holder}, has ended` }
  const latest = Math.min(before.getTime(), now.getTime() - longestUnrenewed)
  return Date.parse(since) < latest ? { ...at, why: `${holder} has not renewed it` } : undefined
}

/** Whether a TrainJob refers to the runtime now: asked right before it goes. */
export async function readTrainJobs(cluster: Cluster, namespace: string): Promise<readonly TrainJob[]> {
  return (await cluster.list<TrainJob>(resources.trainJobs, { namespace })).items
}
