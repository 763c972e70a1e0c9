import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import { runProgram } from '../cli/program.ts'

async function version(words: readonly string[], columns = 80) {
  const { env, stdout, stderr, connections } = fakeEnv({ columns })
  const code = await runProgram(env, ['version', ...words])
  return { code, stdout: stdout(), stderr: stderr(), connections }
}

const facts = {
  name: 'kubectl-migrate',
  purpose: 'moves Kubeflow v1 training jobs to Trainer v2',
  version: 'development',
  systems: {
    from: {
      name: 'Training Operator',
      api: 'kubeflow.org/v1',
      kinds: ['PyTorchJob', 'TFJob', 'MPIJob', 'XGBoostJob', 'PaddleJob', 'JAXJob'],
      tested: ['v1.9.4'],
    },
    to: {
      name: 'Kubeflow Trainer',
      api: 'trainer.kubeflow.org/v1alpha1',
      kinds: ['TrainJob'],
      versions: ['v2.0', 'v2.1', 'v2.2', 'v2.3'],
      tested: ['v2.0.1', 'v2.1.0', 'v2.2.1', 'v2.3.0'],
    },
  },
}

describe('version', () => {
  it('says which of the two programs of that name this is, and asks no cluster', async () => {
    expect(await version([])).toEqual({
      code: 0,
      stdout: `kubectl-migrate development
It moves Kubeflow v1 training jobs to Trainer v2. Another project,
konveyor-ecosystem/kubectl-migrate, has a plugin of the same name: this is not
it.

  from Training Operator   kubeflow.org/v1, tested with v1.9.4: PyTorchJob,
                           TFJob, MPIJob, XGBoostJob, PaddleJob, JAXJob
  to   Kubeflow Trainer    trainer.kubeflow.org/v1alpha1, tested with v2.0.1,
                           v2.1.0, v2.2.1, v2.3.0: TrainJob as v2.0, v2.1, v2.2,
                           v2.3 have it
`,
      stderr: '',
      connections: [],
    })
  })

  it('fits 40 columns', async () => {
    const { stdout } = await version([], 40)
    expect(stdout.split('\n').filter((line) => line.length > 40)).toEqual([])
  })

  it('says the same to programs', async () => {
    expect(JSON.parse((await version(['-o', 'json'])).stdout)).toEqual(facts)
    expect(load((await version(['-o', 'yaml'])).stdout)).toEqual(facts)
  })
})
