import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Pod } from '../../src/kube/pod.ts'
import { kindInfo, type V1Kind } from '../../src/v1/kinds.ts'
import { cluster } from './harness.ts'
import { type LogKubelet, startLogKubelet } from './log-kubelet.ts'
import { untilSeen } from './until-seen.ts'

interface Shape {
  readonly kind: V1Kind
  readonly roles: Readonly<Record<string, number>>
  /** each rank's pod of either side, without the job's name, and of v2 without the random end */
  readonly ranks: readonly (readonly [v1: string, v2: string])[]
  readonly flags?: readonly string[]
}

/** Ranks as each operator gives them (RANK, PADDLE_TRAINER_ID, JAX_PROCESS_ID); TensorFlow and MPI know none: their roles in order. */
const shapes: Readonly<Record<string, Shape>> = {
  torch: {
    kind: 'PyTorchJob',
    roles: { Worker: 2, Master: 1 },
    ranks: [
      ['master-0', 'node-0-0'],
      ['worker-0', 'node-0-1'],
      ['worker-1', 'node-0-2'],
    ],
  },
  tf: {
    kind: 'TFJob',
    roles: { Worker: 2, PS: 1, Evaluator: 1, Chief: 1 },
    ranks: [
      ['chief-0', 'chief-0-0'],
      ['ps-0', 'ps-0-0'],
      ['worker-0', 'worker-0-0'],
      ['worker-1', 'worker-0-1'],
      ['evaluator-0', 'evaluator-0-0'],
    ],
  },
  mpi: {
    kind: 'MPIJob',
    roles: { Worker: 2, Launcher: 1 },
    ranks: [
      ['launcher', 'launcher-0-0'],
      ['worker-0', 'worker-0-0'],
      ['worker-1', 'worker-0-1'],
    ],
    flags: ['--mpi', 'exec'],
  },
  xgboost: {
    kind: 'XGBoostJob',
    roles: { Worker: 2, Master: 1 },
    ranks: [
      ['master-0', 'node-0-0'],
      ['worker-0', 'node-0-1'],
      ['worker-1', 'node-0-2'],
    ],
  },
  paddle: {
    kind: 'PaddleJob',
    roles: { Worker: 2, Master: 1 },
    ranks: [
      ['master-0', 'master-0-0'],
      ['worker-0', 'worker-0-0'],
      ['worker-1', 'worker-0-1'],
    ],
  },
  jax: {
    kind: 'JAXJob',
    roles: { Worker: 2 },
    ranks: [
      ['worker-0', 'node-0-0'],
      ['worker-1', 'node-0-1'],
    ],
  },
}
const cases = Object.entries(shapes)

let kubelet: LogKubelet
let place = ''

function jobOf(name: string, { kind, roles }: Shape): object {
  const info = kindInfo(kind)
  const container = { name: info?.container ?? 'mpi', image: 'example.org/train:1', command: ['python', 'train.py'] }
  const template = { spec: { ...kubelet.podSpec, containers: [container] } }
  const replicas = Object.entries(roles).map(([role, count]) => [role, { replicas: count, template }])
  const spec = { [info?.specKey ?? '']: Object.fromEntries(replicas) }
  return { apiVersion: 'kubeflow.org/v1', kind, metadata: { name }, spec }
}

/** The TrainJob that convert makes, beside its v1 job. */
async function twin(name: string, { kind, flags = [] }: Shape): Promise<void> {
  const { migrate, kubectl } = cluster()
  const words = ['convert', kind, name, '--run', ...flags]
  const { code, stdout, stderr } = await migrate(words, { namespace: place })
  if (code !== 0) throw new Error(stderr)
  const applied = await untilSeen(() => kubectl(['apply', '-f', '-'], { namespace: place, input: stdout }))
  expect([applied.code, applied.stderr]).toEqual([0, ''])
}

/** Each pod says its own name, and the first step of a training like any other. */
function answers(asked: string): string {
  const [, pod = ''] = asked.split(/[/ ]/)
  const lines = Array.from({ length: 20 }, (_, step) => `step ${step}: loss=${20 - step} step_time=1`)
  const time = (at: number) => `${new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString().slice(0, -1)}000001Z`
  return [`I am ${pod}`, ...lines].map((line, at) => `${time(at)} ${line}\n`).join('')
}

beforeAll(async () => {
  kubelet = await startLogKubelet(cluster().kubeconfig)
  kubelet.intercept((asked, response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain' }).end(answers(asked))
    return false
  })
  const { createNamespace, create, get, waitFor } = cluster()
  place = await createNamespace()
  await create(place, ...cases.map(([name, shape]) => jobOf(name, shape)))
  await Promise.all(cases.map(([name, shape]) => twin(name, shape)))
  const wanted = 2 * cases.reduce((sum, [, shape]) => sum + shape.ranks.length, 0)
  const running = async () => {
    const { items } = await get<{ items: Pod[] }>(['pods'], { namespace: place })
    return items.filter(({ status }) => status?.phase === 'Running').length === wanted
  }
  await waitFor(`${wanted} pods run`, running, 120_000)
}, 180_000)

afterAll(async () => {
  await cluster().deleteNamespace(place)
  await kubelet.stop()
})

/** The name of a pod of v2 without its random end. */
const stable = (pod: string): string => pod.replace(/-[a-z0-9]{5}$/, '')

describe('logs, status and compare of every kind on both operators', () => {
  it.each(cases)('%s: status has every pod of both sides, rank by rank', async (name, shape) => {
    const { code, stdout } = await cluster().migrate(['status', `${shape.kind}/${name}`], { namespace: place })
    const pods = [...stdout.matchAll(/[`├└][─-] *(\S+) +[●*] (\w+) .*?(?:rank (\d+)|$)/gm)]
    const told = pods.map(([, pod = '', word, rank = '']) => `${stable(pod)} ${word} ${rank}`.trim())
    // both sides run at once
    expect([code, told.sort()]).toEqual([
      1,
      shape.ranks.flatMap(([v1, v2], rank) => [`${name}-${v1} Running`, `${name}-${v2} Running ${rank}`]).sort(),
    ])
  })

  it.each(cases)('%s: logs has the ranks and roles of both sides', async (name, shape) => {
    const { migrate } = cluster()
    const { code, stdout, stderr } = await migrate(['logs', name, '-o', 'json'], { namespace: place })
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toHaveLength(2 * shape.ranks.length * 21)
    expect(new Set(lines.map(({ pod, text }) => `${pod} ${text}`)).size).toBe(lines.length)
    const own = (side: string) =>
      lines
        .filter((line) => line.side === side && line.text === `I am ${line.pod}`)
        .sort((a, b) => a.rank - b.rank)
        .map(({ rank, role, pod }) => [rank, role, side === 'v1' ? pod : stable(pod)])
    const roleOf = (pod: string): string => pod.replace(/(-\d+)+$/, '')
    const pods = (at: 0 | 1) => shape.ranks.map((names, rank) => [rank, roleOf(names[at]), `${name}-${names[at]}`])
    expect({ v1: own('v1'), v2: own('v2') }).toEqual({ v1: pods(0), v2: pods(1) })
  })

  it.each(cases)('%s: compare reads the rank that leads', async (name, shape) => {
    const { code, stdout, stderr } = await cluster().migrate(['compare', name, '-o', 'json'], { namespace: place })
    expect([code, stderr]).toEqual([0, ''])
    const data = JSON.parse(stdout)
    const [[v1, v2]] = shape.ranks as readonly [readonly [string, string]]
    const logs = [...data.v1.logs, ...data.v2.logs].map((log: { name: string }) => log.name)
    expect([data.verdict, data.reasons, [logs[0], stable(logs[1] ?? '')], logs.length]).toEqual([
      'match',
      ['loss within 1 % on 20 shared steps', 'step time the same'],
      [`${name}-${v1}`, `${name}-${v2}`],
      2,
    ])
    const size = String(shape.ranks.length)
    expect(data.checks).toContainEqual({ name: 'world size', result: 'same', v1: size, v2: size })
  })
})
