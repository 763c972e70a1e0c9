import { randomBytes } from 'node:crypto'
import { cluster } from './harness.ts'

const name = `storage-${randomBytes(4).toString('hex')}`

/** What pods must tolerate to be put on the node of this file of tests. */
export const roomyTaint = { key: 'kubectl-migrate.test/storage', value: name, effect: 'NoSchedule' } as const

/**
 * A node for MPIJobs: v1's launchers ask for 5 GiB of ephemeral storage, which the cluster's own nodes do not have (Training Operator v1.9.4,
 * pkg/config).
 */
export async function createRoomyNode(): Promise<void> {
  const capacity = { cpu: '64', memory: '512Gi', pods: '500', 'ephemeral-storage': '1Ti' }
  await cluster().create('default', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { taints: [roomyTaint] },
    status: { capacity, allocatable: capacity },
  })
}

export async function deleteRoomyNode(): Promise<void> {
  await cluster().kubectl(['delete', 'node', name])
}
