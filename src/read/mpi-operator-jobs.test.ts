import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { v1Kinds } from '../v1/kinds.ts'
import { readJobs } from './jobs.ts'
import { watchJobs } from './watch-jobs.ts'

const containers = [{ name: 'main', image: 'pi:1' }]
const job = (name: string): KubeObject => ({
  apiVersion: 'kubeflow.org/v2beta1',
  kind: 'MPIJob',
  metadata: { name, namespace: 'nlp', uid: `uid-${name}`, creationTimestamp: '2026-03-01T11:00:00Z' },
  spec: {
    mpiReplicaSpecs: {
      Launcher: { replicas: 1, template: { spec: { containers } } },
      Worker: { replicas: 2, template: { spec: { containers } } },
    },
  },
  status: { conditions: [{ type: 'Running', status: 'True' }], replicaStatuses: { Worker: { active: 2 } } },
})
const pod = (role: string, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'nlp',
    labels: {
      'training.kubeflow.org/operator-name': 'mpi-operator',
      'training.kubeflow.org/job-name': 'pi',
      'training.kubeflow.org/job-role': role,
    },
  },
  spec: { containers },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [] },
})

const pods = [pod('launcher', 'pi-launcher-x7k2p'), pod('worker', 'pi-worker-0'), pod('worker', 'pi-worker-1')]
const cluster = (absent = [resources.mpiJobs]) =>
  new FakeCluster({ namespace: 'nlp', objects: [job('pi'), ...pods], absent })

describe('a cluster that serves the MPIJobs of mpi-operator instead of v1', () => {
  it('has them in its list, with their state and what stands before their move', async () => {
    const { code, out } = await runVerb(['list'], { cluster: cluster() })
    expect(code).toBe(0)
    expect(out.map((line) => line.trim().split(/ {2,}/).slice(0, 6))).toEqual([
      ['NAME', 'KIND', 'V1', 'V1-READY', 'V2', 'V2-READY'],
      ['pi', 'MPIJob', 'Running', '3/3', '-', '-'],
    ])
  })

  it('is a cluster with v1 jobs, also where Training Operator is not there at all', async () => {
    const none = v1Kinds.map(({ resource }) => resource)
    const { pairs, served } = await readJobs(cluster(none), {})
    expect([pairs.map(({ v1 }) => v1?.name), served]).toEqual([['pi'], { v1: true, v2: true }])
  })

  it.each(['status mpijob/pi', 'status pi', 'cutover pi --yes', 'diff job pi'])(
    'says to %s what to do with one',
    async (words) => {
      const { code, err } = await runVerb([...words.split(' '), '-n', 'nlp'], { cluster: cluster() })
      const [verb] = words.split(' ')
      expect([code === 0, err.filter((line) => !line.startsWith('note: '))]).toEqual([
        false,
        [
          `error: MPIJob pi in namespace nlp is one of mpi-operator (kubeflow.org/v2beta1), and ${verb} takes jobs of Training Operator`,
          '       kubectl migrate convert mpijob/pi -n nlp   (its TrainJob, for a move by hand)',
        ],
      ])
    },
  )

  it('counts them in the progress of the whole', async () => {
    const { out } = await runVerb(['status'], { cluster: cluster() })
    expect(out.join('\n')).toMatch(/not started +1\b/i)
  })

  it('tells those that come later', async () => {
    const stop = new AbortController()
    const here = cluster()
    const seen: (string | undefined)[][] = []
    const options = { signal: stop.signal, sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 5)) }
    for await (const { pairs } of watchJobs(here, { namespace: 'nlp' }, options)) {
      seen.push(pairs.map(({ v1 }) => v1?.name))
      if (seen.length === 1) here.put(job('tau'))
      if (pairs.length === 2) stop.abort()
    }
    expect([seen.at(0), seen.at(-1)]).toEqual([['pi'], ['pi', 'tau']])
  })
})
