import { describe, expect, it } from 'vitest'
import { cluster, life, type MigrateOptions, type Outcome } from './harness.ts'
import { trainJob, v1Job } from './jobs.ts'

const utf8 = { LANG: 'C.UTF-8', LC_ALL: undefined, TERM: 'xterm' }

/** Lines without what no test can know (ages, nodes, random ends of names) and without columns' blanks. */
function known(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .replaceAll(/(-node-0-\d)-[a-z0-9]{5}\b/g, '$1-RANDOM')
        .replaceAll(/ {2}node-\d+ /g, '  NODE ')
        .replaceAll(/(?<= )\d+[smh]\d*[sm]?\b/g, 'AGE')
        .replaceAll(/(?<=\S) +/g, ' '),
    )
}

/** The outcome of `status` once its output matches; as it was last where it never does. */
async function statusOnce(
  namespace: string,
  args: readonly string[],
  until: RegExp,
  more: MigrateOptions = {},
): Promise<Outcome> {
  const { waitFor, migrate } = cluster()
  let last: Outcome | undefined
  const matches = async () => {
    last = await migrate(['status', ...args], { namespace, env: utf8, ...more })
    return until.test(last.stdout) ? last : undefined
  }
  return await waitFor(`${until} in the screen of status`, matches).catch((error: Error) => {
    throw new Error(`${error.message}\n${last?.stdout}${last?.stderr}`)
  })
}

describe('status NAME', () => {
  it('shows both sides down to their pods, beside each other where there is room', async () => {
    const { namespace, create } = cluster()
    const place = await namespace()
    await create(place, v1Job('bert'), trainJob('bert-v2'))
    const { code, stdout, stderr } = await statusOnce(place, ['bert'], /Running 3\/3[\s\S]*Running 2\/2/)
    expect([code, stderr]).toEqual([1, ''])
    expect(known(stdout)).toEqual([
      `${place}/bert BOTH RUNNING: v1 and the TrainJob run at once (paired by name)`,
      expect.stringMatching(/^proof: 0 of 3 pods the same, \d+ harmless differences, without a reason: /),
      '',
      'v1 PyTorchJob bert ● Running 3/3 AGE',
      '├─ Master 1/1',
      '│ └─ bert-master-0 ● Running NODE AGE',
      '└─ Worker 2/2',
      '   ├─ bert-worker-0 ● Running NODE AGE',
      '   └─ bert-worker-1 ● Running NODE AGE',
      '',
      'v2 TrainJob bert-v2 ● Running 2/2 AGE ClusterTrainingRuntime/torch-distributed',
      '└─ node 2/2',
      '   ├─ bert-v2-node-0-0-RANDOM ● Running NODE AGE rank 0 (master-0)',
      '   └─ bert-v2-node-0-1-RANDOM ● Running NODE AGE rank 1 (worker-0)',
      '',
      `Next: kubectl-migrate diff pytorchjob/bert -n ${place} what differs between their pods`,
      `      kubectl-migrate status pytorchjob/bert -n ${place} -w this screen, kept up to date`,
    ])
    const wide = await statusOnce(place, ['bert'], /v2/, { tty: { columns: 200 } })
    const title = wide.stdout.split('\n').find((line) => line.startsWith('v1 '))
    expect(title).toMatch(/v1 {2}PyTorchJob bert .*Running 3\/3.* v2 {2}TrainJob bert-v2 /)
  })

  it('shows what keeps pods from running in the system’s own words', async () => {
    const { namespace, create } = cluster()
    const place = await namespace()
    const waiting = { [life.waiting]: 'ImagePullBackOff', [life.only]: 'worker' }
    await create(place, v1Job('bert', { life: waiting }), trainJob('bert', { nodes: 1, gpus: 1000 }))
    const { stdout } = await statusOnce(
      place,
      ['pytorchjob', 'bert'],
      /v1 {2}ImagePullBackOff: [\s\S]*v2 {2}Unschedulable: /,
    )
    expect(known(stdout).slice(3, 17)).toEqual([
      'v1 PyTorchJob bert ▲ ImagePullBackOff 1/3 AGE',
      '├─ Master 1/1',
      '│ └─ bert-master-0 ● Running NODE AGE',
      '└─ Worker 0/2',
      '   ├─ bert-worker-0 ▲ ImagePullBackOff NODE AGE',
      '   └─ bert-worker-1 ▲ ImagePullBackOff NODE AGE',
      '',
      'v2 TrainJob bert ▲ Unschedulable 0/1 AGE ClusterTrainingRuntime/torch-distributed',
      '└─ node 0/1',
      '   └─ bert-node-0-0-RANDOM ▲ Unschedulable - AGE 1000g rank 0 (master-0)',
      '',
      'v1 ImagePullBackOff: bert-worker-0 and 1 more',
      '    simulated',
      'v2 Unschedulable: bert-node-0-0-RANDOM',
    ])
    expect(stdout).toMatch(/nodes are available: .*Insufficient nvidia\.com\/gpu/)
  })

  it('counts restarts and says how the last run ended', async () => {
    const { namespace, create } = cluster()
    const place = await namespace()
    await create(place, v1Job('bert', { roles: { Worker: 1 }, life: { [life.exitCode]: '3' } }))
    await statusOnce(place, ['bert'], /bert-worker-0 .* [1-9]\d* restarts? \(last: Error, exit 3\)/)
  })

  it('names each way in which some of 64 pods stop, in at most 8 requests', async () => {
    const { namespace, create, kubectl, migrate } = cluster()
    const place = await namespace()
    const waits = { [life.waiting]: 'CrashLoopBackOff', [life.only]: 'worker-4$' }
    await create(
      place,
      v1Job('bert', { roles: { Worker: 62 }, life: waits, restartPolicy: 'Never' }),
      trainJob('bert-v2', { nodes: 2, gpus: 1000 }),
    )
    await statusOnce(place, ['pytorchjob/bert'], /CrashLoopBackOff 61\/62[\s\S]*Unschedulable 0\/2/)
    const conditions = [{ type: 'Ready', status: 'False' }]
    const ended = (exitCode: number, reason: string) => ({
      ...{ phase: 'Failed', conditions },
      containerStatuses: [
        {
          ...{ name: 'pytorch', image: 'train', imageID: '', ready: false, restartCount: 0 },
          state: { terminated: { exitCode, reason, finishedAt: new Date().toISOString().replace(/\.\d+/, '') } },
        },
      ],
    })
    // what kubelets and controllers write, which nobody simulates here
    const stops = [
      { reason: 'NodeLost', message: 'the node does not answer', conditions },
      ended(137, 'OOMKilled'),
      ended(3, 'Error'),
      { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.', conditions },
    ]
    for (const [index, status] of stops.entries()) {
      const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]
      const patched = await kubectl(['patch', 'pod', `bert-worker-${index}`, ...patch], { namespace: place })
      expect([patched.code, patched.stderr]).toEqual([0, ''])
    }
    const { stdout } = await statusOnce(place, ['pytorchjob/bert'], /worker-3 .* Evicted/)
    const lines = known(stdout)
    const pods = lines.indexOf('└─ Worker 57/62')
    expect(lines.slice(pods, pods + 12)).toEqual([
      '└─ Worker 57/62',
      '   ├─ bert-worker-0 ▲ NodeLost NODE AGE',
      '   ├─ bert-worker-1 ▲ OOMKilled NODE AGE',
      '   ├─ bert-worker-2 ▲ Error NODE AGE',
      '   ├─ bert-worker-3 ▲ Evicted NODE AGE',
      '   ├─ bert-worker-4 ▲ CrashLoopBackOff NODE AGE',
      '   ├─ bert-worker-5 ● Running NODE AGE',
      '   └─ … 56 more, all Running',
      '',
      'v2 TrainJob bert-v2 ▲ Unschedulable 0/2 AGE ClusterTrainingRuntime/torch-distributed',
      '└─ node 0/2',
      '   ├─ bert-v2-node-0-0-RANDOM ▲ Unschedulable - AGE 1000g rank 0 (worker-0)',
    ])
    const troubles = lines.indexOf('v1 NodeLost: bert-worker-0')
    expect(lines.slice(troubles, troubles + 12)).toEqual([
      'v1 NodeLost: bert-worker-0',
      '    the node does not answer',
      'v1 OOMKilled: bert-worker-1',
      '    exit code 137',
      'v1 Error: bert-worker-2',
      '    exit code 3',
      'v1 Evicted: bert-worker-3',
      '    The node was low on resource: memory.',
      'v1 CrashLoopBackOff: bert-worker-4',
      '    simulated',
      'v2 Unschedulable: bert-v2-node-0-0-RANDOM and 1 more',
      expect.stringContaining('Insufficient nvidia.com/gpu'),
    ])
    const { stderr } = await migrate(['status', 'pytorchjob/bert', '-v', '6'], { namespace: place })
    expect(stderr.split('\n').filter((line) => line.startsWith('GET '))).toHaveLength(8)
  })

  it('says why there is no JobSet, which only an event knows', async () => {
    const { namespace, create } = cluster()
    const place = await namespace()
    const name = 'a-trainjob-whose-name-is-longer-than-a-jobset-may-have'
    await create(place, trainJob(name))
    const { stdout } = await statusOnce(place, ['trainjob', name], /TrainJobResourcesCreationFailed/)
    expect(stdout).toContain(`${place}/${name}   no v1 job\n`)
    expect(stdout).toMatch(/JobSet name is too long/)
  })

  it('reads both sides in 8 requests, and asks the five other kinds where none is given', async () => {
    const { namespace, create, migrate } = cluster()
    const place = await namespace()
    await create(place, v1Job('bert', { roles: { Master: 1, Worker: 19 } }), trainJob('bert-v2', { nodes: 20 }))
    await statusOnce(place, ['pytorchjob/bert'], /Running 20\/20[\s\S]*Running 20\/20/)
    const asked = async (...words: string[]) => {
      const { stderr } = await migrate(['status', ...words, '-v', '6'], { namespace: place })
      // simulated kubelets have no logs: each is asked once
      return stderr.split('\n').filter((line) => line.startsWith('GET ')).length
    }
    expect([await asked('pytorchjob/bert'), await asked('bert')]).toEqual([8, 13])
  })

  it('suggests the nearest name, exit 1, and asks which of two kinds is meant, exit 2', async () => {
    const { namespace, create, migrate } = cluster()
    const place = await namespace()
    const suspended = { suspend: true, roles: { Worker: 1 } }
    await create(
      place,
      v1Job('bert', suspended),
      v1Job('bert', { ...suspended, kind: 'TFJob' }),
      v1Job('gpt', suspended),
    )
    expect(await migrate(['status', 'gtp'], { namespace: place })).toEqual({
      code: 1,
      stdout: '',
      stderr: [
        `error: no v1 job or TrainJob called gtp in namespace ${place}`,
        '       near to it: gpt',
        `       kubectl-migrate status pytorchjob/gpt -n ${place}`,
        '',
      ].join('\n'),
    })
    expect(await migrate(['status', 'bert'], { namespace: place })).toEqual({
      code: 2,
      stdout: '',
      stderr: [
        `error: 2 v1 jobs in namespace ${place} are called bert: PyTorchJob, TFJob`,
        '       the name alone does not say which one is meant',
        `       kubectl-migrate status pytorchjob/bert -n ${place}`,
        `       kubectl-migrate status tfjob/bert -n ${place}`,
        '',
      ].join('\n'),
    })
  })

  it('shows escapes in others’ words as text', async () => {
    const { namespace, create } = cluster()
    const place = await namespace()
    await create(place, v1Job('bert', { suspend: true }), {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'odd', namespace: place },
      involvedObject: { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', name: 'bert', namespace: place },
      type: 'Warning',
      reason: 'Odd',
      message: '\u001b[2Jgone',
      firstTimestamp: new Date().toISOString(),
      lastTimestamp: new Date().toISOString(),
    })
    const { stdout } = await statusOnce(place, ['bert'], /Odd of pytorchjob\/bert/)
    expect(stdout).toContain('    \\e[2Jgone')
    expect(stdout).not.toContain('\u001b')
  })

  it('shows the rest and names what may not be read', async () => {
    const { namespace, create, kubectl, migrate } = cluster()
    const place = await namespace()
    await create(place, v1Job('bert', { suspend: true }))
    const resources = '--resource=pytorchjobs.kubeflow.org,trainjobs.trainer.kubeflow.org'
    await kubectl(['create', 'role', 'looker', '--verb=get', resources], { namespace: place })
    await kubectl(['create', 'rolebinding', 'looker', '--role=looker', '--user=jane'], { namespace: place })
    const { code, stdout, stderr } = await migrate(['status', 'pytorchjob/bert', '--as', 'jane'], { namespace: place })
    expect([code, stdout]).toEqual([0, expect.stringContaining('PyTorchJob bert')])
    expect(stderr).toBe(
      [
        `note: you may not read events in namespace ${place}: a JobSet that could not be made is not told from a new TrainJob`,
        `note: you may not read pods in namespace ${place}: READY and states come from the jobs’ own status`,
        // the one of its name may be asked for, and there is none: twins have other names
        `note: you may not read trainjobs.trainer.kubeflow.org in namespace ${place}: these are not shown`,
        '',
      ].join('\n'),
    )
  })
})

describe('status without a name', () => {
  it('is the fleet in numbers', async () => {
    const { namespace, create } = cluster()
    const place = await namespace()
    const small = { roles: { Worker: 1 } }
    await create(
      place,
      v1Job('bert', small),
      trainJob('bert-v2', { suspend: true }),
      v1Job('gpt', { ...small, suspend: true }),
      trainJob('gpt', { nodes: 1 }),
      v1Job('t5', { ...small, kind: 'TFJob' }),
      trainJob('lone', { nodes: 1, gpus: 1000 }),
    )
    const { code, stdout, stderr } = await statusOnce(
      place,
      [],
      /PyTorchJob +2 +0 +1 +0 +0 +1[\s\S]*TFJob +1 +0 +1[\s\S]*TrainJob +3 +1000 +1 +0 +1 +1/,
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.split('\n').slice(2, 21)).toEqual([
      'KIND         JOBS   GPUS   RUNNING   WAITING   BLOCKED   SUSPENDED   DONE   FAILED',
      'PyTorchJob      2      0         1         0         0           1      0        0',
      'TFJob           1      0         1         0         0           0      0        0',
      'TrainJob        3   1000         1         0         1           1      0        0',
      '',
      'KIND         READY   NEEDS-RUNTIME   NEEDS-DECISION   IMPOSSIBLE   FINISHED',
      'PyTorchJob       0               2                0            0          0',
      'TFJob            0               1                0            0          0',
      '',
      'migrated 1 of 3 names   ██████▋░░░░░░░░░░░░░   33 % done',
      'in progress 1   held 1   failed 0   not started 1   both running 0   revived 0',
      'GPUs   v1 0   v2 1000',
      expect.stringMatching(/^oldest hold {3}\S+\/gpt {3}\d+s {3}\(v1 is kept suspended; finalize removes it\)$/),
      expect.stringMatching(/^oldest open {3}\S+\/bert {3}\d+s$/),
      '',
      '3 new v1 jobs in 24 h, made by 1 source: kubectl 3',
      '',
      `${place}/lone   TrainJob Unschedulable`,
      expect.stringContaining('Insufficient nvidia.com/gpu'),
    ])
  })
})
