import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Pod } from '../../src/kube/pod.ts'
import { cluster, life, type Outcome } from './harness.ts'
import { isReady, v1Job } from './jobs.ts'

async function ready(namespace: string, label: string): Promise<number> {
  const { items } = await cluster().get<{ items: Pod[] }>(['pods', '-l', `${label}=bert`], { namespace })
  return items.filter(isReady).length
}
const v1Ready = (namespace: string) => ready(namespace, 'training.kubeflow.org/job-name')
const v2Ready = (namespace: string) => ready(namespace, 'jobset.sigs.k8s.io/jobset-name')

async function running(annotations?: Readonly<Record<string, string>>): Promise<string> {
  const { namespace: make, create, waitFor } = cluster()
  const namespace = await make()
  await create(namespace, v1Job('bert', { life: annotations }))
  await waitFor('v1 runs', async () => (await v1Ready(namespace)) === 3)
  return namespace
}

const migrate = (namespace: string, ...args: readonly string[]): Promise<Outcome> =>
  cluster().migrate(args, { namespace })
const cutover = (namespace: string) => migrate(namespace, 'cutover', 'job', 'bert', '--yes', '--observe', '1s')

/** Its words are told where it fails: what a test says of the way back would hide them. */
async function moved(namespace: string): Promise<void> {
  const { code, stdout, stderr } = await cutover(namespace)
  expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, ''])
}

const rollback = (namespace: string, ...args: readonly string[]) =>
  migrate(namespace, 'rollback', 'job', 'bert', '--yes', ...args)

async function v1(namespace: string): Promise<{ readonly suspend: unknown; readonly marks: string[] }> {
  const job = await cluster().get<KubeObject>(['pytorchjob/bert'], { namespace })
  const { runPolicy } = job['spec'] as { runPolicy?: { suspend?: boolean } }
  const marks = Object.keys(job.metadata.annotations ?? {}).filter((key) => key.startsWith('kubectl-migrate.dev/'))
  return { suspend: runPolicy?.suspend, marks }
}

async function recordOf(namespace: string): Promise<string | undefined> {
  const { items } = await cluster().get<{ items: KubeObject[] }>(['configmaps'], { namespace })
  return items.map(({ metadata }) => metadata.name).find((name) => name?.startsWith('migration-'))
}

async function leftOfV2(namespace: string): Promise<string[]> {
  const resources = 'trainjobs,jobsets,jobs,configmaps,services,secrets,leases'
  const { items } = await cluster().get<{ items: KubeObject[] }>([resources], { namespace })
  return items
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    .filter((name) => !/^Service\/bert-(master|worker)-|kube-root-ca|\/migration-pytorchjob-bert-/.test(name))
}

describe('rollback', () => {
  it('brings a job that was cut over back to what it was: nothing of v2 is left, and nothing of the hold', async () => {
    const namespace = await running()
    await moved(namespace)
    expect([await v1Ready(namespace), await v2Ready(namespace)]).toEqual([0, 3])
    const { code, stdout } = await rollback(namespace)
    expect([code, stdout]).toEqual([
      0,
      `${namespace}/bert is rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running\n`,
    ])
    expect([await v1Ready(namespace), await v2Ready(namespace)]).toEqual([3, 0])
    // absent before: the CRD of v1 has false for its default, once there is a runPolicy
    expect(await v1(namespace)).toEqual({ suspend: false, marks: [] })
    expect(await leftOfV2(namespace)).toEqual([])
    const again = await rollback(namespace)
    expect([again.code, again.stdout]).toEqual([0, `${namespace}/bert has nothing to roll back: v1 is not held\n`])
    expect((await cutover(namespace)).stdout).toContain('is cut over: 3 of 3 pods run, equal to the proof')
  })

  it('does not run again what has finished, unless it is told to', async () => {
    const namespace = await running({ [life.runSeconds]: '1', [life.only]: '-node-' })
    await moved(namespace)
    await cluster().waitFor('v2 is Complete', async () => {
      const { code } = await cluster().kubectl(['wait', '--for=condition=Complete', 'trainjob/bert', '--timeout=1s'], {
        namespace,
      })
      return code === 0
    })
    const refused = await rollback(namespace)
    expect(refused.stderr).toContain(
      'is not rolled back: v2 has finished (the TrainJob is Complete): v1 would train it all again',
    )
    expect(refused.stderr).toContain(`rollback pytorchjob/bert -n ${namespace} --rerun`)
    expect([refused.code, (await v1(namespace)).suspend]).toEqual([1, true])
    const told = await rollback(namespace, '--rerun')
    expect([told.code, told.stdout]).toEqual([
      0,
      `${namespace}/bert is rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running\n`,
    ])
    expect(await leftOfV2(namespace)).toEqual([])
  })

  it.each(['client', 'server'])('prints its writes in a dry run (%s), and makes none', async (how) => {
    const namespace = await running()
    await moved(namespace)
    const { code, stdout, stderr } = await migrate(namespace, 'rollback', 'job', 'bert', `--dry-run=${how}`)
    expect(stdout).toContain('1. TrainJob bert is deleted; waits for its JobSet, Jobs, pods and Service to be gone\n')
    expect(stdout).toContain(`   delete trainjobs.trainer.kubeflow.org ${namespace}/bert`)
    expect(stdout).toContain('2. PyTorchJob bert is as it was before the hold; waits for 3 pods to run\n')
    expect(stdout.match(/\(the server would accept it\)/g) ?? []).toHaveLength(how === 'server' ? 2 : 0)
    expect([code, stderr]).toEqual([
      0,
      `dry run (${how}): nothing was written\nnote: its record, ConfigMap ${await recordOf(namespace)}, would be written as well\n`,
    ])
    expect([await v2Ready(namespace), (await v1(namespace)).suspend]).toEqual([3, true])
  })

  it('says what v1 waits for when it finds no room any more, and goes on when it is typed again', async () => {
    const namespace = await running()
    await moved(namespace)
    await cluster().create(namespace, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'less' },
      spec: { hard: { pods: '0' } },
    })
    const { code, stdout, stderr } = await rollback(namespace, '--timeout', '6s')
    expect(stdout).toContain('was NOT rolled back: resume v1 failed: not within 0:06: 0 of 3 pods of v1 run again')
    expect(stderr).toContain(`rollback pytorchjob/bert -n ${namespace}   (goes on from here)`)
    expect(code).toBe(6)
  })

  it('leaves a job suspended that somebody changed since it was held', async () => {
    const namespace = await running()
    await moved(namespace)
    const patch = '{"spec":{"runPolicy":{"backoffLimit":7}}}'
    await cluster().kubectl(['patch', 'pytorchjob', 'bert', '--type=merge', '-p', patch], { namespace })
    const { code, stderr } = await rollback(namespace)
    expect(stderr).toContain('is not rolled back: v1 is held, and its spec was changed since it was held')
    expect([code, await v2Ready(namespace)]).toEqual([1, 3])
  })
})
