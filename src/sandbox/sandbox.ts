import type { KubeObject } from '../kube/object.ts'
import { answerOf, type ReadLog } from './api.ts'
import type { Clock } from './clock.ts'
import { readLog } from './log.ts'
import { startOperators } from './operators/index.ts'
import type { KubeletMemory } from './operators/kubelet.ts'
import type { Request } from './request.ts'
import { apiVersionOf, served, servedAs } from './served.ts'
import { Store } from './store.ts'
import { Writes } from './writes.ts'

export interface SandboxOptions {
  readonly clock: Clock
  readonly random: () => number
  /** how many times faster than life trainings, starts and stops go */
  readonly speed: number
  /** changes a watch can begin before; default 10,000 */
  readonly remembered?: number
  /** `127.0.0.1:6443`: what discovery tells */
  readonly address: string
}

/** All there is to a sandbox at one moment: as JSON it can be kept. */
export interface SandboxState {
  readonly time: string
  readonly version: number
  readonly objects: readonly { readonly resource: string; readonly object: KubeObject }[]
  readonly kubelet: KubeletMemory
}

export interface Sandbox {
  state(): SandboxState
  /** Goes on from a state, in a sandbox that nothing has been done in. */
  resume(state: SandboxState): void
  /** as somebody with `kubectl apply` adds it; throws what the API server would refuse it with */
  add(object: KubeObject, manager: string): KubeObject
  answer(request: Request): ReturnType<typeof answerOf>
  stop(): void
}

/** A cluster in memory: API server, both training operators, scheduler and kubelets. It does no I/O. */
export function makeSandbox(options: SandboxOptions): Sandbox {
  const { clock, random, speed } = options
  const store = new Store(options.remembered)
  const writes = new Writes(store, clock, random)
  const operators = startOperators({ store, writes, clock, random }, speed)
  const read: ReadLog = (pod, query) => {
    const { namespace, name = '' } = pod.metadata
    const session = operators.kubelet.session(pod)
    return readLog(pod, query, { clock, speed, session, current: () => store.find(servedAs('pods'), namespace, name) })
  }
  return {
    add(object, manager) {
      const resource = served.find((one) => one.kind === object.kind && apiVersionOf(one) === object.apiVersion)
      if (!resource) throw new Error(`the sandbox does not serve ${object.apiVersion} ${object.kind}`)
      const { status, ...unborn } = object
      const options = { manager, dryRun: false, validation: 'Strict' } as const
      const { namespace, name = '' } = object.metadata
      const made = writes.create(resource, namespace, unborn as KubeObject, options).object
      if (status === undefined || !resource.status) return made
      const told = { ...options, subresource: 'status' } as const
      return writes.update(resource, namespace, made.metadata.name ?? name, (before) => ({ ...before, status }), told)
        .object
    },
    state: () => ({
      time: clock.now().toISOString(),
      version: store.version,
      objects: [...store.everything()],
      kubelet: operators.kubelet.memory,
    }),
    resume({ version, objects, kubelet }) {
      store.restore(
        version,
        objects.map(({ resource, object }) => ({ resource: servedAs(resource), object })),
      )
      operators.kubelet.remember(kubelet, store.list(servedAs('pods')))
      operators.resume()
    },
    answer: (request) => answerOf(request, { store, writes, clock, readLog: read, address: options.address }),
    stop: () => operators.stop(),
  }
}
