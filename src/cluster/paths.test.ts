import { describe, expect, it } from 'vitest'
import { resources } from '../kube/resources.ts'
import { resourcePath, withQuery } from './paths.ts'

describe('resourcePath', () => {
  it.each([
    [resources.pods, undefined, undefined, '/api/v1/pods'],
    [resources.pods, 'nlp', undefined, '/api/v1/namespaces/nlp/pods'],
    [resources.pods, 'nlp', 'a', '/api/v1/namespaces/nlp/pods/a'],
    [resources.namespaces, undefined, 'nlp', '/api/v1/namespaces/nlp'],
    [resources.namespaces, 'ignored', undefined, '/api/v1/namespaces'],
    [resources.pytorchJobs, undefined, undefined, '/apis/kubeflow.org/v1/pytorchjobs'],
    [resources.trainJobs, 'nlp', 'a', '/apis/trainer.kubeflow.org/v1alpha1/namespaces/nlp/trainjobs/a'],
    [resources.clusterTrainingRuntimes, 'x', 'a', '/apis/trainer.kubeflow.org/v1alpha1/clustertrainingruntimes/a'],
    [resources.pods, 'a/b', '../../x?y#z', '/api/v1/namespaces/a%2Fb/pods/..%2F..%2Fx%3Fy%23z'],
  ])('%o in %s, named %s', (resource, namespace, name, path) => {
    expect(resourcePath(resource, namespace, name)).toBe(path)
  })
})

describe('withQuery', () => {
  it.each([
    [{}, '/p'],
    [{ a: undefined, b: '' }, '/p'],
    [{ limit: 500, labelSelector: 'a=b,c!=d' }, '/p?limit=500&labelSelector=a%3Db%2Cc%21%3Dd'],
    [{ limit: 0 }, '/p?limit=0'],
  ])('%o', (query, path) => {
    expect(withQuery('/p', query)).toBe(path)
  })
})
