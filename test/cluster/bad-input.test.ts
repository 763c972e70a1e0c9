import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../unit/api-server.ts'
import { type BareServer, startBareServer } from './bare-server.ts'
import { cluster, life, type Outcome } from './harness.ts'
import { v1Job } from './jobs.ts'
import type { Manifest } from './manifests.ts'

/** Requests that change something, as -v 6 tells of them. */
function writesOf({ stderr }: Outcome): string[] {
  const written = /^(POST|PUT|PATCH|DELETE) (?!\S+\/(?:selfsubject\w*reviews|events)\b)/
  return stderr.split('\n').filter((line) => written.test(line) && !line.includes('dryRun=All'))
}

/** What a user sees, without the requests that -v 6 tells of, and checked: no stack trace, nothing written. */
function seen(outcome: Outcome): { code: number; out: string[]; err: string[] } {
  expect(writesOf(outcome)).toEqual([])
  const lines = (text: string) => text.split('\n').filter((line) => line !== '')
  const err = lines(outcome.stderr).filter((line) => !/^(GET|POST|PUT|PATCH|DELETE) https:/.test(line))
  expect(err.filter((line) => /^\s+at /.test(line))).toEqual([])
  return { code: outcome.code, out: lines(outcome.stdout), err }
}

const bert = v1Job('bert', { roles: { Worker: 1 } }) as Manifest
const trainJob: Manifest = {
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainJob',
  metadata: { name: 'gpt' },
  spec: { runtimeRef: { name: 'torch-distributed' } },
}

describe('a server without CRDs', () => {
  const say = (line: string) => console.error(`[bare server] ${line}`)
  const sixKinds = ['pytorch', 'tf', 'mpi', 'xgboost', 'paddle', 'jax'].map((kind) => `${kind}jobs.kubeflow.org`)
  const anotherCluster = [
    '       its operator is not installed here, or the context is another cluster than you mean',
    '       kubectl config current-context',
    '       kubectl get crd',
  ]
  const noTrainer = {
    code: 3,
    out: [],
    err: [
      'error: this cluster does not serve trainjobs.trainer.kubeflow.org',
      '       Trainer v2 is not installed here, or the context is another cluster than you mean',
      '       kubectl config current-context',
      '       kubectl get crd trainjobs.trainer.kubeflow.org',
    ],
  }
  const notServed = (names: readonly string[]) => ({
    code: 3,
    out: [],
    err: [`error: this cluster does not serve ${names.join(', ')}`, ...anotherCluster],
  })

  it('of either side, of v2, and of v1: each verb says which', async (context) => {
    context.skip(
      inject('controlPlane').folder === undefined,
      'an existing cluster is used: no server of our own is started beside it',
    )
    const server: BareServer = await startBareServer(say)
    onTestFinished(() => server.stop())
    const run = async (...words: string[]) =>
      seen(await cluster().migrate([...words, '-v', '6'], { env: { KUBECONFIG: server.kubeconfig } }))
    const each = (...typed: string[]) => Promise.all(typed.map((words) => run(...words.split(' '))))

    const nothing = notServed([...sixKinds, 'trainjobs.trainer.kubeflow.org'])
    expect(await each('list', 'list -A -w', 'status', 'status bert', 'diff job bert')).toEqual(Array(5).fill(nothing))
    expect(await each('convert pytorchjob/bert', 'convert pytorchjob/bert --target-version 2.3')).toEqual([
      noTrainer,
      notServed(['pytorchjobs.kubeflow.org']),
    ])
    expect((await run('cutover', 'job', 'bert', '--yes')).code).toBe(3)

    await server.install('training-operator')
    await server.put(bert)
    expect(await run('list', '--no-headers')).toEqual({
      code: 0,
      out: [expect.stringMatching(/^bert +PyTorchJob +Pending +0\/1 +- +- +NeedsRuntime +NotStarted +\d+s$/)],
      err: ['note: this cluster serves no trainjobs.trainer.kubeflow.org (Trainer v2): only v1 jobs can be shown'],
    })
    expect((await run('status', 'bert')).code).toBe(0)
    expect(await each('convert job bert', 'convert -A', 'diff job bert')).toEqual(Array(3).fill(noTrainer))
    expect(await each('cutover job bert --yes', 'cutover job bert --dry-run=server')).toEqual([noTrainer, noTrainer])

    await server.uninstall('training-operator')
    await server.install('trainer')
    await server.put(trainJob)
    expect(await run('list', '--no-headers')).toEqual({
      code: 0,
      out: [expect.stringMatching(/^gpt +TrainJob +- +- /)],
      err: [
        'note: this cluster serves no job kind of kubeflow.org/v1 (Training Operator v1): only TrainJobs can be shown',
      ],
    })
    expect(await run('diff', 'job', 'bert')).toEqual({
      code: 2,
      out: [],
      err: [
        'error: no v1 job or TrainJob called bert in namespace default',
        '       this cluster serves no job kind of kubeflow.org/v1 (Training Operator v1)',
        '       kubectl-migrate list -n default',
        '       kubectl-migrate list -A',
      ],
    })
    const unserved = notServed(sixKinds)
    expect(await each('convert job bert', 'cutover job bert --yes')).toEqual([unserved, unserved])
  })
})

/** A kubeconfig of a ServiceAccount whose Role lets it do these things in its namespace. */
async function accountIn(namespace: string, rules: readonly object[], token?: string): Promise<string> {
  const { create, kubectl, kubeconfig } = cluster()
  const subject = { kind: 'ServiceAccount', name: 'jane', namespace }
  await create(
    namespace,
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'jane' } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'jane' }, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'jane' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'jane' },
      subjects: [subject],
    },
  )
  const own = token ?? (await kubectl(['create', 'token', 'jane'], { namespace })).stdout.trim()
  const file = join(temporaryFolder(), 'kubeconfig')
  const raw = await kubectl(['config', 'view', '--raw', '--minify', '-o', 'json'], { env: { KUBECONFIG: kubeconfig } })
  const config = JSON.parse(raw.stdout) as { users: { name: string; user: object }[] }
  config.users = config.users.map(({ name }) => ({ name, user: { token: own } }))
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  return file
}

const look = [
  { apiGroups: ['kubeflow.org', 'trainer.kubeflow.org', 'jobset.x-k8s.io'], resources: ['*'], verbs: ['get', 'list'] },
  { apiGroups: [''], resources: ['pods', 'events', 'services'], verbs: ['get', 'list'] },
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'list'] },
]

describe('rights in one namespace only', () => {
  it('are enough there, and -A says what is missing', async () => {
    const { namespace: make, create, migrate } = cluster()
    const namespace = await make()
    await create(namespace, bert)
    const KUBECONFIG = await accountIn(namespace, look)
    const run = async (...words: string[]) => seen(await migrate([...words, '-v', '6'], { env: { KUBECONFIG } }))
    const each = (...typed: string[]) => Promise.all(typed.map((words) => run(...words.split(' '))))

    expect((await run('list', '-n', namespace)).out[1]).toMatch(/^bert +PyTorchJob /)
    const here = `-n ${namespace}`
    const looks = await each(`status ${here}`, `status bert ${here}`, `diff job bert ${here}`)
    expect(looks.map(({ code }) => code)).toEqual([0, 0, 0])
    expect((await run('convert', 'job', 'bert', '-n', namespace, '-o', 'name')).out.at(-1)).toBe(
      'trainjob.trainer.kubeflow.org/bert',
    )

    const user = `system:serviceaccount:${namespace}:jane`
    const forbidden = {
      code: 3,
      out: [],
      err: [
        'error: forbidden: you may not list pytorchjobs in all namespaces',
        `       Missing: list pytorchjobs.kubeflow.org in all namespaces   (you are ${user})`,
        '       Choose a namespace that you may read with -n NAMESPACE,',
        '       or ask for a Role with it; `kubectl auth can-i list pytorchjobs.kubeflow.org` tells when you have it.',
      ],
    }
    expect(await each('list -A', 'list -A -w', 'status -A', 'convert -A')).toEqual(Array(4).fill(forbidden))

    const elsewhere = {
      code: 3,
      out: [],
      err: [
        'error: forbidden: you may not get pytorchjobs in namespace default',
        `       Missing: get pytorchjobs.kubeflow.org in namespace default   (you are ${user})`,
        '       Ask for a Role with it; `kubectl auth can-i get pytorchjobs.kubeflow.org -n default` tells when you have it.',
      ],
    }
    const there = 'job bert -n default'
    const refused = await each(`status ${there}`, `convert ${there}`, `diff ${there}`, `cutover --yes ${there}`)
    expect(refused).toEqual(Array(4).fill(elsewhere))
  })

  it('to look do not move a job: nothing is changed', async () => {
    const { namespace: make, create, migrate, get } = cluster()
    const namespace = await make()
    await create(namespace, bert)
    const KUBECONFIG = await accountIn(namespace, look)
    const { code, stdout, stderr } = await migrate(['cutover', 'job', 'bert', '-n', namespace, '--yes'], {
      env: { KUBECONFIG },
    })
    expect(`${stdout}${stderr}`).toMatch(/is not cut over: you may not \w+ [\w.-]+ in namespace/)
    expect(code).toBe(1)
    const { items } = await get<{ items: { kind: string; spec: { runPolicy?: { suspend?: boolean } } }[] }>(
      ['pytorchjobs,trainjobs,trainingruntimes'],
      { namespace },
    )
    expect(items.map(({ kind, spec }) => [kind, spec.runPolicy?.suspend ?? false])).toEqual([['PyTorchJob', false]])
  })

  it('of a token the server does not take: every verb says who is not let in', async () => {
    const { namespace: make, migrate } = cluster()
    const namespace = await make()
    const KUBECONFIG = await accountIn(namespace, [], 'eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl')
    for (const words of [
      ['list'],
      ['status'],
      ['status', 'bert'],
      ['convert', 'job', 'bert'],
      ['diff', 'job', 'bert'],
      ['cutover', 'job', 'bert', '--yes'],
    ]) {
      const { code, out, err } = seen(await migrate([...words, '-v', '6'], { env: { KUBECONFIG }, namespace }))
      expect([code, out]).toEqual([3, []])
      expect(err).toEqual([
        expect.stringMatching(/^error: not logged in: https:\S+ does not accept the credentials of \S+ \(401\)$/),
        '       They may have expired: log in again, then try `kubectl auth whoami`.',
      ])
    }
  })
})

describe('objects with terminal escapes', () => {
  it('are shown as text and carried as they are', async () => {
    const evil = 'x\u001b]0;owned\u0007\u001b[31m\u009b5m\u202ey'
    const { namespace: make, create, migrate } = cluster()
    const namespace = await make()
    const job = v1Job('bert', { roles: { Worker: 1 } }) as { metadata: object; spec: object }
    await create(namespace, { ...job, metadata: { name: 'bert', annotations: { note: evil } } })
    const verbs = [
      ['list', '-o', 'json'],
      ['status', 'bert'],
      ['convert', 'job', 'bert'],
      ['convert', 'job', 'bert', '-o', 'json'],
      ['diff', 'job', 'bert', '--all'],
      ['cutover', 'job', 'bert', '--dry-run'],
    ]
    for (const words of verbs) {
      const { stdout, stderr } = await migrate(words, { namespace })
      expect(`${stdout}${stderr}`, words.join(' ')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    }
    const { stdout } = await migrate(['convert', 'job', 'bert', '-o', 'json'], { namespace })
    const { items } = JSON.parse(stdout) as { items: { kind: string; metadata: { annotations: { note?: string } } }[] }
    expect(items.find(({ kind }) => kind === 'TrainJob')?.metadata.annotations.note).toBe(evil)
  })
})

describe('cutover', () => {
  const running = async (life: Record<string, string> = {}): Promise<string> => {
    const { namespace: make, create, waitFor, get } = cluster()
    const namespace = await make()
    await create(namespace, v1Job('bert', { roles: { Worker: 1 }, life }))
    await waitFor('v1 runs', async () => {
      const { items } = await get<{ items: { status?: { phase?: string } }[] }>(['pods'], { namespace })
      return items.length === 1 && items[0]?.status?.phase === 'Running'
    })
    return namespace
  }

  it('goes on to its end when nobody reads its words any more', async () => {
    const namespace = await running()
    const { migrate, get } = cluster()
    const { code, stdout, stderr } = await migrate(['cutover', 'job', 'bert', '--yes', '--observe', '1s'], {
      namespace,
      onStart: (child) => {
        child.stderr?.destroy()
        child.stdout?.destroy()
      },
    })
    expect([code, stdout, stderr]).toEqual([0, '', ''])
    const job = await get<{ spec: { runPolicy: { suspend: boolean } } }>(['pytorchjob/bert'], { namespace })
    const moved = await get<{ spec: { suspend: boolean } }>(['trainjob/bert'], { namespace })
    expect([job.spec.runPolicy.suspend, moved.spec.suspend]).toEqual([true, false])
  })

  it('that is stopped by a second Ctrl-C says that the same command goes on', async () => {
    // v1's pods take their time to come back, so that the way back is under way when the second one arrives
    const namespace = await running({ [life.startSeconds]: '20' })
    const { migrate, waitFor, get } = cluster()
    let interrupt = (): void => undefined
    let words = ''
    const moving = migrate(['cutover', 'job', 'bert', '--yes'], {
      namespace,
      onStart: (child) => {
        interrupt = () => child.kill('SIGINT')
        child.stderr?.on('data', (text: Buffer | string) => {
          words += text.toString()
        })
      },
    })
    await waitFor('v1 is held', async () => {
      const job = await get<{ spec: { runPolicy?: { suspend?: boolean } } }>(['pytorchjob/bert'], { namespace })
      return job.spec.runPolicy?.suspend === true
    })
    interrupt()
    await waitFor('it goes back', async () => words.includes('interrupted'))
    interrupt()
    const { code, stderr } = await moving
    expect(stderr).toMatch(
      /\nerror: ended at once: what stands may be half of it\n.* status job bert -n \S+ {3}\(what stands\)\n.* rollback job bert -n \S+ {3}\(back to v1\)\n {7}The same command again goes on from there\.\n$/,
    )
    expect(code).toBe(130)
  })
})
