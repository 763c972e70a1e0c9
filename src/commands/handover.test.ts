import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeLog } from '../../test/unit/fake-cluster.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { v1Job } from '../../test/unit/objects.ts'
import { type OperatorsOptions, startOperators } from '../../test/unit/operators.ts'
import { runMoving, standing } from '../../test/unit/run-moving.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import { resources } from '../kube/resources.ts'
import { type MigrationRecord, parseRecord } from '../migration/record.ts'
import { jobStatusSchema } from '../present/status-schema.ts'

/** Time of each line, counted in minutes before the start of the world. */
const line = (text: string, minutes = 0) =>
  `${new Date(Date.parse('2026-01-01T00:00:00Z') - minutes * 60_000).toISOString()} ${text}\n`

const v1Log = [line('step 47900 loss 1.5', 15), line('saved checkpoint at step 47900', 14), line('step 48200 loss 1.4')]

interface World extends OperatorsOptions {
  readonly v1?: string | FakeLog
  readonly v2?: string | FakeLog
  readonly forbidLogs?: boolean
  /** what may not be read, from when on it is in it */
  readonly hidden?: ReadonlySet<string>
}

function world({ v1 = v1Log.join(''), v2, forbidLogs = false, hidden, ...operators }: World = {}): FakeCluster {
  const cluster = new FakeCluster({
    namespace: 'nlp',
    objects: [v1Job('bert')],
    logs: { 'bert-master-0/pytorch': v1, ...(v2 !== undefined && { 'bert-node-0-0-abcde/node': v2 }) },
    ...((forbidLogs || hidden) && {
      forbid: ({ resource }) => (forbidLogs && resource === 'pods/log') || (hidden?.has(resource) ?? false),
    }),
  })
  startOperators(cluster, operators)
  return cluster
}

function recordIn(cluster: FakeCluster): MigrationRecord {
  const [object = expect.fail('there is no record')] = cluster.all(resources.configMaps)
  const record = parseRecord(object)
  return 'unreadable' in record ? expect.fail(record.unreadable) : record
}

const cutover = 'cutover job bert --yes'
const done = 'nlp/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended'

describe('what is repeated', () => {
  it('is told before v1 is stopped, by the last checkpoint in its log', async () => {
    const { stderr } = await runMoving(cutover, world())
    expect(stderr).toContain(' Last checkpoint seen 14 min ago (step 47 900): about 3 pods x 14 min are repeated.\n')
  })

  it('is nothing where no pod of v1 runs yet', async () => {
    const fate: OperatorsOptions['fate'] = ({ role }) => (role === 'node' ? undefined : { phase: 'Pending' })
    const { stderr } = await runMoving(cutover, world({ v1: '', fate }))
    expect(stderr).toContain(' None of v1’s pods runs: nothing is repeated.\n')
  })

  it('is all since the pods began where there is no sign of a checkpoint', async () => {
    const { stderr } = await runMoving(cutover, world({ v1: line('step 1 loss 3') }))
    expect(stderr).toMatch(
      / No sign of a checkpoint was seen at the end of v1’s log: up to 3 pods x .*, are repeated\.\n/,
    )
  })

  it('is told as well where logs may not be read: that stops nothing', async () => {
    const { code, stderr } = await runMoving(cutover, world({ forbidLogs: true }))
    expect(stderr).toContain('You may not read v1’s log (get pods/log), so no checkpoint was looked for: up to 3 pods')
    expect(code).toBe(0)
  })
})

describe('whether v2 went on where v1 was', () => {
  it.each<[what: string, v2: string | undefined, line: string, note: string]>([
    ['from the checkpoint', line('step 47901 loss 1.4'), `${done}; resumed at step 47 901\n`, ''],
    [
      'from further than v1 was, as from another run’s checkpoint',
      line('step 61000 loss 1.2'),
      `${done}; resumed at step 61 000, past step 48 200 where v1 was last seen\n`,
      '',
    ],
    [
      'from the start',
      line('loading') + line('step 0 loss 9'),
      `${done}; resume not verified: first step is 0, v1 was at step 48 200\n`,
      '',
    ],
    [
      'nobody knows',
      undefined,
      `${done}\n`,
      'note: resume not verified: v2’s log shows no step yet, v1 was at step 48 200\n',
    ],
  ])('%s', async (_, v2, stdout, note) => {
    const cluster = world({ v2 })
    const ran = await runMoving(cutover, cluster)
    expect([ran.code, ran.stdout]).toEqual([0, stdout])
    expect(ran.stderr).toContain(note)
    const at = /step (\d+)/.exec(v2 ?? '')?.[1]
    expect(recordIn(cluster).handover).toEqual({
      v1: {
        last: { axis: 'step', at: 48200 },
        checkpoint: { place: { axis: 'step', at: 47900 }, time: '2025-12-31T23:46:00.000Z' },
      },
      ...(at !== undefined && { first: { axis: 'step', at: Number(at) } }),
    })
  })
})

describe('status of a job that was cut over', () => {
  const unverified = 'resume not verified: first step is 0, v1 was at step 48 200'

  it('tells whether v2 went on, in 8 requests', async () => {
    const cluster = world({ v2: line('step 0 loss 9') })
    await runMoving(cutover, cluster)
    const [job = expect.fail('there is no TrainJob')] = cluster.all(resources.trainJobs)
    const ready = { name: 'node', ready: 1, succeeded: 0, failed: 0, active: 1, suspended: 0 }
    cluster.put({ ...job, status: { jobsStatus: [ready] } })
    cluster.closed = false
    const before = cluster.requests
    const { out } = await runVerb(['status', 'pytorchjob/bert'], { cluster })
    expect(out.slice(1, 2)).toEqual([unverified])
    expect(cluster.requests - before).toBe(8)
    expect(out).toContain('    step 0, loss 9')
    const json = JSON.parse((await runVerb(['status', 'bert', '-o', 'json'], { cluster })).out.join(''))
    expect([json.resume, faultsOf(jobStatusSchema, json)]).toEqual([{ verified: false, says: unverified }, []])
    expect((await runVerb(['status', 'bert', '--history'], { cluster })).out[1]).toBe(`  ${unverified}`)
    const narrow = await runVerb(['status', 'pytorchjob/bert'], { cluster, tty: true, columns: 40 })
    const [begin] = unverified.split(',')
    const at = narrow.out.indexOf(`${begin}, v1`)
    expect(narrow.out.slice(at, at + 2)).toEqual(['resume not verified: first step is 0, v1', 'was at step 48 200'])
  })

  it('is told without, and that, where records may not be read', async () => {
    const hidden = new Set<string>()
    const cluster = world({ v2: line('step 0 loss 9'), hidden })
    await runMoving(cutover, cluster)
    hidden.add('configmaps')
    cluster.closed = false
    const { out, err, code } = await runVerb(['status', 'pytorchjob/bert'], { cluster })
    expect([code, out.includes(unverified)]).toEqual([0, false])
    expect(err).toContain(
      'note: you may not read configmaps in namespace nlp: whether v2 went on where v1 was is not known',
    )
  })
})

describe('--require-resume', () => {
  const required = `${cutover} --require-resume`

  it('is content with a v2 that goes on from the checkpoint', async () => {
    const { code, stdout } = await runMoving(required, world({ v2: line('step 47900 loss 1.4') }))
    expect([code, stdout]).toEqual([
      0,
      'nlp/bert is cut over: 3 of 3 pods run, equal to the proof; v1 is kept suspended; resumed at step 47 900\n',
    ])
  })

  it.each<[what: string, v2: string | undefined, reason: string]>([
    ['begins anew', line('step 0 loss 9'), 'resume not verified: first step is 0, v1 was at step 48 200'],
    ['says nothing', line('hello'), 'resume not verified: v2’s log shows no step yet, v1 was at step 48 200'],
  ])('rolls back where v2 %s, and says where v1 goes on', async (_, v2, reason) => {
    const cluster = world({ v2 })
    const { code, stdout } = await runMoving(required, cluster)
    expect(stdout).toBe(
      `nlp/bert was NOT cut over: ${reason}; rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running; ` +
        'v1 goes on from step 47 900, the last checkpoint seen\n',
    )
    expect([code, standing(cluster)]).toEqual([5, 'v1 runs 3, v2 0'])
  })

  it('needs a time in which a step could be seen', async () => {
    const { code, stderr } = await runMoving(`${required} --observe 0`, world())
    expect(stderr).toContain(
      '--require-resume looks for a step while v2 is watched, and --observe 0 watches for no time',
    )
    expect(code).toBe(2)
  })

  it('does not go with --keep-name: a twin began before v1 stopped, so that v1 would be stopped in vain', async () => {
    const cluster = world()
    const { code, stderr, writes } = await runMoving(`${required} --keep-name`, cluster)
    expect([code, stderr.split('\n'), writes]).toEqual([
      2,
      [
        'error: --require-resume goes with a v2 that starts where v1 stops, and with --keep-name a twin runs on from where it began',
        '       kubectl migrate cutover job bert --keep-name --yes',
        '       kubectl migrate cutover job bert --require-resume --yes',
        '',
      ],
      [],
    ])
  })

  it.each<[what: string, options: World, why: string]>([
    ['tells no step', { v1: line('hello') }, 'v1’s log tells no step'],
    ['may not be read', { forbidLogs: true }, 'v1’s log may not be read (get pods/log)'],
  ])('stops nothing where v1’s log %s', async (_, options, why) => {
    const cluster = world(options)
    const { code, stdout } = await runMoving(required, cluster)
    expect(stdout).toBe(
      `nlp/bert was NOT cut over: --require-resume cannot be held: ${why}; nothing of it is left, v1 was never stopped\n`,
    )
    expect([code, standing(cluster)]).toEqual([1, 'v1 runs 3, v2 0'])
  })
})

describe('a container that fails', () => {
  it('is quoted: its last line with the reason, the lines before below', async () => {
    const fate: OperatorsOptions['fate'] = ({ role }) =>
      role === 'node'
        ? { phase: 'Running', containerStatuses: [{ name: 'node', state: { terminated: { exitCode: 1 } } }] }
        : undefined
    const v2 = line('Traceback (most recent call last):') + line('') + line('RuntimeError: CUDA out of memory')
    const { code, stdout, stderr } = await runMoving(cutover, world({ v2, fate }))
    expect(stdout).toBe(
      'nlp/bert was NOT cut over: rank 0 (master-0) failed: container node ended with exit code 1: RuntimeError: CUDA out of memory; ' +
        'rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running; v1 goes on from step 47 900, the last checkpoint seen\n',
    )
    expect(stderr).toContain(
      'It said last:\n  Traceback (most recent call last):\n  RuntimeError: CUDA out of memory\nNext:\n',
    )
    expect(code).toBe(5)
  })
})

describe('rollback', () => {
  it.each<[what: string, v2: string, step: string]>([
    ['v2 wrote', line('step 48000 loss 1') + line('saved checkpoint'), '48 000'],
    ['v1 wrote', line('step 47901 loss 1'), '47 900'],
  ])('tells the newest checkpoint: one that %s', async (_, v2, step) => {
    const cluster = world({ v2 })
    expect((await runMoving(cutover, cluster)).code).toBe(0)
    const { code, stdout } = await runMoving('rollback job bert --yes', cluster)
    expect([code, stdout]).toEqual([
      0,
      `nlp/bert is rolled back: TrainJob removed, v1 resumed, 3 of 3 pods running; v1 goes on from step ${step}, the last checkpoint seen\n`,
    ])
  })
})
