import { upsertEnv, upsertPort } from '../upsert.ts'
import { completionIndex, countGpus, firstHost, type PolicyContext, trainerPort, wholeUnits } from './plugin.ts'

/** Source: Trainer v2.3.0, pkg/runtime/framework/plugins/torch/torch.go EnforceMLPolicy. */
export function applyTorch({ trainJob, node, resources, nodes }: PolicyContext): void {
  const gpus = countGpus(resources)
  const requested = wholeUnits(resources?.requests?.['cpu'] ?? 0)
  const cpu = requested > 0 ? requested : wholeUnits(resources?.limits?.['cpu'] ?? 0)
  const perNode = trainJob.spec.trainer?.numProcPerNode ?? (gpus > 0 ? 'auto' : Math.max(1, cpu))
  upsertEnv(node, [
    { name: 'PET_NNODES', value: String(nodes) },
    { name: 'PET_NPROC_PER_NODE', value: String(perNode) },
    completionIndex('PET_NODE_RANK'),
    { name: 'PET_MASTER_ADDR', value: firstHost(trainJob) },
    { name: 'PET_MASTER_PORT', value: String(trainerPort) },
  ])
  upsertPort(node, { containerPort: trainerPort })
}
