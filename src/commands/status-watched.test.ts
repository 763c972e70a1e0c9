import { expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import { heldV1, now, runningTrainJob, v2Pod } from '../../test/unit/objects.ts'
import { runProgram } from '../cli/program.ts'
import type { KubeObject } from '../kube/object.ts'

const jobSet: KubeObject = {
  apiVersion: 'jobset.x-k8s.io/v1alpha2',
  kind: 'JobSet',
  metadata: { name: 'bert', namespace: 'nlp' },
  spec: {
    suspend: false,
    replicatedJobs: [{ name: 'node', replicas: 1, template: { spec: { parallelism: 1, completions: 1 } } }],
  },
}

it.each([
  [
    ['status', 'bert'],
    ['status pytorchjob/bert -n nlp -w', 'rollback pytorchjob/bert -n nlp'],
  ],
  [['status', 'bert', '-w'], ['rollback pytorchjob/bert -n nlp']],
])('%j suggests to keep the screen up to date only where it is not', async (words, suggested) => {
  const annotations = { 'kubectl-migrate.dev/source': 'PyTorchJob/bert' }
  const objects = [heldV1('bert'), runningTrainJob('bert', { annotations, nodes: 1 }), jobSet, v2Pod('bert', 0)]
  const cluster = new FakeCluster({ objects, namespace: 'nlp' })
  const abort = new AbortController()
  const { env, stdout } = fakeEnv({ cluster, now: () => now, signal: abort.signal })
  const running = runProgram(env, words)
  while (!stdout().includes('Next: ')) await new Promise((resolve) => setImmediate(resolve))
  abort.abort()
  await running
  const next = stdout().slice(stdout().indexOf('Next: '))
  expect([...next.matchAll(/kubectl migrate (.*?)(?: {2,}|\n)/g)].map(([, typed]) => typed)).toEqual(suggested)
})
