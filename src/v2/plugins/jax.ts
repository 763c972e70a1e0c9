import { upsertEnv, upsertPort } from '../upsert.ts'
import { completionIndex, firstHost, type PolicyContext, trainerPort } from './plugin.ts'

/** Source: Trainer v2.3.0, pkg/runtime/framework/plugins/jax/jax.go EnforceMLPolicy. */
export function applyJax({ trainJob, node, nodes }: PolicyContext): void {
  upsertEnv(node, [
    { name: 'JAX_NUM_PROCESSES', value: String(nodes) },
    completionIndex('JAX_PROCESS_ID'),
    { name: 'JAX_COORDINATOR_ADDRESS', value: `${firstHost(trainJob)}:${trainerPort}` },
  ])
  upsertPort(node, { containerPort: trainerPort })
}
