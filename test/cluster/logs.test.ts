import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Pod } from '../../src/kube/pod.ts'
import { type Faults, startFaultProxy } from './crash/fault-proxy.ts'
import { cluster, life, type Outcome } from './harness.ts'
import { trainJob, v1Job } from './jobs.ts'
import { type ContainerLog, type LogKubelet, startLogKubelet } from './log-kubelet.ts'

let kubelet: LogKubelet
beforeAll(async () => {
  kubelet = await startLogKubelet(cluster().kubeconfig)
})
afterAll(() => kubelet.stop())

const linesOf = (text: string): string[] => (text === '' ? [] : text.trimEnd().split('\n'))

/** A line written so many milliseconds after the beginning of the year. */
const at = (milliseconds: number, text: string | Uint8Array) => ({
  time: `${new Date(Date.UTC(2026, 0, 1) + milliseconds).toISOString().slice(0, -1)}000001Z`,
  text,
})

/** Pods of a namespace once so many of them run. */
async function running(place: string, count: number, timeout = 90_000): Promise<Pod[]> {
  const { get, waitFor } = cluster()
  const run = async () => {
    const { items } = await get<{ items: Pod[] }>(['pods'], { namespace: place })
    return items.filter(({ status }) => status?.phase === 'Running').length === count && items
  }
  return await waitFor(`${count} pods run in ${place}`, run, timeout)
}

const master = (place: string, job = 'bert'): ContainerLog => kubelet.log(place, `${job}-master-0`, 'pytorch')
const worker = (place: string, index: number, job = 'bert'): ContainerLog =>
  kubelet.log(place, `${job}-worker-${index}`, 'pytorch')
const node = (place: string, index: number, job = 'bert-v2'): ContainerLog =>
  kubelet.log(place, `${job}-node-0-${index}`, 'node')

/** Both jobs of a pair, whose pods are on the node that serves logs. */
async function pair(place: string, options: { life?: Record<string, string> } = {}): Promise<void> {
  const { podSpec } = kubelet
  await cluster().create(
    place,
    v1Job('bert', { roles: { Master: 1, Worker: 1 }, podSpec, ...options }),
    trainJob('bert-v2', { nodes: 2, podSpec, ...options }),
  )
}

/** A following in the background. */
function following(place: string, ...args: string[]) {
  let child: ChildProcess | undefined
  const outcome = cluster().migrate(['logs', 'bert', '-f', ...args], {
    namespace: place,
    onStart: (started) => {
      child = started
    },
  })
  return { outcome, interrupt: () => child?.kill('SIGINT') }
}

async function followed(...logs: ContainerLog[]): Promise<void> {
  await cluster().waitFor('all logs are followed', async () => logs.every(({ followers }) => followers > 0))
}

/** As followed, however long the machine takes: the program that follows does not end before. */
async function followedBy(program: Promise<Outcome>, logs: readonly ContainerLog[]): Promise<void> {
  let ended: Outcome | undefined
  void program.then((outcome) => {
    ended = outcome
  })
  const all = async () => ended !== undefined || logs.every(({ followers }) => followers > 0)
  await cluster().waitFor('all logs are followed', all, 300_000)
  if (ended !== undefined) throw new Error(`it ended before all was followed: ${ended.stderr}`)
}

/** Lets all pods succeed, v1's Master last: its job ends with it, and pods that still run then are not followed for long. */
async function end(place: string): Promise<void> {
  for (const master of ['!=', '=']) {
    const selector = `training.kubeflow.org/job-role${master}master`
    const annotate = ['annotate', 'pods', '-l', selector, `${life.exitCode}=0`]
    const { code, stderr } = await cluster().kubectl(annotate, { namespace: place })
    expect([code, stderr]).toEqual([0, ''])
  }
}

describe('logs NAME', () => {
  it('shows both sides in one stream by time, each line with its side, rank and role', async () => {
    const { namespace, migrate } = cluster()
    const place = await namespace()
    master(place).write(at(1, 'v1 starts'), at(4, 'epoch 1'))
    worker(place, 0).write(at(2, 'worker'), at(5, ''))
    node(place, 0).write(at(3, 'v2 starts'))
    node(place, 1).write(at(6, 'second node'))
    await pair(place)
    await running(place, 4)
    const { code, stdout, stderr } = await migrate(['logs', 'bert'], { namespace: place })
    expect([code, stderr]).toEqual([0, ''])
    expect(linesOf(stdout)).toEqual([
      'v1 0 master | v1 starts',
      'v1 1 worker | worker',
      'v2 0 node   | v2 starts',
      'v1 0 master | epoch 1',
      'v1 1 worker | ',
      'v2 1 node   | second node',
    ])
    const some = await migrate(['logs', 'job', 'bert', '--rank', '1', '--side', 'v2', '--timestamps'], {
      namespace: place,
    })
    expect(some.stdout).toBe('v2 1 node | 2026-01-01T00:00:00.006000001Z second node\n')
    const tail = await migrate(['logs', 'bert', '--rank', '0', '--tail', '1', '-o', 'json'], { namespace: place })
    expect(linesOf(tail.stdout).map((line) => JSON.parse(line))).toMatchObject([
      {
        side: 'v2',
        role: 'node',
        rank: 0,
        container: 'node',
        time: '2026-01-01T00:00:00.003000001Z',
        text: 'v2 starts',
      },
      { side: 'v1', role: 'master', rank: 0, pod: 'bert-master-0', container: 'pytorch', text: 'epoch 1' },
    ])
    const since = await migrate(['logs', 'bert', '--since-time', '2026-01-01T00:00:00.005Z'], { namespace: place })
    expect(linesOf(since.stdout)).toEqual(['v1 1 worker | ', 'v2 1 node   | second node'])
  })

  it('shows binary logs and lines of 10 MB', async () => {
    const { namespace, create, migrate } = cluster()
    const place = await namespace()
    const long = 'x'.repeat(10 * 1024 * 1024)
    master(place).write(
      at(1, Uint8Array.from([0xff, 0xfe, 0x00, 0x41, 0x1b, 0x5b, 0x32, 0x4a])),
      at(2, long),
      at(3, 'end'),
    )
    await create(place, v1Job('bert', { roles: { Master: 1 }, podSpec: kubelet.podSpec }))
    await running(place, 1)
    const { code, stdout, stderr } = await migrate(['logs', 'bert'], { namespace: place })
    expect([code, stderr]).toEqual([0, ''])
    const lines = linesOf(stdout)
    expect(lines).toHaveLength(3)
    expect(lines[0]).toBe('v1 0 master | \ufffd\ufffd\\u{0000}A\\e[2J')
    expect(lines[1] === `v1 0 master | ${long}`).toBe(true)
    expect(lines[2]).toBe('v1 0 master | end')
  })

  it('shows the rest where a pod goes after the pods were read and before its log is, and names it', async () => {
    const { namespace, create, migrate, kubectl, kubeconfig, waitFor } = cluster()
    const place = await namespace()
    const { podSpec } = kubelet
    await create(place, v1Job('bert', { roles: { Master: 1 }, podSpec }), trainJob('bert-v2', { nodes: 2, podSpec }))
    await running(place, 3)
    master(place).write(at(1, 'step 7 loss=1'))
    node(place, 1).write(at(2, 'here'))
    // of random ends, so that none takes its name
    const leading = /^GET (bert-v2-node-0-0-\w+)\/log$/
    let left: string | undefined
    const vanish: Faults = async ({ title }, when) => {
      const pod = leading.exec(title)?.[1]
      if (when !== 'before' || pod === undefined || left !== undefined) return undefined
      left = pod
      const { code, stderr } = await kubectl(['delete', 'pod', pod], { namespace: place })
      expect([code, stderr]).toEqual([0, ''])
      return undefined
    }
    // status reads no log while the TrainJob does not yet say that all its Jobs are ready again
    const run = (...words: string[]) =>
      waitFor(`${words[0]} asks for the log of a pod that goes`, async () => {
        left = undefined
        const proxy = await startFaultProxy(kubeconfig, vanish)
        const outcome = await migrate([...words, '--server', proxy.url], { namespace: place })
        proxy.close()
        await running(place, 3)
        return left !== undefined && outcome
      })
    const shown = await run('logs', 'bert')
    expect(shown).toEqual({
      code: 0,
      stdout: 'v1 0 master | step 7 loss=1\nv2 1 node   | here\n',
      stderr: `note: gone before the log was read to its end: v2 rank 0 (${left})\n`,
    })
    const screen = await run('status', 'pytorchjob/bert')
    expect([screen.code, screen.stderr]).toEqual([
      1,
      `note: pod ${left} is gone since the pods were read: how far the run is, is not known\n`,
    ])
    expect(screen.stdout).toContain('bert-master-0')
    expect(screen.stdout).toContain(`${left} `)
    const compared = await run('compare', 'bert')
    expect([compared.code, compared.stdout]).toEqual([1, expect.stringContaining('inconclusive')])
    expect(compared.stdout).toContain(`note: ${left}: its log is missing (gone`)
  })

  it('shows the rest where pods/log is forbidden or has not started, and says what lacks', async () => {
    const { namespace, create, migrate, waitFor, get } = cluster()
    const place = await namespace()
    const { podSpec } = kubelet
    master(place).write(at(1, 'here'))
    await create(
      place,
      v1Job('bert', {
        roles: { Master: 1, Worker: 1 },
        podSpec,
        life: { [life.waiting]: 'ImagePullBackOff', [life.only]: 'worker' },
      }),
    )
    await waitFor('the worker waits', async () => {
      const { items } = await get<{ items: Pod[] }>(['pods'], { namespace: place })
      const waits = items.some(({ status }) => status?.containerStatuses?.[0]?.state?.waiting !== undefined)
      return waits && items.some(({ status }) => status?.phase === 'Running')
    })
    const { code, stdout, stderr } = await migrate(['logs', 'bert'], { namespace: place })
    expect([code, stdout]).toEqual([0, 'v1 0 master | here\n'])
    expect(stderr).toBe(
      'note: not started yet, so there is no log of v1 rank 1 (bert-worker-0): ImagePullBackOff (-f waits for it)\n',
    )
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'reader' } }
    await create(
      place,
      {
        ...role,
        kind: 'Role',
        rules: [
          {
            apiGroups: ['kubeflow.org', 'trainer.kubeflow.org', 'jobset.x-k8s.io'],
            resources: ['*'],
            verbs: ['get', 'list', 'watch'],
          },
          { apiGroups: [''], resources: ['pods', 'events'], verbs: ['get', 'list', 'watch'] },
        ],
      },
      {
        ...role,
        kind: 'RoleBinding',
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
      },
    )
    const refused = await migrate(['logs', 'bert', '--as', 'jane', '--rank', '0'], { namespace: place })
    expect([refused.code, refused.stdout]).toEqual([3, ''])
    expect(refused.stderr).toContain(
      `note: you may not read pods/log in namespace ${place}: without v1 rank 0 (bert-master-0)\n`,
    )
    expect(refused.stderr).toContain('pods/log')
  })
})

describe('logs NAME -f', () => {
  it('goes on with pods that come later, and ends when the jobs have ended', async () => {
    const { namespace, create, waitFor } = cluster()
    const place = await namespace()
    const { podSpec } = kubelet
    master(place).write('before')
    await create(place, v1Job('bert', { roles: { Master: 1 }, podSpec }))
    await running(place, 1)
    const { outcome } = following(place)
    await followed(master(place))
    node(place, 0).write('from the start of v2')
    await create(place, trainJob('bert-v2', { nodes: 1, podSpec }))
    await followed(node(place, 0))
    master(place).write('after')
    await waitFor('the lines are there', async () => kubelet.asked.some((asked) => asked.includes('bert-v2-node')))
    master(place).end()
    node(place, 0).end()
    await end(place)
    const { code, stdout, stderr } = await outcome
    expect([code, stderr]).toEqual([0, ''])
    expect(linesOf(stdout).sort()).toEqual([
      'v1 0 master | after',
      'v1 0 master | before',
      'v2 0 node   | from the start of v2',
    ])
  })

  it('reads on after cut connections, without a line lost or given twice', async () => {
    const { namespace, waitFor } = cluster()
    const place = await namespace()
    await pair(place)
    await running(place, 4)
    const logs = [master(place), worker(place, 0), node(place, 0), node(place, 1)]
    const { outcome } = following(place)
    await followed(...logs)
    let written = 0
    const write = (count: number): void => {
      for (let line = 0; line < count; line++, written++) for (const log of logs) log.write(`line ${written}`)
    }
    write(100)
    const half = { time: new Date().toISOString(), text: 'half a line that never' }
    for (const log of logs) log.cut(half)
    write(50)
    await followed(...logs)
    write(50)
    kubelet.dropConnections()
    write(50)
    await followed(...logs)
    // a node that dies ends its logs in order, as far as the API server's answer shows
    for (const log of logs) log.endConnections()
    write(50)
    await waitFor('all logs are followed again', async () => logs.every(({ followers }) => followers > 0))
    write(10)
    for (const log of logs) log.end()
    await end(place)
    const { code, stdout, stderr } = await outcome
    expect([code, stderr]).toEqual([0, ''])
    const expected = Array.from({ length: written }, (_, line) => `line ${line}`)
    for (const label of ['v1 0 master', 'v1 1 worker', 'v2 0 node  ', 'v2 1 node  ']) {
      const own = linesOf(stdout).filter((line) => line.startsWith(label))
      expect(own.map((line) => line.slice(label.length + 3))).toEqual(expected)
    }
    expect(linesOf(stdout)).toHaveLength(4 * written)
  })

  it('takes what it missed of a container that was started again', async () => {
    const { namespace, create, waitFor, kubectl } = cluster()
    const place = await namespace()
    await create(place, v1Job('bert', { roles: { Worker: 1 }, podSpec: kubelet.podSpec }))
    await running(place, 1)
    const log = worker(place, 0)
    log.write('first start')
    const { outcome, interrupt } = following(place, '--side', 'v1')
    await followed(log)
    // the connection is lost, then the last lines are written and the container ends and starts again
    log.endConnections()
    log.write('last words')
    log.restart()
    log.write('second start')
    await kubectl(['annotate', 'pod', 'bert-worker-0', `${life.exitCode}=1`], { namespace: place })
    await waitFor('it was started again', async () => {
      const { stdout } = await kubectl(
        ['get', 'pod', 'bert-worker-0', '-o', 'jsonpath={.status.containerStatuses[0].restartCount}'],
        { namespace: place },
      )
      return Number(stdout) > 0
    })
    await waitFor('the previous log was asked for', async () =>
      kubelet.asked.some((asked) => asked.startsWith(`${place}/`) && asked.includes('previous=true')),
    )
    await new Promise((wake) => setTimeout(wake, 1500))
    interrupt()
    const { code, stdout } = await outcome
    expect(code).toBe(130)
    expect(linesOf(stdout).map((line) => line.replace(/^.* \| /, ''))).toEqual([
      'first start',
      'last words',
      'second start',
    ])
  })

  it('ends at Ctrl-C with 130, and quietly when its reader has gone', async () => {
    const { namespace, create } = cluster()
    const place = await namespace()
    await create(place, v1Job('bert', { roles: { Master: 1 }, podSpec: kubelet.podSpec }))
    await running(place, 1)
    master(place).write('one')
    const first = following(place)
    await followed(master(place))
    first.interrupt()
    expect(await first.outcome).toMatchObject({ code: 130, stderr: '' })
    const head = cluster().migrate(['logs', 'bert', '-f'], {
      namespace: place,
      onStart: ({ stdout }) => void stdout?.once('data', () => stdout.destroy()),
    })
    await followed(master(place))
    const writing = setInterval(() => master(place).write('more'), 100)
    expect(await head).toMatchObject({ code: 0, stderr: '' })
    clearInterval(writing)
  })
})

describe('many pods', () => {
  it('follows 64 pods at once without dropping a line', async () => {
    const { namespace, create } = cluster()
    const place = await namespace()
    const { podSpec } = kubelet
    await create(
      place,
      v1Job('bert', { roles: { Master: 1, Worker: 31 }, podSpec }),
      trainJob('bert-v2', { nodes: 32, podSpec }),
    )
    await running(place, 64, 200_000)
    const logs = [
      master(place),
      ...Array.from({ length: 31 }, (_, index) => worker(place, index)),
      ...Array.from({ length: 32 }, (_, index) => node(place, index)),
    ]
    const text = 'a line of a log of quite ordinary length, with a loss=0.123 in it'
    for (let line = 0; line < 2000; line++) for (const log of logs) log.write(`${line} ${text}`)
    const { outcome } = following(place)
    await followedBy(outcome, logs)
    for (let line = 2000; line < 2500; line++) for (const log of logs) log.write(`${line} ${text}`)
    for (const log of logs) log.end()
    await end(place)
    const { code, stdout, stderr } = await outcome
    expect([code, stderr]).toEqual([0, ''])
    const lines = linesOf(stdout)
    expect(lines).toHaveLength(64 * 2500)
    const next = new Map<string, number>()
    for (const line of lines) {
      const [, label = '', number] = /^(v\d +\d+) \w+ +\| (\d+) /.exec(line) ?? []
      expect(Number(number)).toBe(next.get(label) ?? 0)
      next.set(label, Number(number) + 1)
    }
    expect(next.size).toBe(64)
  }, 300_000)
})

describe('logs NAME --save', () => {
  it('keeps a file for each pod that only its owner reads, and does not go over it', async () => {
    const { namespace, migrate } = cluster()
    const place = await namespace()
    master(place).write(at(1, 'one'))
    worker(place, 0).write(at(2, 'two'))
    node(place, 0).write(at(3, 'three'))
    node(place, 1).write(at(4, 'four'))
    await pair(place)
    const pods = await running(place, 4)
    const parent = mkdtempSync(join(tmpdir(), 'saved-'))
    onTestFinished(() => rmSync(parent, { recursive: true }))
    const folder = join(parent, 'bert')
    const { code, stdout, stderr } = await migrate(['logs', 'bert', '--save', folder], { namespace: place })
    expect([code, stdout, stderr]).toEqual([0, '', `saved 4 lines in 4 files of ${folder}\n`])
    const file = join(folder, 'v1', 'rank-0_bert-master-0_pytorch.log')
    expect(readFileSync(file, 'utf8')).toBe('2026-01-01T00:00:00.001000001Z one\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const index = JSON.parse(readFileSync(join(folder, 'logs.json'), 'utf8'))
    expect(index).toMatchObject({
      namespace: place,
      name: 'bert',
      v1: 'PyTorchJob/bert',
      v2: 'TrainJob/bert-v2',
      complete: true,
    })
    expect(index.logs.map((log: { pod: string }) => log.pod).sort()).toEqual(
      pods.map(({ metadata }) => metadata.name).sort(),
    )
    const again = await migrate(['logs', 'bert', '--save', folder], { namespace: place })
    expect(again.code).toBe(2)
    expect(again.stderr).toContain(`error: ${folder} is not empty`)
    expect((await migrate(['logs', 'bert', '--save', folder, '--force'], { namespace: place })).code).toBe(0)
  })
})
