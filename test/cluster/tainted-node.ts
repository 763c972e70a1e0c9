import { randomBytes } from 'node:crypto'
import type { Manifest } from './manifests.ts'

export interface TaintedNode {
  readonly name: string
  /** for the API server; its kubelet is kwok's, as of any node that does not say it is ready */
  readonly object: Manifest
  /** what a pod must have to be put there; with the name as its host name in `nodeSelector` it can go nowhere else */
  readonly toleration: { readonly key: string; readonly value: string; readonly effect: 'NoSchedule' }
  /** a resource that only this node has: a pod that lacks it waits for nothing that pods of other tests hold */
  readonly slot: string
}

interface Options {
  /** how many pods that ask for one slot find room, default none */
  readonly slots?: number
  /** more of its status */
  readonly status?: object
}

/** A node for the pods of one test, or of one file of tests, which takes no others. */
export function taintedNode(purpose: string, { slots = 0, status = {} }: Options = {}): TaintedNode {
  const name = `${purpose}-${randomBytes(4).toString('hex')}`
  const slot = `kubectl-migrate.test/${name}`
  const toleration = { key: `kubectl-migrate.test/${purpose}`, value: name, effect: 'NoSchedule' } as const
  const room = { cpu: '64', memory: '512Gi', pods: '500', 'ephemeral-storage': '1Ti' }
  const capacity = { ...room, ...(slots > 0 && { [slot]: String(slots) }) }
  const object = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
    spec: { taints: [toleration] },
    status: { capacity, allocatable: capacity, ...status },
  }
  return { name, object, toleration, slot }
}
