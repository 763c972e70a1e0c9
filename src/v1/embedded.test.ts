import { describe, expect, it } from 'vitest'
import { embeddedJobs } from './embedded.ts'

const job = (kind: string, apiVersion = 'kubeflow.org/v1') => ({ apiVersion, kind, metadata: {}, spec: {} })
const text = 'apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata:\n  generateName: step-\n'

describe('v1 jobs inside of other objects', () => {
  it.each<[what: string, object: object, found: string[]]>([
    [
      'a Katib Experiment',
      { kind: 'Experiment', spec: { trialTemplate: { trialSpec: job('TFJob') } } },
      ['TFJob spec.trialTemplate.trialSpec'],
    ],
    [
      'an AppWrapper with two',
      { kind: 'AppWrapper', spec: { components: [{ template: job('PyTorchJob') }, { template: job('MPIJob') }] } },
      ['PyTorchJob spec.components[0].template', 'MPIJob spec.components[1].template'],
    ],
    [
      'the manifest of a workflow’s step',
      { kind: 'Workflow', spec: { templates: [{ resource: { action: 'create', manifest: text } }] } },
      ['PyTorchJob spec.templates[0].resource.manifest, as text'],
    ],
    [
      'a file in a ConfigMap',
      { kind: 'ConfigMap', data: { 'job.yaml': text } },
      ["PyTorchJob data['job.yaml'], as text"],
    ],
    [
      'one that kubectl applied',
      { kind: 'X', metadata: { annotations: { a: JSON.stringify(job('XGBoostJob')) } } },
      ['XGBoostJob metadata.annotations.a, as text'],
    ],
    ['a v1 job itself', job('PyTorchJob'), []],
    ['a job of another API', { kind: 'X', spec: { template: job('MPIJob', 'kubeflow.org/v2beta1') } }, []],
    ['a text about another API', { kind: 'X', note: text.replace('kubeflow.org/v1', 'kubeflow.org/v1beta1') }, []],
    ['a text that only names a kind', { kind: 'X', note: 'kind: PyTorchJob' }, []],
  ])('%s', (_, object, found) => {
    expect(embeddedJobs(object).map(({ kind, path, asText }) => `${kind} ${path}${asText ? ', as text' : ''}`)).toEqual(
      found,
    )
  })
})
