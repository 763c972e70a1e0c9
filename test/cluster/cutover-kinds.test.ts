import { afterAll, describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Pod } from '../../src/kube/pod.ts'
import { kindInfo, type V1Kind } from '../../src/v1/kinds.ts'
import { cluster, life, type Outcome } from './harness.ts'
import { checkpoints, isReady } from './jobs.ts'

interface Shape {
  readonly kind: V1Kind
  readonly roles: Readonly<Record<string, number>>
  readonly flags?: readonly string[]
}

const shapes: readonly Shape[] = [
  { kind: 'PyTorchJob', roles: { Master: 1, Worker: 1 } },
  { kind: 'TFJob', roles: { Chief: 1, PS: 1, Worker: 2 } },
  { kind: 'MPIJob', roles: { Launcher: 1, Worker: 2 }, flags: ['--mpi', 'exec'] },
  { kind: 'MPIJob', roles: { Launcher: 1, Worker: 2 }, flags: ['--mpi', 'ssh'] },
  { kind: 'XGBoostJob', roles: { Master: 1, Worker: 2 } },
  { kind: 'PaddleJob', roles: { Worker: 2 } },
  { kind: 'JAXJob', roles: { Worker: 2 } },
]

const made: string[] = []

afterAll(() => Promise.all(made.map(cluster().deleteNamespace)))

function jobOf({ kind, roles }: Shape, annotations?: Readonly<Record<string, string>>): object {
  const info = kindInfo(kind)
  const command = ['python', 'train.py']
  const template = {
    ...(annotations && { metadata: { annotations } }),
    spec: {
      containers: [{ name: info?.container ?? 'mpi', image: 'example.org/train:1', command, env: [checkpoints] }],
    },
  }
  return {
    apiVersion: 'kubeflow.org/v1',
    kind,
    metadata: { name: 'job' },
    spec: {
      [info?.specKey ?? '']: Object.fromEntries(
        Object.entries(roles).map(([role, replicas]) => [role, { replicas, template }]),
      ),
    },
  }
}

const totalOf = ({ roles }: Shape): number => Object.values(roles).reduce((sum, count) => sum + count, 0)

async function readyPods(namespace: string, label: string): Promise<number> {
  const { items } = await cluster().get<{ items: Pod[] }>(['pods', '-l', `${label}=job`], { namespace })
  return items.filter(isReady).length
}

const v1Ready = (namespace: string) => readyPods(namespace, 'training.kubeflow.org/job-name')
const v2Ready = (namespace: string) => readyPods(namespace, 'jobset.sigs.k8s.io/jobset-name')

async function running(shape: Shape, annotations?: Readonly<Record<string, string>>): Promise<string> {
  const { createNamespace, create, waitFor } = cluster()
  const namespace = await createNamespace()
  made.push(namespace)
  await create(namespace, jobOf(shape, annotations))
  await waitFor(`v1 runs ${totalOf(shape)} pods`, async () => (await v1Ready(namespace)) === totalOf(shape))
  return namespace
}

const cutover = ({ kind, flags = [] }: Shape, namespace: string, observe = '1s'): Promise<Outcome> =>
  cluster().migrate(['cutover', kind, 'job', '--yes', '--observe', observe, ...flags], { namespace })

async function names(namespace: string, resources: string): Promise<string[]> {
  const { items } = await cluster().get<{ items: KubeObject[] }>([resources], { namespace })
  return items
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    .filter((name) => !/^(ConfigMap\/kube-root-ca.crt|ServiceAccount\/default|\w+\/migration-.*)$/.test(name))
    .sort()
}

/** What becomes of the held job when its operator looks at it past its deadline, as it does at every change. */
async function pastDeadline({ kind }: Shape, namespace: string): Promise<object> {
  const { kubectl, get } = cluster()
  const runPolicy = { activeDeadlineSeconds: 1, ttlSecondsAfterFinished: 1 }
  await kubectl(['patch', kind, 'job', '--type', 'merge', '-p', JSON.stringify({ spec: { runPolicy } })], { namespace })
  await new Promise((wake) => setTimeout(wake, 2000))
  const job = await get<V1Object>([kind, 'job'], { namespace })
  const conditions = job.status.conditions.filter(({ status }) => status === 'True').map(({ type }) => type)
  const over = conditions.filter((type) => type === 'Failed' || type === 'Succeeded')
  return { over, suspended: conditions.includes('Suspended') && (await v1Ready(namespace)) === 0 }
}

interface V1Object extends KubeObject {
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] }
}

const title = ({ kind, flags = [] }: Shape): string => [kind, ...flags].join(' ')

describe.concurrent('every kind is moved', () => {
  it.each(shapes.map((shape) => [title(shape), shape] as const))('%s', async (_, shape) => {
    const namespace = await running(shape)
    const outcome = await cutover(shape, namespace)
    const total = totalOf(shape)
    expect([outcome.code, outcome.stdout]).toEqual([
      0,
      `${namespace}/job is cut over: ${total} of ${total} pods run, equal to the proof; v1 is kept suspended\n`,
    ])
    expect([await v1Ready(namespace), await v2Ready(namespace)]).toEqual([0, total])
    expect(await pastDeadline(shape, namespace)).toEqual({ over: [], suspended: true })
  })
})

describe.concurrent('a kind whose pods differ comes back when v2 fails', () => {
  const differing = shapes.filter(({ kind }) => kind === 'TFJob' || kind === 'MPIJob')
  const failing = { [life.runSeconds]: '1', [life.exitCode]: '7', [life.only]: '^job-[a-z]+-0-' }
  it.each(differing.map((shape) => [title(shape), shape] as const))('%s', async (_, shape) => {
    const namespace = await running(shape, failing)
    const outcome = await cutover(shape, namespace, '1m')
    const total = totalOf(shape)
    expect(outcome.stdout).toMatch(
      new RegExp(
        `failed: container .* exit code 7; rolled back: TrainJob removed, v1 resumed, ${total} of ${total} pods`,
      ),
    )
    expect(outcome.code).toBe(5)
    expect([await v1Ready(namespace), await v2Ready(namespace)]).toEqual([total, 0])
    expect(
      (await names(namespace, 'trainjobs,jobsets,jobs,secrets')).filter((name) => !/token|migration-/.test(name)),
    ).toEqual([])
  })
})

describe.concurrent('what kubectl exec needs beside an MPIJob’s TrainJob', () => {
  const shape: Shape = { kind: 'MPIJob', roles: { Launcher: 1, Worker: 1 }, flags: ['--mpi', 'exec'] }
  const helpers = 'configmaps,serviceaccounts,roles,rolebindings'

  it('belongs to the TrainJob and goes with it', async () => {
    const namespace = await running(shape)
    const before = await names(namespace, helpers)
    expect((await cutover(shape, namespace)).code).toBe(0)
    const made = ['ConfigMap/job-mpi', 'Role/job-mpi', 'RoleBinding/job-mpi', 'ServiceAccount/job-mpi']
    expect(await names(namespace, helpers)).toEqual(expect.arrayContaining(made))
    await cluster().kubectl(['delete', 'trainjob', 'job'], { namespace })
    await cluster().waitFor('they are gone', async () => {
      return JSON.stringify(await names(namespace, helpers)) === JSON.stringify(before)
    })
  })

  it('is not taken over where somebody has the name', async () => {
    const namespace = await running(shape)
    await cluster().create(namespace, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'job-mpi' } })
    const { code, stderr } = await cutover(shape, namespace)
    expect(stderr).toContain('job is not cut over: there is a ConfigMap job-mpi that is not of this move')
    expect(code).toBe(1)
    expect(await names(namespace, 'trainjobs,trainingruntimes')).toEqual([])
  })

  it('wants the decision that only its owner can take', async () => {
    const namespace = await running(shape)
    const { code, stderr } = await cutover({ ...shape, flags: [] }, namespace)
    expect(stderr).toContain(`MPIJob ${namespace}/job needs a decision: how mpirun reaches its workers`)
    expect(code).toBe(1)
  })
})
