import type { Pod } from '../../src/kube/pod.ts'
import { v1Labels } from '../../src/v1/labels.ts'
import { v2Labels } from '../../src/v2/pods.ts'

/** `v1`, `bert`, `bert-v2`: the v1 job, or the TrainJob of that name. */
type Side = string

/** Looks at every change of every pod: who runs beside whom, and what runs although the training has finished. */
export class PodWatch {
  readonly faults: string[] = []
  readonly #pods = new Map<string, Pod>()
  readonly #ran = new Set<string>()
  readonly #together: boolean
  /** the side whose training has ended by itself */
  finished: string | undefined

  constructor(together: boolean) {
    this.#together = together
  }

  see(type: string, pod: Pod): void {
    const { uid = '', name = '' } = pod.metadata
    if (type === 'DELETED') this.#pods.delete(uid)
    else this.#pods.set(uid, pod)
    if (type === 'DELETED' || pod.status?.phase !== 'Running') return
    if (!this.#ran.has(uid) && this.finished !== undefined) {
      this.faults.push(`${name} runs, although ${this.finished} has finished`)
    }
    this.#ran.add(uid)
    const sides = this.sides()
    if (sides.length > 1 && !this.#mayRun(sides)) this.faults.push(`${sides.join(' and ')} run at once`)
  }

  /** What decides the job has ended well: from now on nothing may begin. */
  finish(what: string): void {
    this.finished ??= what
  }

  /** Sides that have pods which run. */
  sides(): Side[] {
    const running = [...this.#pods.values()].filter(({ status }) => status?.phase === 'Running')
    return [...new Set(running.map(sideOf))].sort()
  }

  count(side: Side): number {
    return [...this.#pods.values()].filter((pod) => pod.status?.phase === 'Running' && sideOf(pod) === side).length
  }

  /** A twin beside v1 was asked for; v1 beside v2 only with --overlap; a twin beside v2 never. */
  #mayRun(sides: readonly Side[]): boolean {
    if (sides.length > 2) return false
    if (!sides.includes('v1')) return false
    return this.#together || sides.includes('bert-v2')
  }
}

function sideOf({ metadata }: Pod): Side {
  if (metadata.labels?.[v1Labels.jobName] !== undefined) return 'v1'
  return metadata.labels?.[v2Labels.jobSetName] ?? '?'
}
