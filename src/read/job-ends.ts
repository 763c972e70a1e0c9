import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { isFinished, type StateWord } from '../kube/job-state.ts'
import type { KubeObject } from '../kube/object.ts'
import { type Resource, resources } from '../kube/resources.ts'
import { v1State } from '../v1/state.ts'
import { trainJobState } from '../v2/state.ts'
import type { TrainJob } from '../v2/trainjob.ts'
import { type Snapshot, trainJobNames } from './snapshot.ts'

/** The two jobs of a pair while they are watched. */
export class JobEnds {
  readonly #words = new Map<string, StateWord>()
  readonly #cluster: Cluster
  readonly #snapshot: Snapshot

  constructor(cluster: Cluster, snapshot: Snapshot) {
    this.#cluster = cluster
    this.#snapshot = snapshot
    if (snapshot.v1) this.#note(snapshot.v1)
    if (snapshot.trainJob) this.#note(snapshot.trainJob)
  }

  /**
   * Whether no pod will be made any more: every job there is has finished or is suspended beside one that has, or there is none left.
   * Two jobs that are both suspended may be in the middle of a move.
   */
  get ended(): boolean {
    const words = [...this.#words.values()]
    return (
      words.every((word) => isFinished(word) || word === 'Suspended') && (words.length === 0 || words.some(isFinished))
    )
  }

  /** Watches until the signal aborts; calls back after each change. What may not be watched is taken to stay as it was read. */
  async watch(signal: AbortSignal, changed: () => void): Promise<void> {
    const { kind, name } = this.#snapshot
    await Promise.all([
      ...(kind ? [this.#follow(kind.resource, name, signal, changed)] : []),
      ...trainJobNames(this.#snapshot).map((v2Name) => this.#follow(resources.trainJobs, v2Name, signal, changed)),
    ])
  }

  async #follow(resource: Resource, name: string, signal: AbortSignal, changed: () => void): Promise<void> {
    const { namespace } = this.#snapshot
    const fieldSelector = `metadata.name=${name}`
    try {
      for await (const event of this.#cluster.watch(resource, { namespace, fieldSelector, signal })) {
        if (event.type === 'RESYNC') {
          this.#words.delete(`${resource.kind}/${name}`)
          // items of a list may lack their kind in servers that are not Kubernetes' own
          for (const object of event.items) this.#note({ ...object, kind: resource.kind })
        } else if (event.type === 'DELETED') this.#words.delete(`${resource.kind}/${name}`)
        else this.#note(event.object)
        changed()
      }
    } catch (error) {
      if (!failedWith(error, 'forbidden', 'apiAbsent')) throw error
    }
  }

  #note(object: KubeObject): void {
    const state = object.kind === 'TrainJob' ? trainJobState(object as TrainJob) : v1State(object)
    this.#words.set(`${object.kind}/${object.metadata.name}`, state.word)
  }
}
