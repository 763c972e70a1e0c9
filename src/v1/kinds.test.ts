import { describe, expect, it } from 'vitest'
import { isV1Job, kindInfo, v1Kinds } from './kinds.ts'

describe('the six kinds', () => {
  it('have the names, ports and policies of Training Operator 1.9.4', () => {
    const rows = v1Kinds.map(({ kind, specKey, replicaNames, container, port, restartPolicy }) =>
      [kind, specKey, replicaNames.join('+'), container, port?.name, port?.number, restartPolicy].join(' '),
    )
    expect(rows).toEqual([
      'PyTorchJob pytorchReplicaSpecs Master+Worker pytorch pytorchjob-port 23456 OnFailure',
      'TFJob tfReplicaSpecs Chief+Master+PS+Worker+Evaluator tensorflow tfjob-port 2222 Never',
      'MPIJob mpiReplicaSpecs Launcher+Worker    Never',
      'XGBoostJob xgbReplicaSpecs Master+Worker xgboost xgboostjob-port 9999 Never',
      'PaddleJob paddleReplicaSpecs Master+Worker paddle master 36543 OnFailure',
      'JAXJob jaxReplicaSpecs Worker jax jaxjob-port 6666 Never',
    ])
  })

  it('are found by their exact names only', () => {
    expect(kindInfo('PyTorchJob')?.framework).toBe('pytorch')
    expect(kindInfo('pytorchjob')).toBeUndefined()
    expect(kindInfo('Job')).toBeUndefined()
  })

  it.each([
    ['kubeflow.org/v1', 'MPIJob', true],
    ['kubeflow.org/v2beta1', 'MPIJob', false],
    ['kubeflow.org/v1', 'MXJob', false],
    ['batch/v1', 'PyTorchJob', false],
    [undefined, undefined, false],
  ])('%s %s is one of them: %s', (apiVersion, kind, expected) => {
    expect(isV1Job({ apiVersion, kind })).toBe(expected)
  })
})
