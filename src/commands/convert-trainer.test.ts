import { describe, expect, it } from 'vitest'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { runVerb } from '../../test/unit/run-verb.ts'

const runtime = `apiVersion: trainer.kubeflow.org/v1alpha1
kind: ClusterTrainingRuntime
metadata: {name: torch-distributed}
spec:
  mlPolicy: {numNodes: 1, torch: {numProcPerNode: auto}}
  template:
    spec:
      replicatedJobs:
        - name: node
          template:
            metadata:
              labels: {trainer.kubeflow.org/trainjob-ancestor-step: trainer}
            spec: {template: {spec: {containers: [{name: node, image: 'train:1', resources: {limits: {nvidia.com/gpu: 1}}}]}}}
`

const job = (name: string, override = 'nodeSelector: {pool: a100}') => `# ours
apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainJob
metadata: {name: ${name}}
spec:
  runtimeRef: {name: torch-distributed}
  trainer: {numNodes: 2}
  podSpecOverrides:
    - targetJobs: [{name: node}]
      ${override}
`

const withoutTime = (lines: readonly string[]) => lines.map((line) => line.replace(/ +\d+\.\d\d s$/, ''))

describe('a TrainJob of an older release', { timeout: 60_000 }, () => {
  it('comes out for the newest, after its runtime, proved to render the same', async () => {
    const files = { 'bert.yaml': job('bert'), 'runtime.yaml': runtime }
    const { code, out, err } = await runVerb(['convert', '-f', 'bert.yaml', '-f', 'runtime.yaml'], { files })
    expect(code).toBe(0)
    expect(
      out.map((line) => line.trim()).filter((line) => /^(kind|- manager|pool|numProc|podSpec)/.test(line)),
    ).toEqual([
      'kind: ClusterTrainingRuntime',
      'kind: TrainJob',
      '- manager: kubectl-migrate.dev/convert',
      'pool: a100',
    ])
    expect(withoutTime(err)).toEqual([
      'runtime.yaml:1   torch-distributed   rewritten from v2.1.0 to v2.3.0',
      'bert.yaml:2      bert                rewritten from v2.0.1 to v2.3.0: 2 pods the same',
      '2 objects of Trainer rewritten for v2.3.0.',
    ])
  })

  it('says where its runtime is not at hand, and --strict refuses it then', async () => {
    const files = { 'bert.yaml': job('bert'), 'runtime.yaml': runtime }
    const { err } = await runVerb(['convert', '-f', 'bert.yaml'], { files })
    expect(withoutTime(err)).toEqual([
      'bert.yaml:2   bert   rewritten from v2.0.1 to v2.3.0   1 changed',
      '',
      ' changed  rewrite-unproved   bert: spec.runtimeRef: not proved: runtime torch-distributed is not at hand',
      '',
      '1 object of Trainer rewritten for v2.3.0.',
    ])
    const strict = await runVerb(['convert', '-f', 'bert.yaml', '--strict'], { files })
    expect(strict).toMatchObject({ code: 1, out: [] })
    expect(strict.err[0]).toBe('error: TrainJob bert is not rewritten: --strict, and rewrite-unproved would change')
    const proved = await runVerb(['convert', '-f', 'bert.yaml', '--strict', '--runtimes', 'runtime.yaml'], { files })
    expect(proved.code).toBe(0)
  })

  it('is named with its line where the other release cannot say it, and the rest comes out', async () => {
    const newer = job('roberta')
      .replace('podSpecOverrides:', 'podTemplateOverrides:')
      .replace('nodeSelector: {pool: a100}', 'spec: {affinity: {}}')
    const files = { 'j/a.yaml': newer, 'j/b.yaml': job('bert'), 'j/c.yaml': JSON.stringify(pytorchManifest({})) }
    const words = ['convert', '-f', 'j', '--target-version', '2.0', '-o', 'name']
    const { code, out, err } = await runVerb(words, { files })
    expect(code).toBe(1)
    expect(out).toEqual([
      expect.stringMatching(/^trainingruntime/),
      expect.stringMatching(/^trainjob/),
      'trainjob.trainer.kubeflow.org/bert',
    ])
    expect(err.slice(0, 4)).toEqual([
      'error: TrainJob roberta is not rewritten: Trainer v2.0.1 has no such field',
      '       j/a.yaml:10: spec.podTemplateOverrides[0].spec.affinity',
      '       spec.podTemplateOverrides[0].spec.affinity: Trainer v2.0.1 has no such field',
      '       kubectl migrate convert -f j --target-version 2.0 -o name --accept not-in-version   (it is left out then)',
    ])
    expect(withoutTime(err).at(-1)).toBe(
      '2 jobs: 1 proved (1 with changes), 1 not converted, 1 object of other kinds passed through.  1 runtime',
    )
  })

  it('of the release written for is passed through with its comments', async () => {
    const files = { 'a.yaml': job('bert'), 'b.yaml': JSON.stringify(pytorchManifest({})) }
    const { out } = await runVerb(['convert', '-f', 'a.yaml', '-f', 'b.yaml', '--target-version', '2.0'], { files })
    expect(out.join('\n')).toContain(job('bert').trimEnd())
  })

  it('that v2.2 and v2.3 give other resources says so, and comes out with its comments', async () => {
    const kept = `# ours
apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainJob
metadata: {name: bert}
spec:
  runtimeRef: {name: torch-distributed}
  trainer: {numNodes: 2, resourcesPerNode: {limits: {cpu: 4}}}
`
    const files = { 'a.yaml': kept, 'runtime.yaml': runtime.replace('torch: {numProcPerNode: auto}', 'torch: {}') }
    const { code, out, err } = await runVerb(['convert', '-f', 'a.yaml', '-f', 'runtime.yaml'], { files })
    expect(code).toBe(0)
    expect(out.join('\n')).toContain(kept.trimEnd())
    expect(withoutTime(err)).toEqual([
      'a.yaml:2   bert   as it stands from v2.2.1 to v2.3.0: 2 pods the same but for resources-merged   1 changed',
      '',
      ' changed  resources-merged   bert: spec.trainer.resourcesPerNode: another JobSet with Trainer v2.2: limits.nvidia.com/gpu 1 with v2.3.0, absent with v2.2.1',
      '',
      '1 object of Trainer rewritten for v2.3.0, 1 object of other kinds passed through.',
    ])
  })

  it('alone is nothing to convert where it fits', async () => {
    const files = { 'a.yaml': job('bert') }
    const { code, out, err } = await runVerb(['convert', '-f', 'a.yaml', '--target-version', '2.0'], { files })
    expect({ code, out, err }).toEqual({
      code: 2,
      out: [],
      err: [
        'error: nothing to convert: the one object is no v1 job',
        '       v1 jobs are the kinds of kubeflow.org/v1: PyTorchJob, TFJob, MPIJob, XGBoostJob, PaddleJob, JAXJob',
        '       1 of them Trainer v2.0.1 takes as they stand; --target-version writes for another',
      ],
    })
  })

  it('goes to a file of its own in a folder, its runtime beside the others', async () => {
    const files = { 'j/a.yaml': job('bert'), 'j/b.yaml': runtime }
    const { err } = await runVerb(['convert', '-f', 'j', '--output-dir', 'v2'], { files })
    expect(err.slice(0, 2).map((line) => line.split(/ {3,}/)[2])).toEqual(['-> v2/00-runtimes.yaml', '-> v2/bert.yaml'])
  })

  it('stands in the ledger', async () => {
    const files = { 'a.yaml': job('bert') }
    const { out } = await runVerb(['convert', '-f', 'a.yaml', '-o', 'ledger'], { files })
    expect(JSON.parse(out.join('\n')).items).toMatchObject([
      { source: 'a.yaml:2', name: 'bert', outcome: 'rewritten', from: '2.0', to: '2.3', findings: [{}, {}] },
    ])
  })
})
