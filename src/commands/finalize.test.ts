import { describe, expect, it } from 'vitest'
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import { type FakeEnvOptions, fakeEnv } from '../../test/unit/fake-env.ts'
import { condition, now, v1Job } from '../../test/unit/objects.ts'
import { startOperators } from '../../test/unit/operators.ts'
import { runMoving, standing } from '../../test/unit/run-moving.ts'
import { parseWords } from '../cli/parse.ts'
import type { KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import { parseRecord } from '../migration/record.ts'
import { describeError } from '../present/errors.ts'
import { command } from './finalize.ts'

async function finalize(words: string, cluster: FakeCluster, options: FakeEnvOptions = {}) {
  const { env, stdout, stderr } = fakeEnv({ columns: 200, ...options, cluster })
  // comparing opens and closes a door of its own
  const connect = async () => {
    cluster.closed = false
    return cluster
  }
  const before = cluster.log.length
  const { positionals, flags } = parseWords(
    words.split(' ').filter((word) => word !== '' && word !== '-A'),
    command.flags,
  )
  const given = { positionals, flags, connection: {}, allNamespaces: words.includes('-A'), verbosity: 0 }
  const code = await command.run({ ...env, connect }, given).catch((error) => {
    const told = describeError(error, env.name)
    env.err.write(`${told.lines.join('\n')}\n`)
    return told.exit
  })
  await new Promise((resolve) => setTimeout(resolve, 5))
  const writes = cluster.log
    .slice(before)
    .filter((line) => /^(create|patch|delete) (?!(configmaps|leases\.\S+) nlp migration-)/.test(line))
  return { code, stdout: stdout(), stderr: stderr(), writes }
}

const secret = 'migration-pytorchjob-bert-uid-v1-b-1'

/** A world of one job, cut over. */
async function moved(options: FakeClusterOptions = {}): Promise<FakeCluster> {
  const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')], ...options })
  startOperators(cluster)
  expect((await runMoving('cutover job bert --yes --observe 0', cluster)).code).toBe(0)
  return cluster
}

function complete(cluster: FakeCluster): void {
  for (const job of cluster.all(resources.trainJobs))
    cluster.put({ ...job, status: { conditions: [condition('Complete')] } })
}

async function movedAndComplete(options?: FakeClusterOptions): Promise<FakeCluster> {
  const cluster = await moved(options)
  complete(cluster)
  return cluster
}

function manifestIn(secret: KubeObject | undefined) {
  const { 'manifest.json': text = '' } = (secret?.['data'] ?? {}) as Record<string, string>
  return JSON.parse(Buffer.from(text, 'base64').toString())
}

function stateOf(cluster: FakeCluster): string {
  const [object] = cluster.all(resources.configMaps).filter(({ metadata }) => metadata.name === secret)
  const record = object && parseRecord(object)
  return record && !('unreadable' in record) ? record.state : 'none'
}

const owned = (kind: string, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: {
    name,
    namespace: 'nlp',
    ownerReferences: [{ apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', name: 'bert', uid: 'uid-v1-bert' }],
  },
})

describe('finalize', () => {
  it('deletes v1 and nothing else: one write beside the record and the Secret', async () => {
    const cluster = await movedAndComplete()
    const ran = await finalize('job bert --yes', cluster)
    expect(ran.stdout).toBe(
      `nlp/bert is finalized: v1 deleted (the TrainJob is Complete); its manifest is in Secret ${secret}\n`,
    )
    expect(ran.stderr.split('\n').slice(-4)).toEqual([
      'Next:',
      '  kubectl migrate status pytorchjob/bert -n nlp',
      '  kubectl migrate rollback pytorchjob/bert -n nlp   (makes v1 again from its manifest)',
      '',
    ])
    expect(ran.writes).toEqual([`create secrets nlp ${secret}`, 'delete pytorchjobs.kubeflow.org nlp bert'])
    expect([ran.code, standing(cluster), stateOf(cluster)]).toEqual([0, 'v1 gone 0, v2 3', 'finalized'])
    expect(cluster.all(resources.leases)).toEqual([])
  })

  it('is refused while a twin of the job still stands, whatever it is called', async () => {
    const cluster = await movedAndComplete()
    const [made = expect.fail('no TrainJob')] = cluster.all(resources.trainJobs)
    const { annotations } = made.metadata
    const labels = { 'kubectl-migrate.dev/twin-of': 'bert' }
    cluster.put({ ...made, metadata: { name: 'bert-canary', namespace: 'nlp', labels, annotations } })
    const ran = await finalize('job bert --yes', cluster)
    expect(ran.stderr).toContain('nlp/bert is not finalized: its twin, TrainJob bert-canary, is still there\n')
    expect(ran.stderr).toContain('kubectl delete trainjob bert-canary -n nlp   (then finalize again)\n')
    expect([ran.code, ran.writes]).toEqual([1, []])
  })

  it('tells of a job that was never cut over that alone', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
    const ran = await finalize('job bert --yes', cluster)
    expect(ran.stderr.split('\n')).toEqual([
      'error: nlp/bert is not finalized: v1 is not held by a cutover',
      '       nothing was changed',
      '       kubectl migrate status pytorchjob/bert -n nlp',
      '       kubectl migrate cutover pytorchjob/bert -n nlp   (first)',
      '',
    ])
    expect([ran.code, ran.writes]).toEqual([1, []])
  })

  it('does not mind the record of another job that cannot be read', async () => {
    const cluster = await movedAndComplete()
    await finalize('job bert --yes', cluster)
    const [record = expect.fail('no record')] = cluster.all(resources.configMaps)
    const spoil = (name: string) =>
      cluster.put({ ...record, metadata: { ...record.metadata, name, uid: undefined }, data: {} })
    spoil('migration-pytorchjob-bert-large-1a2b3c4d-1')
    expect((await finalize('job bert --yes', cluster)).code).toBe(0)
    spoil('migration-pytorchjob-bert-1a2b3c4d-2')
    expect((await finalize('job bert --yes', cluster)).stderr).toContain('the record of this migration cannot be read')
  })

  it('is done already when it is typed again', async () => {
    const cluster = await movedAndComplete()
    await finalize('job bert --yes', cluster)
    for (const words of ['job bert --yes', 'pytorchjob/bert --yes', 'bert --dry-run']) {
      const ran = await finalize(words, cluster)
      expect([ran.code, ran.stdout, ran.writes]).toEqual([
        0,
        `nlp/bert is finalized already: v1 is gone; its manifest is in Secret ${secret}\n`,
        [],
      ])
    }
  })

  it('keeps the manifest again where somebody deleted the Secret, as it was before the hold', async () => {
    const cluster = await movedAndComplete()
    cluster.remove(resources.secrets, 'nlp', secret)
    expect((await finalize('job bert --yes', cluster)).code).toBe(0)
    const [kept] = cluster.all(resources.secrets)
    const manifest = manifestIn(kept)
    expect([manifest.metadata.annotations, manifest.spec.runPolicy.suspend]).toEqual([{}, undefined])
  })

  it.each([
    ['y\n', 0, 'v1 gone 0, v2 3'],
    ['n\n', 1, 'v1 suspended 0, v2 3'],
    ['', 1, 'v1 suspended 0, v2 3'],
  ])('asks on a terminal: %j', async (input, code, stands) => {
    const cluster = await movedAndComplete()
    cluster.put(owned('ConfigMap', 'notes'))
    const ran = await finalize('job bert', cluster, { tty: true, input })
    expect(ran.stderr).toContain(
      [
        'PyTorchJob bert is deleted for good: its TrainJob stays, with 3 pods (the TrainJob is Complete).',
        `Only its manifest remains, in Secret ${secret}: from it rollback can make v1 again.`,
        'Deleted with it, as it owns them: ConfigMap notes.',
        'Delete v1 now?  [y/N] ',
      ].join('\n'),
    )
    expect([ran.code, standing(cluster)]).toEqual([code, stands])
  })

  it('wants --yes where there is no terminal', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp' })
    const ran = await finalize('job bert --even-if-unproven', cluster)
    expect(ran.stderr.split('\n')).toEqual([
      'error: finalize asks before it deletes a v1 job, and there is no terminal to ask on',
      '       kubectl migrate finalize job bert --even-if-unproven --dry-run=client',
      '       kubectl migrate finalize job bert --even-if-unproven --yes',
      '',
    ])
    expect([ran.code, cluster.log]).toEqual([2, []])
  })

  it.each(['client', 'server'])('prints its write in a dry run (%s), and makes none', async (how) => {
    const cluster = await movedAndComplete()
    const ran = await finalize(`job bert --dry-run=${how}`, cluster)
    const [v1] = cluster.all(resources.pytorchJobs)
    expect(ran.stdout.split('\n')).toEqual([
      `1. PyTorchJob bert is deleted; only its manifest stays, in Secret ${secret}`,
      `   delete pytorchjobs.kubeflow.org nlp/bert${how === 'server' ? '   (the server would accept it)' : ''}`,
      `     only if unchanged: uid uid-v1-bert, resourceVersion ${v1?.metadata.resourceVersion}`,
      '',
    ])
    expect([ran.code, standing(cluster), stateOf(cluster)]).toEqual([0, 'v1 suspended 0, v2 3', 'moved'])
  })
})

describe('finalize refuses', () => {
  const change = (cluster: FakeCluster, resource: typeof resources.pytorchJobs, more: object) => {
    for (const object of cluster.all(resource)) cluster.put({ ...object, ...more })
  }
  const trainJobs = resources.trainJobs as unknown as typeof resources.pytorchJobs
  const usingData = v1Job('bert')
  const master = (usingData['spec'] as Record<string, Record<string, { template: { spec: object } }>>)[
    'pytorchReplicaSpecs'
  ]
  for (const replica of Object.values(master ?? {})) {
    Object.assign(replica.template.spec, {
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
      imagePullSecrets: [{ name: 'registry' }],
    })
  }

  it.each<[what: string, upset: (cluster: FakeCluster) => unknown, code: string, message: string]>([
    ['a TrainJob that only runs', () => undefined, 'unproven', 'nothing says yet that v2 trains as v1 did'],
    [
      'a TrainJob that failed',
      (cluster) => change(cluster, trainJobs, { status: { conditions: [condition('Failed')] } }),
      'v2-not-running',
      'the TrainJob is Failed',
    ],
    [
      'a TrainJob that is gone',
      (cluster) => cluster.remove(resources.trainJobs, 'nlp', 'bert'),
      'v2-not-running',
      'there is no TrainJob',
    ],
    [
      'v1 that runs again',
      (cluster) => {
        complete(cluster)
        change(cluster, resources.pytorchJobs, { spec: v1Job('bert')['spec'] })
      },
      'not-held',
      'v1 is not held by a cutover',
    ],
    [
      'v1 that somebody changed since',
      (cluster) => {
        complete(cluster)
        const [v1] = cluster.all(resources.pytorchJobs)
        const annotations = { 'kubectl-migrate.dev/held': '{"ready":3,"generation":2}' }
        change(cluster, resources.pytorchJobs, { metadata: { ...v1?.metadata, annotations, generation: 3 } })
      },
      'not-held',
      'v1 is held, and its spec was changed since it was held',
    ],
    [
      'a record that is gone',
      (cluster) => {
        complete(cluster)
        cluster.remove(resources.configMaps, 'nlp', secret)
      },
      'record-gone',
      'the record of its cutover is gone',
    ],
  ])('%s', async (_, upset, _code, message) => {
    const cluster = await moved()
    upset(cluster)
    await new Promise((resolve) => setTimeout(resolve, 5))
    const before = cluster.all(resources.pytorchJobs)
    const ran = await finalize('job bert --yes', cluster)
    expect(ran.stderr).toContain(`error: nlp/bert is not finalized: ${message}`)
    expect(ran.stderr).toContain('nothing was changed')
    expect([ran.code, ran.writes, cluster.all(resources.pytorchJobs)]).toEqual([1, [], before])
  })

  it('what is not proven, until it is told to', async () => {
    const cluster = await moved()
    const ran = await finalize('job bert --yes --even-if-unproven', cluster)
    expect(ran.stdout).toContain('is finalized: v1 deleted (not proven: --even-if-unproven)')
    expect([ran.code, standing(cluster)]).toEqual([0, 'v1 gone 0, v2 3'])
  })

  it('while v2’s pods use what goes with v1, and tells how it is owned anew', async () => {
    const cluster = await movedAndComplete({ objects: [usingData, owned('PersistentVolumeClaim', 'data')] })
    const [{ metadata } = expect.fail('no TrainJob')] = cluster.all(resources.trainJobs)
    const ran = await finalize('job bert --yes', cluster)
    expect(ran.stderr.split('\n')).toEqual([
      'error: nlp/bert is not finalized: v2’s pods use PersistentVolumeClaim data, which v1 owns',
      '       Kubernetes deletes what a deleted object owned',
      '       nothing was changed',
      `       kubectl patch persistentvolumeclaims data -n nlp --type merge -p '{"metadata":{"ownerReferences":[{"apiVersion":"trainer.kubeflow.org/v1alpha1","kind":"TrainJob","name":"bert","uid":"${metadata.uid}"}]}}'   (goes with the TrainJob then)`,
      `       kubectl patch persistentvolumeclaims data -n nlp --type merge -p '{"metadata":{"ownerReferences":null}}'   (stays for good)`,
      '',
    ])
    expect([ran.code, ran.writes]).toEqual([1, []])
    const [claim = expect.fail('no claim')] = cluster.all(resources.persistentVolumeClaims)
    cluster.put({ ...claim, metadata: { ...claim.metadata, ownerReferences: [] } })
    expect((await finalize('job bert --yes', cluster)).code).toBe(0)
    expect(cluster.all(resources.persistentVolumeClaims)).toHaveLength(1)
  })

  it('where whose a Secret is may not be read, until that is accepted', async () => {
    const forbid: FakeClusterOptions['forbid'] = ({ verb, resource }) => verb === 'get' && resource === 'secrets'
    const cluster = await movedAndComplete({ objects: [usingData], forbid })
    const ran = await finalize('job bert --yes', cluster)
    expect(ran.stderr).toContain('v2’s pods use Secret registry, and you may not read whether v1 owns it')
    expect(ran.code).toBe(1)
    expect((await finalize('job bert --yes --accept owners-unknown', cluster)).code).toBe(0)
  })

  it('a v1 job that somebody made under the name afterwards', async () => {
    const cluster = await movedAndComplete()
    await finalize('job bert --yes', cluster)
    cluster.put({ ...v1Job('bert'), metadata: { ...v1Job('bert').metadata, uid: 'uid-new' } })
    const ran = await finalize('job bert --yes', cluster)
    expect(ran.stderr).toContain('the PyTorchJob of this name is not the one that was moved: unknown made it at')
    expect([ran.code, ran.writes, cluster.all(resources.pytorchJobs)[0]?.metadata.uid]).toEqual([1, [], 'uid-new'])
  })

  it('a user without the right to delete, before anything is written', async () => {
    const cluster = await movedAndComplete({
      forbid: ({ verb, resource }) => verb === 'delete' && resource.startsWith('pytorchjobs'),
    })
    const ran = await finalize('job bert --yes', cluster)
    expect(ran.stderr).toContain(
      'error: nlp/bert is not finalized: you may not delete pytorchjobs.kubeflow.org in namespace nlp',
    )
    expect([ran.code, ran.writes]).toEqual([1, []])
  })
})

describe('finalize --v1 RUN', () => {
  const line = (step: number) => `step ${step}: loss=${(2 + 8 * 0.98 ** step).toFixed(4)} step_time=1.25\n`
  const steps = (to: number) => Array.from({ length: to }, (_, step) => line(step)).join('')

  it('is refused for a job that is not moved as without it', async () => {
    const cluster = new FakeCluster({ namespace: 'nlp', objects: [v1Job('bert')] })
    const ran = await finalize('job bert --yes --v1 same.log', cluster)
    expect(ran.stderr.split('\n')[0]).toBe('error: nlp/bert is not finalized: v1 is not held by a cutover')
    expect([ran.code, ran.writes]).toEqual([1, []])
  })

  it('goes by what compare says of the saved logs of v1', async () => {
    const logs = Object.fromEntries(['0', '1', '2'].map((rank) => [`bert-node-0-${rank}-abcde/node`, steps(200)]))
    const cluster = await moved({ logs })
    const files = { 'same.log': steps(200), 'other.log': steps(200).replaceAll('loss=', 'loss=9') }
    const differs = await finalize('job bert --yes --v1 other.log', cluster, { files })
    expect(differs.stderr).toContain('is not finalized: compare says differs: the TrainJob is not Complete')
    expect([differs.code, differs.writes]).toEqual([1, []])
    const same = await finalize('job bert --yes --v1 same.log', cluster, { files })
    expect(same.stdout).toContain('nlp/bert is finalized: v1 deleted (compare says match)')
  })
})

describe('finalize --older-than', () => {
  it('says that no kind may be read, instead of that nothing is held', async () => {
    const cluster = new FakeCluster({ objects: [v1Job('bert')], forbid: ({ verb }) => verb === 'list' })
    const ran = await finalize('--older-than 7d -A --yes', cluster)
    expect(ran.stderr.split('\n')[0]).toBe('error: forbidden: you may not list pytorchjobs in all namespaces')
    expect([ran.code, ran.writes]).toEqual([3, []])
  })

  it('lists what is held longer and what refuses each, asks once, and deletes one after another', async () => {
    const objects = ['bert', 'gpt', 'young'].map((name) => v1Job(name))
    const cluster = new FakeCluster({ namespace: 'nlp', objects })
    startOperators(cluster)
    for (const name of ['bert', 'gpt', 'young']) {
      expect((await runMoving(`cutover job ${name} --yes --observe 0`, cluster)).code).toBe(0)
    }
    for (const job of cluster.all(resources.pytorchJobs)) {
      const { name } = job.metadata
      const lastTransitionTime = name === 'young' ? '2026-02-28T12:00:00Z' : '2026-02-20T12:00:00Z'
      cluster.put({ ...job, status: { conditions: [{ type: 'Suspended', status: 'True', lastTransitionTime }] } })
    }
    for (const job of cluster.all(resources.trainJobs)) {
      if (job.metadata.name !== 'gpt') cluster.put({ ...job, status: { conditions: [condition('Complete')] } })
    }
    const ran = await finalize('--older-than 7d -A', cluster, { tty: true, input: 'y\n', now: () => now })
    expect(ran.stderr.split('\n').slice(0, 5)).toEqual([
      '1 of 2 v1 jobs held for more than 7d can be finalized:',
      '  nlp/bert   PyTorchJob   held 9d   the TrainJob is Complete',
      '  nlp/gpt    PyTorchJob   held 9d   refused (unproven): nothing says yet that v2 trains as v1 did: the TrainJob is not Complete',
      '1 v1 job is deleted for good; only the manifests remain, in Secrets.',
      expect.stringMatching(/^Delete them now\? {2}\[y\/N\]/),
    ])
    expect(ran.stdout).toMatch(/^nlp\/bert is finalized: v1 deleted \(the TrainJob is Complete\)/)
    expect([ran.code, cluster.all(resources.pytorchJobs).map(({ metadata }) => metadata.name)]).toEqual([
      1,
      ['gpt', 'young'],
    ])
  })

  it('says so where nothing is held so long', async () => {
    const ran = await finalize('--older-than 7d --yes', await movedAndComplete())
    expect([ran.code, ran.stderr]).toEqual([0, 'no v1 job is held for more than 7d; held at all: 1\n'])
  })

  it.each([
    ['--older-than 7d bert --yes', '--older-than goes with many jobs, and bert is one'],
    ['--older-than week --yes', '--older-than cannot be "week": it takes an age'],
    ['bert -A --yes', '-A goes with --older-than'],
    ['--yes', 'which job? Name one'],
  ])('%s is wrong usage', async (words, said) => {
    const ran = await finalize(words, new FakeCluster({ namespace: 'nlp' }))
    expect([ran.code, ran.stderr.split('\n')[0]]).toEqual([2, `error: ${said}`])
  })
})

describe('killed at any write', () => {
  const points = Array.from({ length: 8 }, (_, at) => at + 1).flatMap((write) => [
    { write, when: 'before' as const },
    { write, when: 'after' as const },
  ])
  it.each(points)('a deletion ($when $write) is gone on with by the same command', async (killed) => {
    const cluster = await movedAndComplete()
    const [first] = cluster.all(resources.pytorchJobs)
    expect([0, 137]).toContain((await runMoving('finalize job bert --yes', cluster, { killed })).code)
    expect((await runMoving('finalize job bert --yes', cluster)).code).toBe(0)
    expect([first?.metadata.uid, standing(cluster), stateOf(cluster)]).toEqual([
      'uid-v1-bert',
      'v1 gone 0, v2 3',
      'finalized',
    ])
    expect(cluster.all(resources.leases)).toEqual([])
  })
})
