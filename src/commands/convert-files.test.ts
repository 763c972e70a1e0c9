import { describe, expect, it } from 'vitest'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { runVerb } from '../../test/unit/run-verb.ts'

const job = (name: string, namespace?: string) =>
  JSON.stringify(pytorchManifest({ name, metadata: namespace === undefined ? {} : { namespace } }))
const experiment = `apiVersion: kubeflow.org/v1beta1
kind: Experiment
metadata: {name: tune, namespace: nlp}
spec:
  trialTemplate:
    trialSpec: {apiVersion: kubeflow.org/v1, kind: PyTorchJob, spec: {}}
`
const broken = 'apiVersion: kubeflow.org/v1\nkind: TFJob\nmetadata: {name: x}\nspec: {}\n'

const withoutTime = (lines: readonly string[]) => lines.map((line) => line.replace(/ +\d+\.\d\d s$/, ''))

describe('a v1 job inside of another object', () => {
  it('is named with its place and left as it is, the object passed through', async () => {
    const files = { 'a.yaml': experiment, 'b.yaml': job('bert') }
    const { code, out, err } = await runVerb(['convert', '-f', 'a.yaml', '-f', 'b.yaml', '-o', 'name'], { files })
    expect(code).toBe(1)
    expect(out).toEqual([
      'experiment.kubeflow.org/tune',
      expect.stringMatching(/^trainingruntime\.trainer\.kubeflow\.org\/v1-pytorch-/),
      'trainjob.trainer.kubeflow.org/bert',
    ])
    expect(err.slice(0, 6)).toEqual([
      'error: a.yaml:1: the PyTorchJob in Experiment nlp/tune is not converted',
      '       spec.trialTemplate.trialSpec',
      "       the Experiment's conditions and primary pod labels are about v1's job, and must change with it",
      '       kubectl migrate convert -f JOB.yaml   (the job alone, in a file of its own)',
      'a.yaml:1: spec.trialTemplate.trialSpec   nlp/tune   not converted: embedded-job',
      'b.yaml:1                                 bert       proved: 3 pods the same       1 changed',
    ])
    expect(withoutTime(err).at(-1)).toBe(
      '2 jobs: 1 proved (1 with changes), 1 not converted, 1 object of other kinds passed through.  1 runtime',
    )
  })
})

describe('objects of other kinds', () => {
  it('come out in their order, also where the only v1 job is inside of one', async () => {
    const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: first}\n'
    const files = { 'j/a.yaml': config, 'j/b.yaml': experiment, 'j/c.yaml': config.replace('first', 'last') }
    const { code, out } = await runVerb(['convert', '-f', 'j', '-o', 'name'], { files })
    expect({ code, out }).toEqual({
      code: 1,
      out: ['configmap/first', 'experiment.kubeflow.org/tune', 'configmap/last'],
    })
  })
})

describe('--fail-fast', () => {
  const files = { 'j/a.yaml': job('a'), 'j/b.yaml': broken, 'j/c.yaml': job('c') }

  it('ends with the first job that is not converted', async () => {
    const { code, out, err } = await runVerb(['convert', '-f', 'j', '-o', 'name', '--fail-fast'], { files })
    expect(code).toBe(2)
    expect(out.at(-1)).toBe('trainjob.trainer.kubeflow.org/a')
    expect(err[0]).toBe('note: --fail-fast: what comes after the first failure is not looked at')
  })

  it('is not what happens without it', async () => {
    const { code, out } = await runVerb(['convert', '-f', 'j', '-o', 'name'], { files })
    expect(code).toBe(2)
    expect(out.at(-1)).toBe('trainjob.trainer.kubeflow.org/c')
  })
})

describe('--split', () => {
  it('namespace writes one file a namespace, and says which job went where', async () => {
    const files = { 'j/a.yaml': job('a', 'nlp'), 'j/b.yaml': job('b', 'vision'), 'j/c.yaml': job('c', 'nlp') }
    const words = ['convert', '-f', 'j', '--output-dir', 'v2', '--split', 'namespace']
    const { code, err } = await runVerb(words, { files })
    expect(code).toBe(0)
    expect(err.slice(0, 3).map((line) => line.split(/ {3,}/).slice(1, 3))).toEqual([
      ['nlp/a', '-> v2/nlp.yaml'],
      ['vision/b', '-> v2/vision.yaml'],
      ['nlp/c', '-> v2/nlp.yaml'],
    ])
  })

  it.each([['--split', 'namespace'], ['--force']])('%s goes with --output-dir', async (...flag) => {
    const { code, err } = await runVerb(['convert', '-f', 'a.yaml', ...flag], { files: { 'a.yaml': job('a') } })
    expect({ code, err }).toEqual({ code: 2, err: [`error: ${flag[0]} goes with --output-dir`] })
  })
})
