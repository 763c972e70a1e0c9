import { describe, expect, it } from 'vitest'
import { usual } from '../../test/unit/conversions.ts'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { torchRuntime } from '../../test/unit/objects.ts'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import { convertJob } from '../convert/convert.ts'
import { convertTwin } from '../convert/twin.ts'
import type { KubeObject } from '../kube/object.ts'
import { diffListSchema } from '../present/diff-schema.ts'
import { parseV1Job } from '../v1/job.ts'
import type { TrainingRuntime, TrainJob } from '../v2/trainjob.ts'

const bert = pytorchManifest({ name: 'bert', metadata: { namespace: 'nlp', uid: '1' } })

const diff = (v1: KubeObject, others: readonly KubeObject[], words: readonly string[] = []) =>
  runVerb(['diff', 'pytorchjob/bert', ...words], {
    cluster: new FakeCluster({ namespace: 'nlp', objects: [v1, ...others] }),
  })

/** Every form of -o json, held against its published schema. */
const faults = ({ out }: { readonly out: readonly string[] }) => faultsOf(diffListSchema, JSON.parse(out.join('\n')))

const stopped =
  'changed  workers-stopped-at-success  pods that still run when the job has succeeded are stopped (v1 lets them run on (cleanPodPolicy None) and hold their GPUs; JobSet stops them)'

describe('diff of a v1 job and the TrainJob that stands beside it', () => {
  const { trainJob, runtime } = convertJob(bert, { ...usual, run: true })

  it('tells what holds of every TrainJob that is made of this job', async () => {
    const { code, out, err } = await diff(bert, [trainJob, runtime])
    expect([code, err, out[0]]).toEqual([
      0,
      [],
      `nlp/bert: v1 PyTorchJob against v2 TrainJob bert on TrainingRuntime ${runtime.metadata.name}      3 pods each, compared rank by rank`,
    ])
    expect(out[2]).toMatch(/^no difference; \d+ equal \(--all\); \d+ harmless folded$/)
    expect(out.slice(-3)).toEqual([
      stopped,
      '',
      'Next: kubectl migrate explain workers-stopped-at-success   what it means, and what to do about it',
    ])
  })

  it('has the code of each change, and what it is below', async () => {
    const onTorch = convertJob(bert, {
      ...usual,
      run: true,
      style: 'native',
      runtimes: [torchRuntime() as TrainingRuntime],
    })
    const { code, out } = await diff(bert, [onTorch.trainJob, torchRuntime()])
    expect([code, out.slice(2, 9), out.slice(-6)]).toEqual([
      1,
      [
        'PODS     FIELD                      FROM       V1               V2',
        'all      env PET_MASTER_PORT        operator   23456            29500                 changed: port-default',
        'all      env PET_NPROC_PER_NODE     operator   auto             1                     changed: process-count',
        'all      ports[29500/TCP]           operator   absent           (unnamed)             changed: port-default',
        'all      job.backoffLimit           job        no limit         6                     changed: runtime-endings',
        'all      job.podReplacementPolicy   job        Failed           TerminatingOrFailed   changed: runtime-endings',
        'worker   job.success                job        does not count   must succeed          changed: runtime-endings',
      ],
      [
        stopped,
        'changed  port-default  torchrun meets on Trainer’s port 29500 instead of v1’s: PET_MASTER_PORT 23456 -> 29500',
        'changed  process-count  torchrun starts as many processes a node as Trainer counts: PET_NPROC_PER_NODE auto -> 1',
        '',
        'Next: kubectl migrate explain workers-stopped-at-success   what it means, and what to do about it',
        '      kubectl migrate explain port-default                 what it means, and what to do about it',
      ],
    ])
  })

  it('is data as its schema says, with --all and --resources too', async () => {
    const quota: KubeObject = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'compute', namespace: 'nlp' },
      spec: { hard: { pods: '50' } },
      status: { used: { pods: '3' } },
    }
    const others = [trainJob, runtime, quota]
    const plain = await diff(bert, others, ['-o', 'json'])
    expect(faults(plain)).toEqual([])
    expect(JSON.parse(plain.out.join(''))).toMatchObject({
      kind: 'DiffList',
      items: [{ job: 'nlp/bert', same: true, findings: [{ code: 'workers-stopped-at-success', class: 'changed' }] }],
    })
    expect(faults(await diff(bert, others, ['-o', 'json', '--all']))).toEqual([])
    expect(faults(await diff(bert, others, ['-o', 'json', '--all', '--resources']))).toEqual([])
  })

  it('names what the twin was asked to do otherwise, and does not hide what it was not', async () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
    const mounted = {
      container: { command: ['python', 'train.py'], volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      pod: { volumes },
    }
    const v1 = pytorchManifest({
      name: 'bert',
      metadata: { namespace: 'nlp', uid: '1' },
      master: mounted,
      worker: mounted,
    })
    const parsed = parseV1Job(v1)
    if (!('job' in parsed)) throw new Error('no job')
    const changes = { isolate: { data: 'subpath' as const }, env: { EPOCHS: '1' }, nodes: 2 }
    const made = convertTwin(parsed.job, 'bert-v2', changes, { ...usual, run: true, anyName: true })
    const { code, out } = await diff(v1, [
      { ...made.trainJob, spec: { ...made.trainJob.spec, trainer: { ...made.trainJob.spec.trainer, image: 'b:2' } } },
      made.runtime,
    ])
    expect([code, ...out]).toMatchInlineSnapshot(`
      [
        1,
        "nlp/bert: v1 PyTorchJob against v2 TrainJob bert-v2 on TrainingRuntime v1-pytorch-01ed374c0f      3 pods of v1, 2 of v2, compared rank by rank",
        "",
        "PODS       FIELD                         FROM       V1              V2",
        "worker-1   pod                           template   bert-worker-1   absent                    changed: twin-nodes",
        "all        env WORLD_SIZE                template   3               2                         changed: twin-nodes",
        "all        env PET_NNODES                template   3               2                         changed: twin-nodes",
        "all        image                         template   train:1         b:2                       differs",
        "all        env EPOCHS                    template   absent          1                         changed: twin-env",
        "all        volumeMounts[/data].subPath   template   absent          kubectl-migrate/bert-v2   changed: isolated",
        "",
        "6 differences; 21 equal (--all); 35 harmless folded",
        "   18  operator-labels   labels JobSet and Job put on their pods",
        "    7  init-pytorch      v1's init container that waits for the master's name; v2 publishes the names of pods that are not ready",
        "    6  operator-labels   labels Training Operator puts on its pods",
        "    2  completion-index  an env variable the Job controller adds",
        "    1  default-port      the port Training Operator declares on the container that trains; a declaration opens nothing",
        "    1  helper-variable   the env variables that v2's host names and indices are made from, so that a runtime names no job",
        "",
        "changed  workers-stopped-at-success  pods that still run when the job has succeeded are stopped (v1 lets them run on (cleanPodPolicy None) and hold their GPUs; JobSet stops them)",
        "changed  twin-nodes  the twin has 1 of 2 workers: 2 of 3 nodes",
        "changed  twin-env  the twin has EPOCHS of its own",
        "changed  isolated  volume data gives the twin a folder of its own, kubectl-migrate/bert-v2, which is empty at first",
        "",
        "Next: kubectl migrate explain workers-stopped-at-success   what it means, and what to do about it",
        "      kubectl migrate explain twin-nodes                   what it means, and what to do about it",
      ]
    `)
  })

  it('leaves a change that nothing explains without a code', async () => {
    const other: TrainJob = {
      ...trainJob,
      spec: { ...trainJob.spec, trainer: { ...trainJob.spec.trainer, image: 'b:2' } },
    }
    const { out } = await diff(bert, [other, runtime])
    expect(out[3]).toMatch(/^all {4}image +template +train:1 +b:2 +differs$/)
  })

  it('compares a job that is not converted as well, and says why there are no reasons', async () => {
    const ports = [
      { name: 'dns', containerPort: 53, hostPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, hostPort: 53 },
    ]
    const worker = { container: { ports } }
    const odd = pytorchManifest({ name: 'bert', metadata: { namespace: 'nlp', uid: '1' }, worker })
    const { code, out, err } = await diff(odd, [trainJob, runtime])
    expect([code, out.some((line) => line.includes('ports[53/UDP]'))]).toEqual([1, true])
    expect(err).toEqual([
      expect.stringMatching(/^note: differences are shown without their reasons, as this job is not converted: /),
    ])
  })
})
