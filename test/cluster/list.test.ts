import type { ChildProcess } from 'node:child_process'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { cluster, life, type Outcome } from './harness.ts'
import { trainJob, v1Job } from './jobs.ts'

/** Longer than JobSet takes (48 characters for up to ten nodes); Trainer admits it. */
const tooLong = 'a-trainjob-whose-name-is-longer-than-a-jobset-may-have'

/** Rows without their last three columns: class and migration, and the age, which no test can know. */
function rows({ stdout }: Outcome): string[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/( +\S+){3}$/, ''))
}

/** Waits until `list` has all these rows, in any moment's order of columns. */
async function listed(namespace: string, expected: readonly string[], ...args: readonly string[]): Promise<void> {
  let last: string[] = []
  const { waitFor, migrate } = cluster()
  const wanted = async () => {
    last = rows(await migrate(['list', '--no-headers', ...args], { namespace })).map((row) =>
      row.replaceAll(/ +/g, ' '),
    )
    return expected.length === last.length && expected.every((row, at) => row === last[at])
  }
  await waitFor('the rows of list', wanted).catch(({ message }: Error) => expect(last, message).toEqual(expected))
}

describe('list, of jobs that real operators run', () => {
  let namespace = ''

  beforeAll(async () => {
    const { createNamespace, deleteNamespace, create, kubectl, get, waitFor } = cluster()
    namespace = await createNamespace()
    await create(
      namespace,
      v1Job('a-runs', { labels: { team: 'a' } }),
      trainJob('a-runs-v2', { suspend: true }),
      v1Job('b-held', { suspend: true }),
      trainJob('b-held', { suspend: true, annotations: { 'kubectl-migrate.dev/source': 'PyTorchJob/b-held' } }),
      v1Job('c-image', { life: { [life.waiting]: 'ImagePullBackOff', [life.only]: 'worker-1$' } }),
      v1Job('d-failed', { roles: { Worker: 1 }, restartPolicy: 'Never', life: { [life.exitCode]: '1' } }),
      v1Job('e-done', { roles: { Worker: 1 }, life: { [life.runSeconds]: '1' } }),
      trainJob('f-gpus', { gpus: 1000 }),
      trainJob('g-done', { nodes: 1, life: { [life.runSeconds]: '1' } }),
      trainJob('h-starting', { life: { [life.startSeconds]: '3600', [life.only]: 'node-0-1' } }),
      trainJob(tooLong),
      v1Job('i-tf', { kind: 'TFJob', roles: { PS: 1, Worker: 2 } }),
    )
    // a resumed TrainJob keeps Suspended as its last condition, with status False
    await waitFor('b-held is suspended', async () => {
      const { status } = await get<{ status?: { conditions?: unknown[] } }>(['trainjob/b-held'], { namespace })
      return (status?.conditions ?? []).length > 0
    })
    await kubectl(['patch', 'trainjob/b-held', '--type=merge', '-p', '{"spec":{"suspend":false}}'], { namespace })
    return () => deleteNamespace(namespace)
  })

  it('says what each does, where the State column is wrong too', async () => {
    await listed(namespace, [
      'a-runs PyTorchJob Running 3/3 Suspended 0/2',
      `${tooLong} TrainJob - - TrainJobResourcesCreationFailed 0/2`,
      'b-held PyTorchJob Suspended 0/3 Running 2/2',
      'c-image PyTorchJob ImagePullBackOff 2/3 - -',
      'd-failed PyTorchJob Failed - - -',
      'e-done PyTorchJob Succeeded - - -',
      'f-gpus TrainJob - - Unschedulable 0/2',
      'g-done TrainJob - - Complete -',
      'h-starting TrainJob - - Starting 1/2',
      'i-tf TFJob Running 3/3 - -',
    ])
    const { stdout } = await cluster().kubectl(['get', 'trainjob/b-held', '--no-headers'], { namespace })
    expect(stdout.split(/ +/)[1]).toBe('Suspended')
  })

  it('says why, and how the two were paired', async () => {
    const { stdout } = await cluster().migrate(['list', '-o', 'json'], { namespace })
    const items = (
      JSON.parse(stdout) as { items: { name: string; link?: string; phase: string; v2?: { message?: string } }[] }
    ).items
    const item = (name: string) => items.find((candidate) => candidate.name === name)
    expect(item(tooLong)?.v2?.message).toContain('JobSet name is too long')
    expect(item('f-gpus')?.v2?.message).toContain('Insufficient nvidia.com/gpu')
    expect([item('a-runs')?.link, item('a-runs')?.phase]).toEqual(['name', 'V1Runs'])
    expect([item('b-held')?.link, item('b-held')?.phase]).toEqual(['recorded', 'Held'])
  })

  it('selects by label and by field, and brings the partner', async () => {
    await listed(namespace, ['a-runs PyTorchJob Running 3/3 Suspended 0/2'], '-l', 'team=a')
    await listed(namespace, ['b-held PyTorchJob Suspended 0/3 Running 2/2'], '--field-selector', 'metadata.name=b-held')
    const unknown = await cluster().migrate(['list', '--field-selector', 'status.state=x'], { namespace })
    expect([unknown.code, unknown.stdout]).toEqual([2, ''])
    expect(unknown.stderr.split('\n')[0]).toMatch(
      /^error: the server does not select \S+ by --field-selector status\.state=x$/,
    )
  })

  it('fits a terminal of 40 columns', async () => {
    const { code, stdout } = await cluster().migrate(['list', '-l', 'team=a'], {
      namespace,
      tty: { columns: 40 },
      env: { LANG: 'C', LC_ALL: undefined, TERM: 'xterm' },
    })
    const plain = stdout
      .replaceAll(/\u001b\[\d+m/g, '')
      .trimEnd()
      .split('\n')
    expect(code).toBe(0)
    expect(plain).toEqual([
      'NAME     V1        V2',
      'a-runs   Running   Suspended',
      'note: 40 columns are too few for KIND, V1-READY, V2-READY, CLASS, MIGRATION, AGE; -o wide or -o json shows them',
    ])
  })

  it('shows the kinds somebody may list and names the others', async () => {
    const { kubectl, migrate } = cluster()
    const allow = [
      'create',
      'role',
      'looker',
      '--verb=get,list',
      '--resource=pytorchjobs.kubeflow.org,trainjobs.trainer.kubeflow.org',
    ]
    await kubectl(allow, { namespace })
    await kubectl(['create', 'rolebinding', 'looker', '--role=looker', '--user=jane'], { namespace })
    const { code, stdout, stderr } = await migrate(['list', '--as', 'jane', '--no-headers'], { namespace })
    expect(code).toBe(0)
    expect(stdout).toContain('a-runs')
    expect(stdout).not.toContain('i-tf')
    const notes = stderr.trimEnd().split('\n')
    expect(notes).toContain(`note: you may not read tfjobs.kubeflow.org in namespace ${namespace}: these are not shown`)
    expect(notes.filter((line) => !line.startsWith('note: you may not read '))).toEqual([])
    const nobody = await migrate(['list', '--as', 'nobody'], { namespace })
    expect([nobody.code, nobody.stdout]).toEqual([3, ''])
    expect(nobody.stderr.split('\n')[0]).toMatch(
      new RegExp(`^error: forbidden: you may not list \\w+ in namespace ${namespace}$`),
    )
  })
})

describe('list of an empty namespace', () => {
  it('is one sentence on stderr, exit 0', async () => {
    const { namespace, migrate } = cluster()
    const place = await namespace()
    expect(await migrate(['list'], { namespace: place })).toEqual({
      code: 0,
      stdout: '',
      stderr: `No v1 jobs or TrainJobs found in namespace ${place}.\n`,
    })
  })
})

describe('list -w', () => {
  it('prints the rows that change, and ends with Ctrl-C, exit 130', async () => {
    const { namespace, create, kubectl, migrate, waitFor } = cluster()
    const place = await namespace()
    await create(place, v1Job('bert', { roles: { Worker: 1 } }))
    let child: ChildProcess | undefined
    let seen = ''
    const watching = migrate(['list', '-w', '--no-headers'], {
      namespace: place,
      onStart(started) {
        child = started
        started.stdout?.on('data', (text: string) => {
          seen += text
        })
      },
    })
    onTestFinished(() => void child?.kill('SIGKILL'))
    const row = (pattern: RegExp) => waitFor(`${pattern}`, async () => pattern.test(seen))
    await row(/^bert +PyTorchJob +Running +1\/1 +- +- /m)
    await create(place, trainJob('bert-v2', { nodes: 1 }))
    await row(/^bert +PyTorchJob +Running +1\/1 +Running +1\/1 /m)
    await kubectl(['patch', 'pytorchjob/bert', '--type=merge', '-p', '{"spec":{"runPolicy":{"suspend":true}}}'], {
      namespace: place,
    })
    await row(/^bert +PyTorchJob +Suspended +0\/1 +Running +1\/1 /m)
    await kubectl(['delete', 'pytorchjob/bert', 'trainjob/bert-v2', '--wait=false'], { namespace: place })
    await row(/^bert +PyTorchJob +Deleted /m)
    child?.kill('SIGINT')
    const { code, stderr } = await watching
    expect([code, stderr]).toEqual([130, ''])
  })
})
