import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import { resources } from '../kube/resources.ts'
import { v1Kinds } from '../v1/kinds.ts'

const containers = [{ name: 'main', image: 'pi:1', command: ['mpirun', 'pi'] }]
const job = {
  apiVersion: 'kubeflow.org/v2beta1',
  kind: 'MPIJob',
  metadata: { name: 'pi', namespace: 'nlp', labels: { team: 'nlp' } },
  spec: {
    mpiReplicaSpecs: {
      Launcher: { replicas: 1, template: { spec: { containers } } },
      Worker: { replicas: 2, template: { spec: { containers: [{ name: 'main', image: 'pi:1' }] } } },
    },
  },
}

async function convert(words: readonly string[], absent = [resources.mpiJobs]) {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [job], absent })
  const { code, out, err } = await runVerb(['convert', ...words, '-o', 'name'], { cluster })
  return { code, last: out.at(-1), first: err[0] }
}

describe('a cluster that serves the MPIJobs of mpi-operator instead of v1', () => {
  const found = { code: 0, last: 'trainjob.trainer.kubeflow.org/pi' }

  it.each([
    [['mpijob', 'pi']],
    [['mpijobs.v2beta1.kubeflow.org/pi']],
    [['mpijobs.kubeflow.org', 'pi']],
    [['job', 'pi']],
    [['pi']],
    [['-l', 'team=nlp']],
  ])('converts %o', async (words) => {
    expect(await convert(words)).toMatchObject(found)
  })

  it('converts it where Training Operator is not there at all', async () => {
    const none = v1Kinds.map(({ resource }) => resource)
    expect(await convert(['mpijob', 'pi'], none)).toMatchObject(found)
    expect(await convert(['-l', 'team=nlp'], none)).toMatchObject(found)
  })

  it('says that there is none of a name', async () => {
    expect(await convert(['job', 'tau'])).toEqual({
      code: 1,
      last: undefined,
      first: 'error: no v1 job called tau in namespace nlp',
    })
  })
})

describe('an MPIJob of another MPI', () => {
  it.each(['Intel', 'MPICH'])('is refused with what can be done: %s', async (mpiImplementation) => {
    const input = JSON.stringify({ ...job, spec: { ...job.spec, mpiImplementation } })
    const { code, out, err } = await runVerb(['convert', '-f', '-'], { input })
    expect({ code, out }).toEqual({ code: 1, out: [] })
    expect(err.slice(0, 5)).toEqual([
      `error: MPIJob pi is not converted: v2’s mpi policy has no ${mpiImplementation}, only OpenMPI`,
      '       standard input:1: spec.mpiImplementation',
      '       hostfile and env of the launcher are written for Open MPI',
      '       mpiImplementation: OpenMPI, with an image that has Open MPI',
      '       or leave the job to mpi-operator, which runs beside Trainer',
    ])
  })
})
