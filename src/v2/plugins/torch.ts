import type { Resources } from '../../kube/pod.ts'
import { upsertEnv, upsertPort } from '../upsert.ts'
import { completionIndex, countGpus, firstHost, type PolicyContext, trainerPort, wholeUnits } from './plugin.ts'

/** Source: Trainer v2.3.0, pkg/runtime/framework/plugins/torch/torch.go EnforceMLPolicy. */
export function applyTorch(context: PolicyContext): void {
  const { trainJob, node, nodes } = context
  upsertEnv(node, [
    { name: 'PET_NNODES', value: String(nodes) },
    { name: 'PET_NPROC_PER_NODE', value: processesPerNode(context) },
    completionIndex('PET_NODE_RANK'),
    { name: 'PET_MASTER_ADDR', value: firstHost(trainJob) },
    { name: 'PET_MASTER_PORT', value: String(trainerPort) },
  ])
  upsertPort(node, { containerPort: trainerPort })
}

/** A number where CPUs are counted or a number was given, else a word that torchrun takes. */
function processesPerNode({ trainJob, resources, processes, version }: PolicyContext): string {
  const own = String(trainJob.spec.trainer?.numProcPerNode ?? processes ?? 'auto')
  if (version === '2.0') return processesOf20(own, trainJob.spec.trainer?.resourcesPerNode)
  if (own !== 'cpu' && (own !== 'auto' || countGpus(resources) > 0)) return own
  const requested = wholeUnits(resources?.requests?.['cpu'] ?? 0)
  return String(Math.max(1, requested > 0 ? requested : wholeUnits(resources?.limits?.['cpu'] ?? 0)))
}

/**
 * v2.0 looks at the TrainJob's own resources only, at limits before requests, and takes a number for 1 where there are no requests.
 * Source: Trainer v2.0.1, pkg/runtime/framework/plugins/torch/torch.go calculateNumProcPerNode.
 */
function processesOf20(own: string, resources: Resources | undefined): string {
  if (!resources) return own
  const { limits, requests } = resources
  const countsCpus = (list: Resources['limits'] = {}) =>
    own === 'cpu' ? 'cpu' in list : own === 'auto' && !Object.keys(list).some((name) => /gpu/i.test(name))
  const counted = [limits, requests].find((list) => list !== undefined && countsCpus(list))
  if (counted) return String(Math.max(1, wholeUnits(counted['cpu'] ?? 0)))
  return requests === undefined || own === 'cpu' ? '1' : own
}
