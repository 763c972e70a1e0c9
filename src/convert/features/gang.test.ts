import { describe, expect, it } from 'vitest'
import { converted, refusal, told, usual } from '../../../test/unit/conversions.ts'
import { kindManifest } from '../../../test/unit/kind-manifest.ts'
import { type ManifestOptions, pytorchManifest } from '../../../test/unit/pytorch-manifest.ts'
import { dialects } from '../../v2/dialects/index.ts'
import { queueAnnotation, type TrainingRuntime } from '../../v2/trainjob.ts'
import { type Conversion, type ConvertOptions, convertJob } from '../convert.ts'

const at = 'spec.runPolicy.schedulingPolicy'
const plugins = 'scheduler-plugins-scheduler'

/** A job with this schedulingPolicy and three Workers. */
const gangJob = (policy: Record<string, unknown>, more: ManifestOptions = {}): ManifestOptions => ({
  worker: { replicas: 3 },
  ...more,
  spec: { runPolicy: { cleanPodPolicy: 'Running', schedulingPolicy: policy } },
})

const inGang = (policy: Record<string, unknown>, gangScheduler: string, more?: ManifestOptions) =>
  converted(gangJob(policy, more), { gangScheduler, accept: ['gang-partial', 'gang-priority-lost'] })

/** What a runtime says of gangs. */
function gangOf({ runtime: { spec } }: Conversion) {
  const pods = spec.template.spec.replicatedJobs.map(({ template }) => template.spec.template.spec)
  return {
    policy: spec.podGroupPolicy,
    queue: spec.template.metadata?.annotations?.[queueAnnotation],
    schedulers: [...new Set(pods.map(({ schedulerName }) => schedulerName))],
  }
}

/** Findings beside those of every gang. */
const more = (conversion: Conversion) =>
  told(conversion).filter((line) => !/ (gang-scheduling|pod-group-name) /.test(line))

describe('a scheduling policy', () => {
  it('is lost unless somebody tells v1’s gang scheduler, and both answers are named', () => {
    const { code, where, next } = refusal(pytorchManifest(gangJob({ minAvailable: 2 })))
    expect([code, where]).toEqual(['lost', at])
    expect(next).toEqual([
      '--gang-scheduler NAME, as the operator’s flag --gang-scheduler-name says: volcano, or a scheduler of scheduler-plugins; none where it has no such flag',
      '--accept gang',
    ])
    expect(told(converted(gangJob({ minAvailable: 2 }), { accept: ['gang'] }))).toEqual([`lost gang ${at}`])
  })

  it('that is empty says nothing', () => {
    expect(told(converted(gangJob({})))).toEqual([])
  })

  it('is ignored where the operator has no gang scheduler', () => {
    const conversion = inGang({ minAvailable: 2, queue: 'q' }, 'none')
    expect(told(conversion)).toEqual([`same gang-ignored ${at}`])
    expect(gangOf(conversion)).toEqual({ policy: undefined, queue: undefined, schedulers: [undefined] })
  })

  it.each<[pods: string | undefined, policy: object | undefined]>([
    ['volcano', { volcano: {} }],
    [plugins, { coscheduling: { scheduleTimeoutSeconds: 60 } }],
    ['default-scheduler', undefined],
    ['a-scheduler-of-somebody', undefined],
    [undefined, undefined],
  ])('of pods with schedulerName %s: that tells the gang scheduler where it is known', (schedulerName, policy) => {
    const job = gangJob({ minAvailable: 3 }, { worker: { replicas: 3, pod: schedulerName ? { schedulerName } : {} } })
    expect(gangOf(converted(job, { accept: ['gang'] })).policy).toEqual(policy)
  })

  it('of pods that name several schedulers tells none', () => {
    const role = (schedulerName: string) => ({ pod: { schedulerName } })
    const job = gangJob({ minAvailable: 3 }, { master: role('volcano'), worker: role(plugins) })
    expect(refusal(pytorchManifest(job)).code).toBe('lost')
  })

  it('is a gang of what was told, whatever the pods name: a scheduler they name stays', () => {
    const conversion = inGang({}, 'volcano', { worker: { replicas: 3, pod: { schedulerName: 'their-own' } } })
    expect(gangOf(conversion)).toEqual({ policy: { volcano: {} }, queue: 'default', schedulers: ['their-own'] })
  })

  it('is not needed: an operator with a gang scheduler makes a gang of every job', () => {
    const conversion = converted({ worker: { replicas: 3 } }, { gangScheduler: 'volcano' })
    expect(gangOf(conversion)).toEqual({ policy: { volcano: {} }, queue: 'default', schedulers: ['volcano'] })
    expect(told(conversion)).toEqual([
      'changed gang-scheduling spec.pytorchReplicaSpecs',
      'changed pod-group-name spec.pytorchReplicaSpecs',
    ])
  })

  it.each(['', '-', 'a b', 'a\nb', 'x'.repeat(254)])(
    'with a gang scheduler %j that nothing is called: usage',
    (name) => {
      const { code, what } = refusal(pytorchManifest(gangJob({})), { gangScheduler: name })
      expect(code).toBe('usage')
      expect(what).toBe(
        `no gang scheduler is called ${JSON.stringify(name)}: names of schedulers take letters, digits, - and .`,
      )
    },
  )
})

describe('both sides’ pods', () => {
  const annotationsOf = ({ proof }: Conversion) =>
    [proof.v1, proof.v2].map((pods) => pods.map(({ annotations, labels }) => ({ ...annotations, ...labels })))

  it.each<[gangScheduler: string, v1: object, v2: object]>([
    [
      'Volcano',
      { 'scheduling.k8s.io/group-name': 'train', 'volcano.sh/task-spec': 'worker' },
      { 'scheduling.k8s.io/group-name': 'new' },
    ],
    [plugins, { 'scheduling.x-k8s.io/pod-group': 'train' }, { 'scheduling.x-k8s.io/pod-group': 'new' }],
  ])('name the PodGroup of %s by their job', (gangScheduler, v1, v2) => {
    const conversion = converted(gangJob({}), { gangScheduler, name: 'new' })
    const [ofV1 = [], ofV2 = []] = annotationsOf(conversion)
    expect(ofV1.length).toBe(3)
    for (const pod of ofV1) expect(pod).toMatchObject(v1)
    for (const pod of ofV2) expect(pod).toMatchObject(v2)
    expect(conversion.proof.same).toBe(true)
    const schedulers = conversion.proof.comparison.pairs.flatMap((pair) => [
      pair.v1.spec.schedulerName,
      pair.v2.spec.schedulerName,
    ])
    expect([...new Set(schedulers)]).toEqual([gangScheduler.toLowerCase()])
  })
})

describe('with Volcano', () => {
  it.each<[what: string, policy: Record<string, unknown>, more: ManifestOptions, told: string[]]>([
    ['all of the job', { minAvailable: 3 }, {}, []],
    ['some of the job', { minAvailable: 2 }, {}, [`changed gang-min-member ${at}.minAvailable`]],
    ['more than the job', { minAvailable: 4 }, {}, [`lost gang-partial ${at}.minAvailable`]],
    ['resources', { minResources: { cpu: 3 } }, {}, [`changed gang-resources ${at}.minResources`]],
    ['a timeout', { scheduleTimeoutSeconds: 9 }, {}, [`same gang-ignored ${at}.scheduleTimeoutSeconds`]],
    ['a priority', { priorityClass: 'high' }, {}, [`changed gang-priority ${at}.priorityClass`]],
    [
      'the priority of the pods',
      { priorityClass: 'high' },
      { worker: { replicas: 3, pod: { priorityClassName: 'high' } } },
      [],
    ],
    [
      'another priority than the pods',
      { priorityClass: 'high' },
      { worker: { replicas: 3, pod: { priorityClassName: 'low' } } },
      [`lost gang-priority-lost ${at}.priorityClass`],
    ],
    [
      'no priority, which the pods have',
      { minAvailable: 3 },
      { worker: { replicas: 3, pod: { priorityClassName: 'low' } } },
      [`changed gang-priority ${at}`],
    ],
    [
      'an annotation of Volcano',
      { minAvailable: 3 },
      { metadata: { annotations: { 'volcano.sh/preemptable': 'true' } } },
      ["changed gang-annotations metadata.annotations['volcano.sh/preemptable']"],
    ],
  ])('asks for %s', (_, policy, options, expected) => {
    expect(more(inGang(policy, 'volcano', options))).toEqual(expected)
  })

  it('keeps its queue, and gives the pods the priority that the PodGroup takes from them', () => {
    const conversion = inGang({ queue: 'research', priorityClass: 'high' }, 'volcano')
    expect(gangOf(conversion)).toEqual({ policy: { volcano: {} }, queue: 'research', schedulers: ['volcano'] })
    expect(conversion.proof.v2.map(({ spec }) => spec['priorityClassName'])).toEqual(['high', 'high', 'high'])
  })

  it('needs Trainer 2.1', () => {
    const job = pytorchManifest(gangJob({ minAvailable: 3 }))
    const codes = dialects.map((dialect) => {
      const { findings, runtime } = convertJob(job, { ...usual, dialect, gangScheduler: 'volcano', accept: ['gang'] })
      return [dialect.version, findings.some(({ code }) => code === 'gang'), runtime.spec.podGroupPolicy !== undefined]
    })
    expect(codes).toEqual([
      ['2.0', true, false],
      ['2.1', false, true],
      ['2.2', false, true],
      ['2.3', false, true],
    ])
  })
})

describe('with scheduler-plugins', () => {
  it('keeps the timeout, and tells of what v1 ignores', () => {
    const conversion = inGang({ scheduleTimeoutSeconds: 9, queue: 'q', priorityClass: 'high' }, 'my-scheduler')
    expect(gangOf(conversion)).toEqual({
      policy: { coscheduling: { scheduleTimeoutSeconds: 9 } },
      queue: undefined,
      schedulers: ['my-scheduler'],
    })
    expect(more(conversion)).toEqual([`same gang-ignored ${at}.queue`, `same gang-ignored ${at}.priorityClass`])
  })
})

describe('where v2’s PodGroup cannot wait for every pod', () => {
  it('the job is refused: a Job for each pod is counted once', () => {
    const job = gangJob({}, { master: { container: { image: 'other:1' } }, worker: { replicas: 3 } })
    expect(refusal(pytorchManifest(job), { gangScheduler: 'volcano' })).toMatchObject({
      code: 'lost',
      why: expect.stringContaining('pods may start when 2 have room; v1 waits for 4'),
    })
    expect(more(converted(job, { gangScheduler: 'volcano', accept: ['gang-partial'] }))).toEqual([
      `lost gang-partial ${at}`,
    ])
  })

  it('roles with one Job each are counted whole', () => {
    const job = kindManifest('TFJob', { PS: { replicas: 2 }, Worker: { replicas: 3 } })
    expect(
      more(convertJob(job, { ...usual, gangScheduler: 'volcano' })).filter((line) => line.includes('gang')),
    ).toEqual([])
  })
})

describe('an MPIJob', () => {
  it.each<[mpi: ConvertOptions['mpi']]>([['exec'], ['ssh']])(
    'over %s starts its launcher with the workers: the scheduler would wait for it for ever',
    (mpi) => {
      const job = kindManifest('MPIJob', { Launcher: {}, Worker: { replicas: 2 } })
      const waits = (gangScheduler?: string) =>
        convertJob(job, { ...usual, mpi, gangScheduler }).runtime.spec.template.spec.replicatedJobs.map(
          ({ dependsOn }) => dependsOn !== undefined,
        )
      expect(waits()).toContain(true)
      expect(waits('volcano')).toEqual([false, false])
    },
  )
})

describe('a runtime that exists', () => {
  const policies: Readonly<Record<string, object | undefined>> = {
    'the same gang': { volcano: {} },
    'no gang': undefined,
    'another kind of gang': { coscheduling: { scheduleTimeoutSeconds: 60 } },
    'a gang near by each other': { volcano: { networkTopology: { mode: 'hard' } } },
  }

  it.each<[what: string, queue: string | undefined, used: boolean]>([
    ['the same gang', 'research', true],
    ['the same gang', 'other', false],
    ['the same gang', undefined, false],
    ['no gang', 'research', false],
    ['another kind of gang', 'research', false],
    ['a gang near by each other', 'research', false],
  ])('with %s in queue %s is used: %s', (what, queue, used) => {
    const { runtime } = inGang({ queue: 'research' }, 'volcano')
    const { podGroupPolicy: _, template, ...spec } = runtime.spec
    const policy = policies[what]
    const theirs: TrainingRuntime = {
      ...runtime,
      metadata: { name: 'theirs' },
      spec: {
        ...spec,
        ...(policy ? { podGroupPolicy: { ...policy } } : {}),
        template: {
          spec: template.spec,
          ...(queue === undefined ? {} : { metadata: { annotations: { [queueAnnotation]: queue } } }),
        },
      },
    }
    const job = gangJob({ queue: 'research' })
    expect(converted(job, { gangScheduler: 'volcano', runtimes: [theirs] }).reused).toBe(used)
  })
})
