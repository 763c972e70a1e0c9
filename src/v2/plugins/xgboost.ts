import { upsertEnv, upsertPort } from '../upsert.ts'
import { completionIndex, countGpus, firstHost, type PolicyContext, trainerPort } from './plugin.ts'

/** Source: Trainer v2.3.0, pkg/runtime/framework/plugins/xgboost/xgboost.go EnforceMLPolicy. */
export function applyXgboost({ trainJob, node, resources, nodes }: PolicyContext): void {
  const workers = nodes * Math.max(1, countGpus(resources))
  upsertEnv(node, [
    { name: 'DMLC_TRACKER_URI', value: firstHost(trainJob) },
    { name: 'DMLC_TRACKER_PORT', value: String(trainerPort) },
    completionIndex('DMLC_TASK_ID'),
    { name: 'DMLC_NUM_WORKER', value: String(workers) },
  ])
  upsertPort(node, { containerPort: trainerPort })
}
