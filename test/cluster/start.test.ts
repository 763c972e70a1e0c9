import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Pod } from '../../src/kube/pod.ts'
import { cluster, type Outcome } from './harness.ts'
import { isReady, v1Job } from './jobs.ts'

async function ready(namespace: string, selector: string): Promise<Pod[]> {
  const { items } = await cluster().get<{ items: Pod[] }>(['pods', '-l', selector], { namespace })
  return items.filter(isReady)
}
const v1Pods = (namespace: string) => ready(namespace, 'training.kubeflow.org/job-name=bert')
const podsOf = (namespace: string, name: string) => ready(namespace, `jobset.sigs.k8s.io/jobset-name=${name}`)

/** The job of tests, its pods writing to a claim of the namespace. */
function onClaim(): KubeObject {
  const job = v1Job('bert') as KubeObject & {
    spec: { pytorchReplicaSpecs: Record<string, { template: { spec: Record<string, unknown> } }> }
  }
  for (const { template } of Object.values(job.spec.pytorchReplicaSpecs)) {
    const [container] = template.spec['containers'] as Record<string, unknown>[]
    template.spec['volumes'] = [{ name: 'data', persistentVolumeClaim: { claimName: 'nlp-data' } }]
    template.spec['containers'] = [
      { ...container, args: ['--output_dir=/data/ckpt'], volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    ]
  }
  return job
}

const migrate = (namespace: string, ...args: readonly string[]): Promise<Outcome> =>
  cluster().migrate(args, { namespace })

describe('a twin on the real operators', () => {
  it('is refused on a shared claim, runs isolated, gives way to cutover, and rollback leaves v1 alone', async () => {
    const { namespace: make, create, waitFor } = cluster()
    const namespace = await make()
    await create(namespace, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'nlp-data' },
      spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } },
    })
    await create(namespace, onClaim())
    await waitFor('v1 runs', async () => (await v1Pods(namespace)).length === 3)
    const before = await cluster().get<KubeObject>(['pytorchjob/bert'], { namespace })

    const refused = await migrate(namespace, 'start', 'job', 'bert', '--yes')
    expect(refused.stderr).toContain(
      'would both write to volume data (PersistentVolumeClaim nlp-data, ReadWriteMany): writable at /data; --output_dir=/data/ckpt lies in it',
    )
    expect(refused.stderr).toContain(`start pytorchjob/bert -n ${namespace} --isolate data=subpath\n`)
    expect(refused.code).toBe(1)

    const started = await migrate(
      namespace,
      'start',
      'job',
      'bert',
      '--yes',
      '--isolate',
      'data=subpath',
      '--observe',
      '1s',
    )
    expect([started.code, started.stdout]).toEqual([
      0,
      `${namespace}/bert has a twin, bert-v2: 3 of 3 pods run, equal to the proof; v1 runs on\n`,
    ])
    const twins = await podsOf(namespace, 'bert-v2')
    const mounts = twins.map(({ spec }) => spec.containers[0]?.volumeMounts?.find(({ name }) => name === 'data'))
    expect(mounts.map((mount) => mount?.subPath)).toEqual(Array(3).fill('kubectl-migrate/bert-v2'))
    const { metadata } = await cluster().get<KubeObject>(['pytorchjob/bert'], { namespace })
    expect([metadata.generation, metadata.annotations]).toEqual([
      before.metadata.generation,
      before.metadata.annotations,
    ])
    expect((await v1Pods(namespace)).length).toBe(3)

    const status = await migrate(namespace, 'status', 'job', 'bert', '-o', 'json')
    expect(JSON.parse(status.stdout)).toMatchObject({
      v1: { state: 'Running' },
      v2: { name: 'bert-v2', state: 'Running' },
    })

    const moved = await migrate(namespace, 'cutover', 'job', 'bert', '--yes', '--observe', '1s')
    expect([moved.code, moved.stdout]).toEqual([
      0,
      `${namespace}/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended\n`,
    ])
    const sides = await Promise.all([v1Pods(namespace), podsOf(namespace, 'bert-v2'), podsOf(namespace, 'bert')])
    expect(sides.map((pods) => pods.length)).toEqual([0, 0, 3])

    const back = await migrate(namespace, 'rollback', 'job', 'bert', '--yes')
    expect(back.code, back.stderr).toBe(0)
    expect([(await v1Pods(namespace)).length, (await podsOf(namespace, 'bert')).length]).toEqual([3, 0])
    const { items } = await cluster().get<{ items: KubeObject[] }>(['trainjobs,jobsets,leases'], { namespace })
    expect(items).toEqual([])
    const history = await migrate(namespace, 'status', 'job', 'bert', '--history')
    expect(history.stdout.match(/ (start|cutover|rollback) by /g)).toEqual([
      ' start by ',
      ' cutover by ',
      ' rollback by ',
    ])
  })
})
