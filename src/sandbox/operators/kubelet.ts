import type { KubeObject } from '../../kube/object.ts'
import type { Pod, PodStatus } from '../../kube/pod.ts'
import { hasEnded } from '../../kube/pod-state.ts'
import { gated } from '../first-status.ts'
import { endsAfter, exitCodeOf, type Session, stepAt, trainingOf } from '../training.ts'
import { bound, ended, restarting, running, unschedulable, waiting } from './pod-status.ts'
import { change, kinds, setStatus, tell, type Workshop } from './workshop.ts'

/** Seconds of what a node does, before the sandbox's speed; the back-off doubles at each restart up to the longest. */
const seconds = { start: 1, stop: 1, backOff: 10, longestBackOff: 300 } as const

const gpu = 'nvidia.com/gpu'

export interface KubeletMemory {
  readonly sessions: readonly (readonly [uid: string, session: Session])[]
  readonly saved: readonly (readonly [claim: string, step: number])[]
}

/**
 * Scheduler and kubelets: pods get a node with room for their GPUs, start, train, end and go. Checkpoints are kept by the claim they
 * are on, so that whoever mounts it next goes on from there.
 */
export class Kubelet {
  readonly #workshop: Workshop
  readonly #speed: number
  readonly #sessions = new Map<string, Session>()
  /** last step that was saved, by `namespace/claim` */
  readonly #saved = new Map<string, number>()
  readonly #waits = new Map<string, () => void>()
  /** pods without a node, by uid */
  readonly #unplaced = new Map<string, Pod>()
  /** GPUs of pods on nodes that have not ended, by uid */
  readonly #holds = new Map<string, { readonly node: string; readonly gpus: number }>()

  constructor(workshop: Workshop, speed: number) {
    this.#workshop = workshop
    this.#speed = speed
  }

  /** What a kubelet knows that is written nowhere: runs by pod, and checkpoints by claim. */
  get memory(): KubeletMemory {
    return { sessions: [...this.#sessions], saved: [...this.#saved] }
  }

  /** Goes on with the runs of another kubelet's memory, on the pods that are there. */
  remember({ sessions, saved }: KubeletMemory, pods: readonly KubeObject[]): void {
    for (const [uid, session] of sessions) this.#sessions.set(uid, session)
    for (const [claim, step] of saved) this.#saved.set(claim, step)
    for (const pod of pods as readonly Pod[]) {
      const node = pod.spec['nodeName']
      if (typeof node !== 'string' || hasEnded(pod)) continue
      this.#holds.set(pod.metadata.uid ?? '', { node, gpus: gpusOf(pod) })
    }
  }

  /** Looks at a pod after it was made or changed. */
  reconcile(object: KubeObject): void {
    const pod = object as Pod
    const { phase, containerStatuses } = pod.status ?? {}
    if (pod.metadata.deletionTimestamp !== undefined) this.#stop(pod)
    else if (hasEnded(pod)) this.#holds.delete(pod.metadata.uid ?? '')
    else if (pod.spec['nodeName'] === undefined) this.#schedule(pod)
    else if (phase !== 'Running') this.#wait(pod, seconds.start, () => this.#start(pod))
    else if (containerStatuses?.[0]?.state?.waiting) this.#wait(pod, backOffOf(pod), () => this.#start(pod))
    else this.#run(pod)
  }

  /** A pod that trains ends when its training does. */
  #run(pod: Pod): void {
    const session = this.#sessions.get(pod.metadata.uid ?? '') ?? this.#begin(pod)
    const left = session.startedAt + endsAfter(trainingOf(pod), session, this.#speed) - this.#now().getTime()
    if (Number.isFinite(left)) this.#after(pod, Math.max(left, 0) / 1000, () => this.#end(pod))
  }

  /** Pods that found no room look again when something has changed. */
  retry(): void {
    for (const pod of [...this.#unplaced.values()]) this.#schedule(pod)
  }

  /** A pod that is gone needs nothing any more. */
  forget({ metadata: { uid = '' } }: KubeObject): void {
    this.#waits.get(uid)?.()
    for (const map of [this.#waits, this.#sessions, this.#unplaced, this.#holds]) map.delete(uid)
  }

  session({ metadata }: KubeObject): Session | undefined {
    return this.#sessions.get(metadata.uid ?? '')
  }

  #schedule(pod: Pod): void {
    const { uid = '', namespace, name = '' } = pod.metadata
    const current = this.#workshop.store.find(kinds.pods, namespace, name)
    if (current?.metadata.uid !== uid || current.metadata.deletionTimestamp !== undefined) {
      this.#unplaced.delete(uid)
      return
    }
    this.#unplaced.set(uid, current as Pod)
    const place = this.#placeFor(pod)
    if ('why' in place) this.#unscheduled(pod, place.why, place.reason)
    else this.#bind(pod, place.node)
  }

  #bind(pod: Pod, nodeName: string): void {
    const bind = (before: KubeObject): KubeObject => ({ ...before, spec: { ...(before['spec'] as object), nodeName } })
    change(this.#workshop, kinds.pods, pod, bind, 'kube-scheduler', true)
    const { uid = '' } = pod.metadata
    this.#unplaced.delete(uid)
    this.#holds.set(uid, { node: nodeName, gpus: gpusOf(pod) })
    this.#status(pod, () => bound(this.#now()))
    const message = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${nodeName}`
    tell(this.#workshop, pod, { type: 'Normal', reason: 'Scheduled', message, source: 'default-scheduler' })
  }

  /** The first node with room, or why there is none in the scheduler's words. */
  #placeFor(pod: Pod): { readonly node: string } | { readonly why: string; readonly reason?: string } {
    const gates = pod.spec['schedulingGates'] as readonly unknown[] | undefined
    if (gates && gates.length > 0) {
      return { why: gated.message, reason: gated.reason }
    }
    const missing = claimsOf(pod).find((name) => !this.#workshop.store.find(kinds.claims, pod.metadata.namespace, name))
    if (missing !== undefined) return { why: `persistentvolumeclaim "${missing}" not found` }
    const nodes = this.#workshop.store.list(kinds.nodes)
    const selector = (pod.spec['nodeSelector'] ?? {}) as Record<string, string>
    const fitting = nodes.filter(({ metadata }) =>
      Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value),
    )
    const wanted = gpusOf(pod)
    const room = wanted === 0 ? fitting[0] : fitting.find((node) => this.#free(node) >= wanted)
    if (room) return { node: room.metadata.name ?? '' }
    const others = nodes.length - fitting.length
    const reasons = [
      ...(fitting.length > 0 ? [`${fitting.length} Insufficient ${gpu}`] : []),
      ...(others > 0 ? [`${others} node(s) didn't match Pod's node affinity/selector`] : []),
    ]
    return { why: `0/${nodes.length} nodes are available: ${reasons.join(', ')}.` }
  }

  #unscheduled(pod: Pod, message: string, reason = 'Unschedulable'): void {
    const known = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
    if (known?.message === message) return
    this.#status(pod, () => unschedulable(message, this.#now(), reason))
    if (reason !== 'Unschedulable') return
    tell(this.#workshop, pod, { type: 'Warning', reason: 'FailedScheduling', message, source: 'default-scheduler' })
  }

  #free(node: KubeObject): number {
    const { allocatable } = node['status'] as { allocatable?: Record<string, string> }
    const here = [...this.#holds.values()].filter((hold) => hold.node === node.metadata.name)
    const used = here.reduce((sum, { gpus }) => sum + gpus, 0)
    return Number(allocatable?.[gpu] ?? 0) - used
  }

  #start(pod: Pod): void {
    const now = this.#now()
    const bad = pod.spec.containers.find(({ image = '' }) => /(:|\/)missing\b/.test(image))
    if (bad) {
      const message = `Back-off pulling image "${bad.image}": ErrImagePull: ${bad.image}: not found`
      if (pod.status?.containerStatuses?.[0]?.state?.waiting?.message === message) return
      this.#status(pod, (before) => waiting(before, 'ImagePullBackOff', message, now))
      tell(this.#workshop, pod, { type: 'Warning', reason: 'Failed', message, source: 'kubelet' })
      return
    }
    this.#begin(pod)
    this.#status(pod, (before) => running(before, now))
    tell(this.#workshop, pod, { type: 'Normal', reason: 'Started', message: 'Started container', source: 'kubelet' })
  }

  /** A run begins behind the last checkpoint its claims keep. */
  #begin(pod: Pod): Session {
    const keys = claimKeys(pod)
    const firstStep = Math.max(0, ...keys.map((key) => this.#saved.get(key) ?? 0))
    const session = { startedAt: this.#now().getTime(), firstStep }
    this.#sessions.set(pod.metadata.uid ?? '', session)
    return session
  }

  #end(pod: Pod): void {
    const session = this.#sessions.get(pod.metadata.uid ?? '')
    const current = this.#workshop.store.find(kinds.pods, pod.metadata.namespace, pod.metadata.name ?? '') as
      | Pod
      | undefined
    if (!session || !current || current.metadata.uid !== pod.metadata.uid) return
    if (current.metadata.deletionTimestamp !== undefined) return
    this.#keep(current)
    const code = exitCodeOf(trainingOf(current), session)
    const policy = current.spec['restartPolicy']
    const again = policy === 'Always' || (policy === 'OnFailure' && code !== 0)
    this.#status(current, (before) =>
      again ? restarting(before, code, this.#now()) : ended(before, code, this.#now()),
    )
    if (!again) return
    const message = `Back-off restarting failed container in pod ${current.metadata.name}`
    tell(this.#workshop, current, { type: 'Warning', reason: 'BackOff', message, source: 'kubelet' })
  }

  /** A deleted pod ends as one that was told to, and goes. */
  #stop(pod: Pod): void {
    if (hasEnded(pod) || pod.spec['nodeName'] === undefined) {
      this.#remove(pod)
      return
    }
    const grace = Number(pod.metadata['deletionGracePeriodSeconds'] ?? 30)
    this.#wait(pod, Math.min(seconds.stop, grace), () => {
      this.#keep(pod)
      if (pod.status?.phase === 'Running') this.#status(pod, (before) => ended(before, 143, this.#now()))
      this.#remove(pod)
    })
  }

  #remove({ metadata }: Pod): void {
    const { namespace, name = '', uid } = metadata
    if (this.#workshop.store.find(kinds.pods, namespace, name)?.metadata.uid !== uid) return
    this.#workshop.writes.delete(kinds.pods, namespace, name, { dryRun: false, grace: 0 })
  }

  #keep(pod: Pod): void {
    const session = this.#sessions.get(pod.metadata.uid ?? '')
    if (!session) return
    const training = trainingOf(pod)
    const step = stepAt(training, session, this.#now().getTime(), this.#speed)
    const saved = Math.floor(step / training.checkpointEvery) * training.checkpointEvery
    for (const key of claimKeys(pod)) this.#saved.set(key, Math.max(this.#saved.get(key) ?? 0, saved))
  }

  #status({ metadata }: Pod, map: (before: Pod) => PodStatus): void {
    const before = this.#workshop.store.find(kinds.pods, metadata.namespace, metadata.name ?? '') as Pod | undefined
    if (!before || before.metadata.uid !== metadata.uid) return
    setStatus(this.#workshop, kinds.pods, before, map(before), 'kubelet')
  }

  #now(): Date {
    return this.#workshop.clock.now()
  }

  #wait(pod: Pod, duration: number, act: () => void): void {
    this.#after(pod, duration / this.#speed, act)
  }

  /** One thing at a time is waited for of a pod. */
  #after({ metadata: { uid = '' } }: Pod, duration: number, act: () => void): void {
    this.#waits.get(uid)?.()
    this.#waits.set(
      uid,
      this.#workshop.clock.after(duration, () => {
        this.#waits.delete(uid)
        act()
      }),
    )
  }
}

function backOffOf({ status }: Pod): number {
  const restarts = status?.containerStatuses?.[0]?.restartCount ?? 1
  return Math.min(seconds.backOff * 2 ** Math.min(restarts - 1, 10), seconds.longestBackOff)
}

function gpusOf({ spec }: Pod): number {
  return spec.containers.reduce((sum, { resources }) => {
    const wanted = resources?.requests?.[gpu] ?? resources?.limits?.[gpu] ?? 0
    return sum + Number(wanted)
  }, 0)
}

interface ClaimVolume {
  readonly persistentVolumeClaim?: { readonly claimName: string }
}

function claimsOf({ spec }: Pod): string[] {
  const volumes = (spec['volumes'] ?? []) as readonly ClaimVolume[]
  return volumes.flatMap(({ persistentVolumeClaim }) =>
    persistentVolumeClaim ? [persistentVolumeClaim.claimName] : [],
  )
}

function claimKeys(pod: Pod): string[] {
  return claimsOf(pod).map((claim) => `${pod.metadata.namespace}/${claim}`)
}
