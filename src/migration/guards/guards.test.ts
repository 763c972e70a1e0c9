import { describe, expect, it } from 'vitest'
import { factsOf, planOf, renderedJobSet, storedRuntime, storedTrainJob } from '../../../test/unit/cutover-world.ts'
import { condition, runningV1, trainJob, v1Job, v1Pod } from '../../../test/unit/objects.ts'
import type { NeighbourRow } from '../../compare/neighbours.ts'
import type { KubeObject, ObjectMeta } from '../../kube/object.ts'
import { type KindInfo, kindInfo } from '../../v1/kinds.ts'
import type { Dialect } from '../../v2/dialects/dialect.ts'
import { dialects, newestDialect } from '../../v2/dialects/index.ts'
import { testedTrainers } from '../../v2/tested.ts'
import type { Facts } from '../facts.ts'
import type { JobEvidence, TargetEvidence } from './guard.ts'
import { jobGuards, refusals, targetGuards, twinGuards } from './index.ts'

const running = runningV1('bert')

function job(v1: KubeObject, queueUnread = false): JobEvidence {
  return { kind: kindInfo(v1.kind) as KindInfo, namespace: 'nlp', name: 'bert', v1, queueUnread }
}

const marked = (metadata: Partial<ObjectMeta>): KubeObject => ({
  ...running,
  metadata: { ...running.metadata, ...metadata },
})

const withPolicy = (runPolicy: object): KubeObject => ({
  ...running,
  spec: { ...(running['spec'] as object), runPolicy },
})

describe('guards on the v1 job', () => {
  it.each<[what: string, evidence: JobEvidence, code: string | undefined, message: string | undefined]>([
    ['a running job', job(running), undefined, undefined],
    ['a job suspended by its owner', job(withPolicy({ suspend: true })), undefined, undefined],
    [
      'a job Training Operator manages',
      job(withPolicy({ managedBy: 'kubeflow.org/training-operator' })),
      undefined,
      undefined,
    ],
    [
      'one that has succeeded',
      job(v1Job('bert', { conditions: [condition('Succeeded')] })),
      'finished',
      'it is Succeeded: a finished job is not run again',
    ],
    [
      'one that has failed',
      job(v1Job('bert', { conditions: [condition('Failed')] })),
      'finished',
      'it is Failed: a finished job is not run again',
    ],
    ['one on its way out', job(v1Job('bert', { deleting: true })), 'deleting', 'it is being deleted'],
    [
      'one that a workflow made',
      job(
        marked({
          ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name: 'train', uid: 'w' }],
        }),
      ),
      'owned',
      'it belongs to Workflow train (argoproj.io/v1alpha1)',
    ],
    [
      'one of Argo CD by annotation',
      job(marked({ annotations: { 'argocd.argoproj.io/tracking-id': 'nlp:kubeflow.org/PyTorchJob:nlp/bert' } })),
      'tracked',
      'Argo CD keeps it as its source says (application nlp)',
    ],
    [
      'one of Argo CD by label',
      job(marked({ labels: { 'argocd.argoproj.io/instance': 'nlp' } })),
      'tracked',
      'Argo CD keeps it as its source says (application nlp)',
    ],
    [
      'one of Flux',
      job(marked({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } })),
      'tracked',
      'Flux keeps it as its source says (Kustomization apps)',
    ],
    [
      'one of Flux and Helm',
      job(marked({ labels: { 'helm.toolkit.fluxcd.io/name': 'nlp', 'app.kubernetes.io/managed-by': 'Helm' } })),
      'tracked',
      'Flux keeps it as its source says (HelmRelease nlp)',
    ],
    [
      'one of Helm',
      job(marked({ annotations: { 'meta.helm.sh/release-name': 'nlp' } })),
      'tracked',
      'Helm keeps it as its source says (release nlp)',
    ],
    [
      'one of Helm by its labels',
      job(marked({ labels: { 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/instance': 'nlp' } })),
      'tracked',
      'Helm keeps it as its source says (release nlp)',
    ],
    [
      'one with a label that many tools set',
      job(marked({ labels: { 'app.kubernetes.io/instance': 'nlp' } })),
      undefined,
      undefined,
    ],
    [
      'one another cluster runs',
      job(withPolicy({ managedBy: 'kueue.x-k8s.io/multikueue' })),
      'managed-elsewhere',
      'spec.runPolicy.managedBy says kueue.x-k8s.io/multikueue: another controller runs it',
    ],
    ['one in a queue', job(marked({ labels: { 'kueue.x-k8s.io/queue-name': 'team-a' } })), undefined, undefined],
    [
      'one whose queue may not be read',
      job(running, true),
      'kueue-unreadable',
      'Kueue is here, and you may not read its Workloads and LocalQueues',
    ],
  ])('%s', (_, evidence, code, message) => {
    const [first, ...more] = refusals(jobGuards, evidence)
    expect([first?.code, first?.message, more]).toEqual([code, message, []])
  })

  it('tells every reason, not only the first', () => {
    const evidence = job({ ...running, status: { conditions: [condition('Failed')] } }, true)
    expect(refusals(jobGuards, evidence).map(({ code }) => code)).toEqual(['finished', 'kueue-unreadable'])
  })
})

describe('guards on the target', () => {
  const plan = planOf()
  const target = (more: Partial<TargetEvidence['facts']> = {}, service?: KubeObject): TargetEvidence => ({
    facts: factsOf({ ...more, service }),
    plan,
    neighbours: [],
    accepted: [],
  })
  const jobSet = renderedJobSet(plan, true)
  const ofJobSet = { apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', name: 'bert', uid: 'uid-jobset' }
  const service = (ownerReferences?: ObjectMeta['ownerReferences']): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'bert', ownerReferences },
  })
  const runtime = storedRuntime(plan)
  const ofSomebody = { ...jobSet, metadata: { ...jobSet.metadata, ownerReferences: [] } }

  it.each<[what: string, evidence: TargetEvidence, kind: string]>([
    ['JobSet', target({ jobSet }), 'JobSet'],
    ['Service', target({}, service([ofJobSet])), 'Service'],
  ])('the %s of a TrainJob that was just removed is waited for', (_, evidence, kind) => {
    expect(refusals(targetGuards, evidence)).toEqual([
      {
        code: `${kind.toLowerCase()}-exists`,
        message: `the ${kind} bert of a TrainJob that is gone is being deleted`,
        why: 'Kubernetes does that within seconds',
        remedy: [`kubectl wait --for=delete ${kind.toLowerCase()}/bert -n nlp --timeout=1m   (then the same again)`],
      },
    ])
  })

  it.each<[what: string, evidence: TargetEvidence, code: string | undefined]>([
    ['nothing of the name', target(), undefined],
    [
      'all of it made by an earlier run',
      target({ trainJob: storedTrainJob(plan, true), jobSet, runtime }, service([ofJobSet])),
      undefined,
    ],
    ['a TrainJob nobody made from this job', target({ trainJob: trainJob('bert') }), 'trainjob-exists'],
    ['a JobSet of somebody', target({ jobSet: ofSomebody }), 'jobset-exists'],
    ['a Service of somebody', target({}, service()), 'service-exists'],
    [
      'the runtime as it was made, with defaults',
      target({ runtime: { ...runtime, spec: { ...runtime.spec, podGroupPolicy: {} } } }),
      undefined,
    ],
    [
      'the runtime with other content',
      target({ runtime: { ...runtime, spec: { ...runtime.spec, mlPolicy: { numNodes: 2 } } } }),
      'runtime-differs',
    ],
  ])('%s', (_, evidence, code) => {
    expect(refusals(targetGuards, evidence).map((refused) => refused.code)).toEqual(code === undefined ? [] : [code])
  })

  // measured on the real operators: 48 characters render with up to 10 pods, 49 are refused by JobSet's webhook
  it.each<[pods: number, most: number]>([
    [2, 48],
    [10, 48],
    [11, 47],
    [100, 47],
    [101, 46],
  ])('a job of %d alike pods may have a name of %d characters', (pods, most) => {
    const evidence = (length: number): TargetEvidence => {
      const v1 = runningV1('a'.repeat(length), { roles: { Master: 1, Worker: pods - 1 } })
      return { facts: factsOf({ v1 }), plan: planOf(v1), neighbours: [], accepted: [] }
    }
    expect(refusals(targetGuards, evidence(most))).toEqual([])
    expect(refusals(targetGuards, evidence(most + 1))).toMatchObject([
      {
        code: 'name-length',
        message: `its name has ${most + 1} characters, and a TrainJob of this shape may have ${most}`,
      },
    ])
  })
})

describe('the guard on policies', () => {
  const row: NeighbourRow = {
    kind: 'NetworkPolicy',
    namespace: 'nlp',
    name: 'allow',
    v1: 3,
    v2: 0,
    pods: 3,
    ports: [],
    verdict: 'lost',
  }
  const plan = planOf()
  const codes = (more: Partial<TargetEvidence>) =>
    refusals(targetGuards, { facts: factsOf(), plan, neighbours: [row], accepted: [], ...more }).map(
      ({ code, message }) => `${code}: ${message}`,
    )

  it('refuses what would leave v2’s pods alone, until it is accepted', () => {
    expect(codes({})).toEqual(['policy-labels: NetworkPolicy allow selects v1 3/3 pods, v2 0/3'])
    expect(codes({ accepted: ['policy-labels'] })).toEqual([])
    expect(codes({ neighbours: [{ ...row, v2: 3, verdict: 'same' }] })).toEqual([])
  })

  it('does not stop a cutover that has begun', () => {
    expect(codes({ facts: factsOf({ trainJob: storedTrainJob(plan, true) }) })).toEqual([])
  })
})

describe('the guard on releases of Trainer', () => {
  const plan = planOf()
  const codes = (more: Partial<TargetEvidence>) =>
    refusals(targetGuards, { facts: factsOf(), plan, neighbours: [], accepted: [], ...more }).map(({ code }) => code)

  const newer = { ...newestDialect, version: '2.20' } as unknown as Dialect

  it.each([...dialects, newer].map((dialect) => [dialect.version, dialect] as const))(
    'knows whether %s was tested',
    (version, dialect) => {
      const tested = testedTrainers.some((release) => release.startsWith(`v${version}.`))
      expect(tested).toBe(dialect !== newer)
      expect(codes({ dialect })).toEqual(tested ? [] : ['trainer-untested'])
      expect(codes({ dialect, accepted: ['trainer-untested'] })).toEqual([])
      expect(codes({ dialect, facts: factsOf({ trainJob: storedTrainJob(plan, true) }) })).toEqual([])
      expect(twinGuards.some(({ code }) => code === 'trainer-untested')).toBe(true)
    },
  )
})

it('asks of a release after the last one known, though it takes the same TrainJobs', () => {
  const evidence = { facts: factsOf(), plan: planOf(), neighbours: [], accepted: [], dialect: newestDialect }
  const told = (trainerRelease: string) =>
    refusals(targetGuards, { ...evidence, trainerRelease }).map(({ code, message }) => [code, message])
  expect(told('v2.3.7')).toEqual([])
  expect(told('2.20.0-rc.1')).toEqual([
    ['trainer-untested', expect.stringContaining('Trainer 2.20.0-rc.1 is installed')],
  ])
})

describe('the guard on checkpoints', () => {
  const bare = (object: KubeObject): KubeObject => {
    const { pytorchReplicaSpecs: specs } = object['spec'] as { pytorchReplicaSpecs: Record<string, object> }
    const template = { spec: { containers: [{ name: 'pytorch', image: 'train:1' }] } }
    const bared = Object.entries(specs).map(([role, spec]) => [role, { ...spec, template }])
    return { ...object, spec: { pytorchReplicaSpecs: Object.fromEntries(bared) } }
  }
  const v1 = bare(runningV1('bert'))
  const keepsNone = planOf(v1)
  const codes = (facts: Partial<Facts>, plan = keepsNone, accepted: readonly string[] = []) =>
    refusals(targetGuards, { facts: factsOf({ v1, ...facts }), plan, neighbours: [], accepted }).map(({ code }) => code)

  it('refuses a job that runs and keeps none, until it is accepted', () => {
    expect(codes({})).toEqual(['no-checkpoint'])
    expect(codes({}, keepsNone, ['no-checkpoint'])).toEqual([])
    expect(codes({}, planOf())).toEqual([])
  })

  it('lets a job pass that has nothing to lose yet, or nothing any more', () => {
    expect(codes({ v1Pods: [v1Pod('bert', 'master', 0, { status: { phase: 'Pending' } })] })).toEqual([])
    expect(codes({ v1: { ...v1, spec: { ...(v1['spec'] as object), runPolicy: { suspend: true } } } })).toEqual([])
    expect(codes({ trainJob: storedTrainJob(keepsNone, true) })).toEqual([])
  })
})
