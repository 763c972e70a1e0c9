import { isRecord } from '../../kube/object.ts'
import type { Feature } from '../intent.ts'

const elasticEnv = [
  'minReplicas',
  'maxReplicas',
  'rdzvBackend',
  'rdzvHost',
  'rdzvPort',
  'rdzvId',
  'rdzvConf',
  'standalone',
  'nProcPerNode',
  'maxRestarts',
]

/** nprocPerNode and elasticPolicy: torchrun reads both from env, which the TrainJob carries value by value. */
export const launch: Feature = {
  name: 'launch',
  apply({ job, ledger }) {
    if (job.info.kind !== 'PyTorchJob') return
    ledger.carry(['spec', 'nprocPerNode'])
    const elastic = job.spec['elasticPolicy']
    if (!isRecord(elastic)) return
    if (Object.keys(elastic).length === 0) ledger.carry(['spec', 'elasticPolicy'])
    const { minReplicas, maxReplicas } = elastic
    if (minReplicas !== undefined && minReplicas !== maxReplicas) {
      ledger.note(['spec', 'elasticPolicy', 'minReplicas'], {
        code: 'elastic-fixed-size',
        message: 'the number of pods is fixed; torchrun still goes on with fewer while some are lost',
        why: 'Trainer cannot change the number of nodes of a TrainJob (kubeflow/trainer issue 2903)',
      })
    }
    for (const field of elasticEnv) ledger.carry(['spec', 'elasticPolicy', field])
    if (elastic['metrics'] !== undefined) {
      ledger.note(['spec', 'elasticPolicy', 'metrics'], {
        code: 'elastic-autoscaling',
        message: 'no autoscaler: a TrainJob has no scale subresource',
        remedy: 'accept it to keep the job at its replicas',
      })
    }
  },
}
