import { printable } from './width.ts'

/** What could not be read, as the readers report it. */
export interface UnreadResource {
  readonly resource: string
  readonly namespace?: string
  readonly why: 'forbidden' | 'not served' | 'gone'
  readonly name?: string
}

/** What lacks in an answer for want of a resource that only helps it. */
const helpers: Readonly<Record<string, string>> = {
  'pods/log': 'how far the run is, is not known',
  configmaps: 'whether v2 went on where v1 was is not known',
  'workloads.kueue.x-k8s.io': 'whether Kueue keeps a job from running, or may run a v1 job that is held, is not known',
  nodes: 'node pools are not shown',
  pods: 'READY and states come from the jobs’ own status',
  events: 'a JobSet that could not be made is not told from a new TrainJob',
  'clustertrainingruntimes.trainer.kubeflow.org':
    'how many pods a TrainJob wants, and which v1 jobs one serves, is not known',
  'trainingruntimes.trainer.kubeflow.org': 'how many pods a TrainJob wants, and which v1 jobs one serves, is not known',
  'jobsets.jobset.x-k8s.io': 'how many pods a TrainJob wants is not known',
}

/** One line for each resource that could not be read: which, where, and what the answer lacks for it. */
export function gapLines(gaps: readonly UnreadResource[]): string[] {
  return gapTexts(gaps).map((text) => `note: ${text}`)
}

/** What a guard of a cutover could not look at. */
export function unguardedText({ resource }: UnreadResource): string {
  if (resource === 'pods')
    return 'you may list pods of this namespace only: whether others wait for the room v1 leaves is not known'
  return `you may not list ${resource}: whether they select v2's pods is not known`
}

/** As gapLines, the words alone. */
export function gapTexts(gaps: readonly UnreadResource[]): string[] {
  const byResource = new Map<string, UnreadResource[]>()
  for (const gap of gaps) {
    const same = byResource.get(gap.resource)
    if (same) same.push(gap)
    else byResource.set(gap.resource, [gap])
  }
  return [...byResource].map(([resource, same]) => {
    const lack = helpers[resource] ?? 'these are not shown'
    if (same.some(({ why }) => why === 'not served')) return `this cluster does not serve ${resource}: ${lack}`
    const gone = same.find(({ why }) => why === 'gone')
    if (gone) return printable(`pod ${gone.name} is gone since the pods were read: ${lack}`)
    const scopes = same.map(({ namespace }) => (namespace === undefined ? 'all namespaces' : `namespace ${namespace}`))
    const more = scopes.length > 3 ? ` and ${scopes.length - 3} more` : ''
    return printable(`you may not read ${resource} in ${scopes.slice(0, 3).join(', ')}${more}: ${lack}`)
  })
}

/** A side whose API the cluster does not have, in one line each; none when both are there. */
export function servedLines({ v1, v2 }: { readonly v1: boolean; readonly v2: boolean }): string[] {
  return [
    ...(v1
      ? []
      : [
          'note: this cluster serves no job kind of kubeflow.org/v1 (Training Operator v1): only TrainJobs can be shown',
        ]),
    ...(v2
      ? []
      : ['note: this cluster serves no trainjobs.trainer.kubeflow.org (Trainer v2): only v1 jobs can be shown']),
  ]
}
