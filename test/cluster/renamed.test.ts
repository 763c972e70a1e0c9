import { afterAll, describe, expect, it } from 'vitest'
import type { Pod } from '../../src/kube/pod.ts'
import { kindInfo, type V1Kind } from '../../src/v1/kinds.ts'
import { cluster } from './harness.ts'
import { checkpoints, isReady } from './jobs.ts'

/** Roles in the order in which both sides count their pods. */
interface Shape {
  readonly kind: V1Kind
  readonly roles: Readonly<Record<string, number>>
  readonly flags?: readonly string[]
}

const shapes: readonly Shape[] = [
  { kind: 'PyTorchJob', roles: { Master: 1, Worker: 2 } },
  { kind: 'TFJob', roles: { Chief: 1, PS: 1, Worker: 2 } },
  { kind: 'XGBoostJob', roles: { Master: 1, Worker: 2 } },
  { kind: 'PaddleJob', roles: { Worker: 2 } },
  { kind: 'JAXJob', roles: { Worker: 2 } },
  { kind: 'MPIJob', roles: { Launcher: 1, Worker: 2 }, flags: ['--mpi', 'ssh'] },
  { kind: 'MPIJob', roles: { Launcher: 1, Worker: 2 }, flags: ['--mpi', 'exec'] },
]

const old = 'oldname'
const anew = `${old}-anew`
/** The old name where it is not a part of the new one: it was left behind. */
const leftBehind = new RegExp(`\\b${old}(?!-anew)`)

const made: string[] = []

afterAll(() => Promise.all(made.map(cluster().deleteNamespace)))

function jobOf({ kind, roles }: Shape): object {
  const info = kindInfo(kind)
  const container = {
    name: info?.container ?? 'mpi',
    image: 'example.org/train:1',
    command: ['python', 'train.py'],
    env: [checkpoints],
  }
  const spec = { containers: [container] }
  const replicas = Object.entries(roles).map(([role, count]) => [role, { replicas: count, template: { spec } }])
  return {
    apiVersion: 'kubeflow.org/v1',
    kind,
    metadata: { name: old },
    spec: { [info?.specKey ?? '']: Object.fromEntries(replicas) },
  }
}

/** Pods of one side, in the order of the roles and of their indices; how a process of another pod calls each. */
interface Side {
  readonly pods: readonly Pod[]
  readonly hosts: readonly string[]
}

const label = ({ metadata }: Pod, key: string): string => metadata.labels?.[key] ?? ''

function sideOf(pods: readonly Pod[], placeOf: (pod: Pod) => readonly number[], hostOf: (pod: Pod) => string): Side {
  const place = (pod: Pod) =>
    placeOf(pod)
      .map((index) => String(index).padStart(3, '0'))
      .join()
  const sorted = [...pods].sort((a, b) => place(a).localeCompare(place(b)))
  return { pods: sorted, hosts: sorted.map(hostOf) }
}

async function readyPods(namespace: string, selector: string): Promise<Pod[]> {
  const { items } = await cluster().get<{ items: Pod[] }>(['pods', '-l', selector], { namespace })
  return items.filter(isReady)
}

async function v1Side(namespace: string, { roles }: Shape): Promise<Side> {
  const pods = await readyPods(namespace, `training.kubeflow.org/job-name=${old}`)
  const order = Object.keys(roles).map((role) => role.toLowerCase())
  const key = 'training.kubeflow.org/replica-'
  const place = (pod: Pod) => [order.indexOf(label(pod, `${key}type`)), Number(label(pod, `${key}index`))]
  return sideOf(pods, place, ({ metadata }) => metadata.name ?? '')
}

async function v2Side(namespace: string, { roles }: Shape): Promise<Side> {
  const pods = await readyPods(namespace, `jobset.sigs.k8s.io/jobset-name=${anew}`)
  const order = Object.keys(roles).map((role) => role.toLowerCase())
  const place = (pod: Pod) => [
    order.indexOf(label(pod, 'jobset.sigs.k8s.io/replicatedjob-name')),
    Number(label(pod, 'jobset.sigs.k8s.io/job-index')),
    Number(label(pod, 'batch.kubernetes.io/job-completion-index')),
  ]
  // a name that nobody has shifts all of them, and no value is equal then
  return sideOf(
    pods,
    (pod) => place(pod).map((index) => index + 1),
    ({ spec }) => `${spec.hostname}.${spec.subdomain}`,
  )
}

/** What the process of a pod reads in its environment: each pod's host name as its number. */
function environment({ metadata, spec }: Pod, { hosts }: Side): Record<string, string> {
  const seen: Record<string, string> = {}
  for (const { name, value, valueFrom } of spec.containers[0]?.env ?? []) {
    const path = valueFrom?.fieldRef?.fieldPath
    const [, map = '', key = ''] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path ?? '') ?? []
    const text = path === undefined ? value : metadata[map as 'labels' | 'annotations']?.[key]
    seen[name] = (text ?? `<${path}>`).replaceAll(/\$\((\w+)\)/g, (whole, other) => seen[other] ?? whole)
  }
  const numbered = (text: string): string =>
    hosts
      .map((host, index) => [host, `pod-${index}`] as const)
      .reduce(
        (so, [host, number]) =>
          so.replaceAll(new RegExp(`\\b${host}(\\.[-\\w]+\\.svc(\\.cluster\\.local)?)?(?![-\\w])`, 'g'), number),
        text,
      )
  return Object.fromEntries(Object.entries(seen).map(([name, value]) => [name, numbered(value)]))
}

/** What findings tell of: the id is the job's name, and the first pod's own IP address, which the helper is for, is its host name. */
const told: readonly string[] = ['PADDLE_JOB_ID', 'PADDLE_MASTER', 'POD_IP_DUMMY']

const title = ({ kind, flags = [] }: Shape): string => [kind, ...flags].join(' ')

describe.concurrent('a job under another name, on both operators:', { timeout: 300_000 }, () => {
  it.each(shapes.map((shape) => [title(shape), shape] as const))('%s', async (_, shape) => {
    const { createNamespace, create, waitFor, migrate } = cluster()
    const namespace = await createNamespace()
    made.push(namespace)
    const total = Object.values(shape.roles).reduce((sum, count) => sum + count, 0)
    await create(namespace, jobOf(shape))
    await waitFor('v1 runs', async () => (await v1Side(namespace, shape)).pods.length === total)
    const words = [
      'start',
      `${shape.kind}/${old}`,
      '--suffix',
      '-anew',
      '--yes',
      '--observe',
      '0',
      ...(shape.flags ?? []),
    ]
    const started = await migrate(words, { namespace })
    expect([started.code, started.code === 0 ? '' : started.stdout + started.stderr]).toEqual([0, ''])
    const [v1, v2] = [await v1Side(namespace, shape), await v2Side(namespace, shape)]
    expect(v2.pods.length).toBe(total)
    for (const { metadata, spec } of v2.pods) {
      expect(JSON.stringify([metadata.name, metadata.labels, spec])).not.toMatch(leftBehind)
      expect(spec.subdomain).toBe(anew)
    }
    const { items } = await cluster().get<{ items: { metadata: { name: string }; data?: Record<string, string> }[] }>(
      ['configmaps,services'],
      { namespace },
    )
    const own = items.filter(({ metadata }) => metadata.name.startsWith(anew))
    expect(own.map(({ metadata }) => metadata.name)).toContain(anew)
    expect(JSON.stringify(own.map(({ data }) => data ?? {}))).not.toMatch(leftBehind)
    if (shape.flags?.includes('ssh')) {
      const hosts = own
        .flatMap(({ data }) => data?.['hostfile']?.trim().split('\n') ?? [])
        .map((line) => line.split(' ')[0])
      expect(hosts.length).toBeGreaterThan(0)
      expect(v2.hosts).toEqual(expect.arrayContaining(hosts))
    }
    // what mpirun is told is a finding each
    if (shape.kind === 'MPIJob') return
    for (const [index, pod] of v1.pods.entries()) {
      const one = environment(pod, v1)
      const other = environment(v2.pods[index] as Pod, v2)
      const names = Object.keys(one).filter((name) => !told.includes(name))
      const pick = (env: Record<string, string>) => Object.fromEntries(names.map((name) => [name, env[name]]))
      expect(pick(other)).toEqual(pick(one))
      expect(other['PADDLE_JOB_ID']).toBe(shape.kind === 'PaddleJob' ? anew : undefined)
    }
  })
})
