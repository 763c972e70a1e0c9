import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { faultsOf } from '../../test/unit/json-schema.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import { readDocuments } from '../kube/yaml.ts'
import { diffListSchema } from '../present/diff-schema.ts'

const v1 = `apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata:
  name: train
  namespace: nlp
spec:
  pytorchReplicaSpecs:
    Worker:
      replicas: 2
      restartPolicy: Never
      template:
        spec:
          containers:
          - name: pytorch
            image: reg.example.com/train:1
            command: [torchrun, train.py]
            env:
            - {name: LR, value: "0.1"}
`

const trainJob = `apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainJob
metadata:
  name: train
  namespace: nlp
spec:
  runtimeRef:
    name: plain
  trainer:
    numNodes: 2
    image: reg.example.com/train:1
    command: [torchrun, train.py]
    env:
    - name: LR
      value: "0.1"
`

const runtime = () => `apiVersion: trainer.kubeflow.org/v1alpha1
kind: ClusterTrainingRuntime
metadata:
  name: plain
spec:
  mlPolicy: {numNodes: 1}
  template:
    spec:
      replicatedJobs:
      - name: node
        template:
          metadata: {labels: {trainer.kubeflow.org/trainjob-ancestor-step: trainer}}
          spec:
            backoffLimit: 0
            podReplacementPolicy: Failed
            template:
              spec:
                restartPolicy: Never
                containers:
                - name: node
                  image: any
                  env:
                  - {name: PYTHONUNBUFFERED, value: "1"}
                  - {name: PET_NNODES, value: "2"}
                  - {name: PET_NPROC_PER_NODE, value: "auto"}
`

const files = (changes: Readonly<Record<string, string>> = {}) => ({
  'old/train.yaml': v1,
  'new/train.yaml': trainJob,
  'new/runtime.yaml': runtime(),
  ...changes,
})
const check = (changes: Readonly<Record<string, string>> = {}, ...words: string[]) =>
  runVerb(['diff', '--v1', 'old', '--v2', 'new', ...words], { files: files(changes), columns: 200 })

const otherImage = { 'new/train.yaml': trainJob.replace('train:1', 'train:2') }

describe('diff --v1 --v2', () => {
  it('says that a TrainJob does what the v1 job did', async () => {
    const { code, out, err } = await check()
    expect(out.slice(0, 3)).toEqual([
      'nlp/train: v1 PyTorchJob against v2 TrainJob train of new/train.yaml:4 on ClusterTrainingRuntime plain      2 pods each, compared rank by rank',
      '',
      expect.stringMatching(/^no difference; \d+ equal \(--all\); \d+ harmless folded$/),
    ])
    expect([code, err]).toEqual([0, ['1 job: 1 does the same or what is explained']])
  })

  it('shows a value that differs, and exits 1', async () => {
    const { code, out, err } = await check(otherImage)
    expect(out.slice(2, 4)).toEqual([
      'PODS   FIELD   FROM       V1                        V2',
      'all    image   template   reg.example.com/train:1   reg.example.com/train:2   differs',
    ])
    expect([code, err]).toEqual([1, ['1 job: 0 do the same or what is explained, 1 differs']])
  })

  it('tells what stands in no pod: a change that is explained exits 0, with --strict 1, accepted 0 again', async () => {
    const changes = { 'new/runtime.yaml': runtime().replace('backoffLimit: 0', 'backoffLimit: 3') }
    const { code, out } = await check(changes)
    expect(out[3]).toBe('all    job.backoffLimit   job    0    3    changed: runtime-endings')
    expect(code).toBe(0)
    expect((await check(changes, '--strict')).code).toBe(1)
    expect((await check(changes, '--strict', '--accept', 'runtime-endings')).code).toBe(0)
  })

  it('is data as its schema says', async () => {
    const { code, out } = await check(otherImage, '-o', 'json', '--all')
    const document = JSON.parse(out.join('\n'))
    expect([code, faultsOf(diffListSchema, document)]).toEqual([1, []])
    expect(document.items[0]).toMatchObject({ job: 'nlp/train', kind: 'PyTorchJob', same: false })
  })

  it('takes suspension and the queue for parts of the job', async () => {
    const { out, code } = await check({
      'old/train.yaml': v1.replace('  namespace: nlp', '  namespace: nlp\n  labels: {kueue.x-k8s.io/queue-name: gold}'),
      'new/train.yaml': `${trainJob}  suspend: true\n`,
    })
    expect([code, out.slice(3, 5)]).toEqual([
      1,
      [
        'all    suspend   job    false   true     changed: suspended-for-safety',
        'all    queue     job    gold    absent   differs',
      ],
    ])
  })

  it('marks lines of a pull request with -o github, each property escaped', async () => {
    const { code, out } = await check({ 'new/train.yaml': trainJob.replace('"0.1"', '"50%,x:y"') }, '-o', 'github')
    expect([code, out]).toEqual([
      1,
      [
        '::error file=new/train.yaml,line=14,title=PyTorchJob nlp/train%3A differs::all pods: containers[main].env.LR: v1 0.1, v2 50%25,x:y',
      ],
    ])
  })

  it('writes a JUnit report with -o junit, its text escaped', async () => {
    const { code, out } = await check({ 'new/train.yaml': trainJob.replace('"0.1"', '"<&\\">\\u0001"') }, '-o', 'junit')
    expect([code, out]).toEqual([
      1,
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites tests="1" failures="1" errors="0">',
        '  <testsuite name="kubectl migrate diff" tests="1" failures="1" errors="0">',
        '    <testcase classname="PyTorchJob" name="nlp/train" file="new/train.yaml" line="4">',
        '      <failure type="differs" message="1 difference">new/train.yaml:14: differs: all pods: containers[main].env.LR: v1 0.1, v2 &lt;&amp;&quot;&gt;\ufffd</failure>',
        '    </testcase>',
        '  </testsuite>',
        '</testsuites>',
      ],
    ])
  })

  it('writes Markdown in which values break no table', async () => {
    const { out } = await check({ 'new/train.yaml': trainJob.replace('"0.1"', '"a|`b`"') }, '-o', 'markdown')
    expect(out.slice(0, 7)).toEqual([
      '### nlp/train',
      '',
      expect.stringContaining('v1 PyTorchJob against v2 TrainJob train of new/train.yaml:4'),
      '',
      '| pods | field | from | v1 | v2 | |',
      '|---|---|---|---|---|---|',
      '| all | `env LR` | template | `0.1` | `` a\\|`b` `` | differs |',
    ])
  })

  it('pairs by name, by NAME-v2 and by the recorded source, and fails for a v1 job that nothing replaces', async () => {
    const named = (text: string, name: string, more = '') => text.replace('name: train\n', `name: ${name}\n${more}`)
    const { code, out, err } = await check(
      {
        'old/more.yaml': [named(v1, 'second'), named(v1, 'third'), named(v1, 'fourth')].join('---\n'),
        'new/more.yaml': [
          named(trainJob, 'second-v2'),
          named(trainJob, 'other', '  annotations: {kubectl-migrate.dev/source: PyTorchJob/third}\n'),
          named(trainJob, 'unknown'),
        ].join('---\n'),
      },
      '-o',
      'github',
    )
    expect(out).toEqual([
      '::error file=old/more.yaml,line=42,title=PyTorchJob nlp/fourth%3A not-replaced::no TrainJob of new is called fourth or fourth-v2',
    ])
    expect(err).toEqual([
      "note: new/more.yaml:34: no v1 job has this TrainJob's name: it is not looked at",
      'PyTorchJob nlp/fourth (old/more.yaml:42) is not replaced: no TrainJob of new is called fourth or fourth-v2',
      '4 jobs: 3 do the same or what is explained, 1 differs',
    ])
    expect(code).toBe(1)
  })

  it('takes the runtime from --runtimes, and says what to type without it', async () => {
    const apart = { 'new/runtime.yaml': '# none\nkind: Other\napiVersion: v1\nmetadata: {}\n', 'site.yaml': runtime() }
    const { code, err } = await check(apart)
    expect([code, err]).toEqual([
      2,
      [
        'error: new/train.yaml:1 runs on ClusterTrainingRuntime plain, which is not among the files of --v2',
        '       new/train.yaml:8: spec.runtimeRef',
        '       what a TrainJob does stands for the larger part in its runtime',
        '       --runtimes cluster',
        '       kubectl get clustertrainingruntime plain -o yaml > plain.yaml, then --runtimes plain.yaml',
        '1 job: 0 do the same or what is explained, 1 not compared',
      ],
    ])
    expect((await check(apart, '--runtimes', 'site.yaml')).code).toBe(0)
  })

  it.each<[string, string[], Readonly<Record<string, string>>, string]>([
    [
      'one flag alone',
      ['diff', '--v1', 'old'],
      {},
      'error: --v1 and --v2 belong together: the v1 jobs, and the TrainJobs that replace them',
    ],
    [
      'a name as well',
      ['diff', 'x', '--v1', 'old', '--v2', 'new'],
      {},
      'error: --v1 and --v2 compare files with files: no name, -f or -k goes with them',
    ],
    ['no v1 job', ['diff', '--v1', 'new', '--v2', 'new'], {}, 'error: nothing to compare: --v1 new holds no v1 job'],
    [
      'no TrainJob',
      ['diff', '--v1', 'old', '--v2', 'old'],
      {},
      'error: nothing to compare: --v2 old holds no TrainJob of trainer.kubeflow.org',
    ],
    [
      'a format of checks without them',
      ['diff', '-f', 'old', '-o', 'junit'],
      {},
      'error: -o junit goes with --v1 and --v2',
    ],
    [
      'a field no TrainJob has',
      ['diff', '--v1', 'old', '--v2', 'new'],
      { 'new/train.yaml': trainJob.replace('numNodes', 'nodes') },
      'error: new/train.yaml:1: this TrainJob would be refused, or lose a field in silence',
    ],
    [
      'overrides of another Trainer',
      ['diff', '--v1', 'old', '--v2', 'new', '--target-version', '2.3'],
      { 'new/train.yaml': `${trainJob}  podSpecOverrides: []\n` },
      'error: new/train.yaml:1: this TrainJob would be refused, or lose a field in silence',
    ],
    [
      'a policy nobody here has a model of',
      ['diff', '--v1', 'old', '--v2', 'new'],
      { 'new/runtime.yaml': runtime().replace('mlPolicy: {', 'mlPolicy: {flux: {}, ') },
      'error: TrainJob train cannot be compared yet: runtime plain has the flux policy',
    ],
  ])('refuses %s with exit code 2', async (_, words, changes, first) => {
    const { code, err } = await runVerb(words, { files: files(changes) })
    expect([err[0], code]).toEqual([first, 2])
  })

  it('is what the workflow in the docs runs', async () => {
    const page = readFileSync(new URL('../../docs/pull-requests.md', import.meta.url), 'utf8')
    const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? []
    const [workflow] = readDocuments(text.replaceAll('${{', '(').replaceAll('}}', ')'), 'workflow.yaml')
    const { jobs } = (workflow?.object ?? {}) as { jobs: Record<string, { steps: { run?: string }[] }> }
    const [run = ''] = Object.values(jobs).flatMap(({ steps }) => steps.flatMap((step) => step.run ?? []))
    const [program, ...words] = run.split(' ')
    const { code, out } = await runVerb(words, {
      files: { '../old/jobs/a.yaml': v1, 'jobs/a.yaml': trainJob, 'runtimes/torch.yaml': runtime() },
    })
    expect([program, code, out]).toEqual(['kubectl-migrate', 0, []])
  })
})
