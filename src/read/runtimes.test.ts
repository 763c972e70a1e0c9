import { describe, expect, it } from 'vitest'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import { Problem } from '../problem.ts'
import type { TrainingRuntime } from '../v2/trainjob.ts'
import { fileShelf, parseRuntimeReference, pickRuntime } from './runtimes.ts'

function runtime(kind: TrainingRuntime['kind'], name: string, namespace?: string): TrainingRuntime {
  return {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    spec: { template: { spec: { replicatedJobs: [] } } },
  }
}

const code = (run: () => unknown): string => {
  try {
    return String(run())
  } catch (error) {
    if (error instanceof Problem) return error.data.code
    throw error
  }
}

describe('--runtime', () => {
  it.each([
    ['torch', { name: 'torch' }],
    ['clustertrainingruntime/torch', { kind: 'ClusterTrainingRuntime', name: 'torch' }],
    ['ClusterTrainingRuntimes/torch', { kind: 'ClusterTrainingRuntime', name: 'torch' }],
    ['trainingruntime.trainer.kubeflow.org/torch', { kind: 'TrainingRuntime', name: 'torch' }],
  ])('%s', (text, reference) => {
    expect(parseRuntimeReference(text)).toEqual(reference)
  })

  it.each(['', 'pod/x', 'trainingruntime/', '/x'])('refuses "%s"', (text) => {
    expect(code(() => parseRuntimeReference(text))).toBe('usage')
  })

  const all = [
    runtime('ClusterTrainingRuntime', 'torch'),
    runtime('TrainingRuntime', 'torch'),
    runtime('TrainingRuntime', 'jax'),
  ]

  it.each([
    ['one of the name', 'jax', 'TrainingRuntime jax'],
    ['the kind named', 'trainingruntime/torch', 'TrainingRuntime torch'],
    ['one of each kind', 'torch', 'ambiguous-runtime'],
    ['none', 'torhc', 'no-such-runtime'],
  ])('%s', (_, text, found) => {
    const picked = code(() => {
      const { kind, metadata } = pickRuntime(all, parseRuntimeReference(text))
      return `${kind} ${metadata.name}`
    })
    expect(picked).toBe(found)
  })
})

describe('--runtimes FILE', () => {
  const text = [
    runtime('ClusterTrainingRuntime', 'a'),
    runtime('TrainingRuntime', 'b', 'nlp'),
    runtime('TrainingRuntime', 'c'),
  ]
    .map((object) => JSON.stringify(object))
    .join('\n---\n')

  it('holds what a TrainJob of a namespace can refer to; a runtime without one is of any', async () => {
    const shelf = await fileShelf(fakeEnv({ files: { 'r.yaml': text } }).env, ['r.yaml'])
    const names = async (namespace: string) => (await shelf.of(namespace)).map(({ metadata }) => metadata.name)
    expect([await names('nlp'), await names('cv')]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'c'],
    ])
  })

  it.each([
    ['a file without a runtime', 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n', 'no-runtimes'],
    [
      'a runtime without its jobs',
      'apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainingRuntime\nmetadata: {name: a}\n',
      'no-runtimes',
    ],
    ['no YAML', 'a: b: c\n', 'invalid-yaml'],
  ])('refuses %s', async (_, content, expected) => {
    const error = await fileShelf(fakeEnv({ files: { 'r.yaml': content } }).env, ['r.yaml']).catch((thrown) => thrown)
    expect(error.data.code).toBe(expected)
  })
})
