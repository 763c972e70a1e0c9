import { describe, expect, it } from 'vitest'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import type { Ran } from '../env.ts'

const ran = ({ code = 0, stdout = '', stderr = '' }: { code?: number; stdout?: string; stderr?: string }): Ran => ({
  code,
  stdout: new TextEncoder().encode(stdout),
  stderr,
})

const built = JSON.stringify(pytorchManifest({ name: 'bert' }))

describe('-k', { timeout: 60_000 }, () => {
  it('takes what kubectl kustomize builds', async () => {
    const calls: (readonly string[])[] = []
    const programs = (program: string, words: readonly string[]) => {
      calls.push([program, ...words])
      return ran({ stdout: built, stderr: "# Warning: 'commonLabels' is deprecated.\n" })
    }
    const { code, out, err } = await runVerb(['convert', '-k', 'overlays/prod', '-o', 'name'], { programs })
    expect({ code, calls }).toEqual({ code: 0, calls: [['kubectl', 'kustomize', '--', 'overlays/prod']] })
    expect(out.at(-1)).toBe('trainjob.trainer.kubeflow.org/bert')
    expect(err.slice(0, 2).map((line) => line.split(/ {3,}/)[0])).toEqual([
      "note: kustomize overlays/prod: 'commonLabels' is deprecated.",
      'kustomize overlays/prod:1',
    ])
  })

  it.each<[string, () => Ran | undefined, string[]]>([
    [
      'where there is no kubectl',
      () => undefined,
      [
        'error: -k base is built by kubectl, and there is none on PATH',
        '       put kubectl on PATH',
        '       kustomize build base | kubectl migrate convert -f -',
      ],
    ],
    [
      'where it fails, in its own words',
      () => ran({ code: 1, stderr: "error: unable to find one of 'kustomization.yaml' in directory '/base'\n" }),
      [
        'error: kubectl kustomize base failed',
        "       unable to find one of 'kustomization.yaml' in directory '/base'",
      ],
    ],
    [
      'where it fails without a word',
      () => ran({ code: 137 }),
      ['error: kubectl kustomize base failed', '       it ended with exit code 137 and said nothing'],
    ],
    ['where it builds nothing', () => ran({}), ['error: kustomize base is empty']],
  ])('says %s', async (_, programs, err) => {
    const outcome = await runVerb(['convert', '-k', 'base'], { programs, columns: 200 })
    expect(outcome).toEqual({ code: 2, out: [], err })
  })

  it.each([
    [['-f', 'a.yaml'], '-k goes with neither -f nor -R, as in kubectl'],
    [['-R'], '-k goes with neither -f nor -R, as in kubectl'],
    [['job', 'bert'], 'jobs come from files (-k) or from the cluster, not from both'],
  ])('beside %j is refused', async (words, message) => {
    const { code, err } = await runVerb(['convert', '-k', 'base', ...words])
    expect({ code, err }).toEqual({ code: 2, err: [`error: ${message}`] })
  })
})

describe('a kustomization in a folder of -f', () => {
  it('is left alone and told; kubectl itself refuses such a folder', async () => {
    const files = { 'j/kustomization.yaml': 'resources: [a.yaml]\n', 'j/a.yaml': built }
    const { code, err } = await runVerb(['convert', '-f', 'j'], { files })
    expect({ code, first: err[0] }).toEqual({
      code: 0,
      first: 'note: j has a kustomization, which -f leaves alone: -k j builds it',
    })
  })

  it('alone is no manifest', async () => {
    const { code, err } = await runVerb(['convert', '-f', 'j'], { files: { 'j/kustomization.yml': 'resources: []\n' } })
    expect({ code, err }).toEqual({
      code: 2,
      err: ['error: j holds no .yaml, .yml or .json file', '       j has a kustomization: -k j builds it'],
    })
  })
})

describe('diff', { timeout: 60_000 }, () => {
  const programs = (_: string, words: readonly string[]) =>
    ran({ stdout: words[2] === 'new' ? '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}}' : built })

  it('compares with -k what kubectl kustomize builds', async () => {
    const { code, out } = await runVerb(['diff', '-k', 'overlays/prod'], { programs, columns: 200 })
    expect([code, out[0]?.split(/ {3,}/)[0]]).toEqual([
      0,
      'bert: v1 PyTorchJob against v2 TrainJob (converted, not created)',
    ])
  })

  it('builds the folders of --v1 and --v2 that have a kustomization', async () => {
    const files = { 'old/kustomization.yaml': 'resources: []', 'new/kustomization.yaml': 'resources: []' }
    const { code, err } = await runVerb(['diff', '--v1', 'old', '--v2', 'new'], { programs, files, columns: 200 })
    expect([code, err]).toEqual([2, ['error: nothing to compare: --v2 new holds no TrainJob of trainer.kubeflow.org']])
  })

  it('takes no -k beside --v1 and --v2', async () => {
    const words = ['diff', '-k', 'base', '--v1', 'old', '--v2', 'new']
    expect((await runVerb(words, { programs, columns: 200 })).err).toEqual([
      'error: --v1 and --v2 compare files with files: no name, -f or -k goes with them',
      '       kubectl migrate diff --v1 old/train.yaml --v2 new/train.yaml',
    ])
  })
})
