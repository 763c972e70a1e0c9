import { describe, expect, it } from 'vitest'
import { converted, patchedTemplate, refusal, runtimeTemplate, told } from '../../../test/unit/conversions.ts'
import { type ManifestOptions, pytorchJobOf, pytorchManifest } from '../../../test/unit/pytorch-manifest.ts'
import { withOwnSelectors } from './own-selectors.ts'

const v1 = 'training.kubeflow.org'
const v2 = 'jobset.sigs.k8s.io/jobset-name'
const apart = (labelSelector: object) => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector }],
  },
})
const own = { matchLabels: { [`${v1}/job-name`]: 'train', team: 'nlp' } }

describe('rules about the job’s own pods', () => {
  it('keep their meaning: affinity by JobSet’s label, in the TrainJob', () => {
    const conversion = converted({ worker: { pod: { affinity: apart(own) } } }, { name: 'other' })
    expect(patchedTemplate(conversion).spec?.['affinity']).toEqual(
      apart({ matchLabels: { [v2]: 'other', team: 'nlp' } }),
    )
    expect(told(conversion).filter((line) => line.includes('selector'))).toEqual([
      'same own-selector spec.pytorchReplicaSpecs.Worker.template.spec.affinity',
    ])
    expect(conversion.proof.same).toBe(true)
  })

  it('and spread constraints, in the runtime', () => {
    const constraint = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }
    const pod = { topologySpreadConstraints: [{ ...constraint, labelSelector: own }] }
    const conversion = converted({ master: { pod }, worker: { pod } })
    expect(runtimeTemplate(conversion).spec['topologySpreadConstraints']).toEqual([
      { ...constraint, labelSelector: { matchLabels: { [v2]: 'train', team: 'nlp' } } },
    ])
  })

  it('explain the values of the selectors and nothing else', () => {
    const { findings } = converted({ worker: { pod: { affinity: apart(own) } } })
    const rule = 'affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[kubernetes.io/hostname]'
    expect(findings.find(({ code }) => code === 'own-selector')?.explains).toEqual([
      `${rule}.labelSelector.matchLabels.${v1}/job-name`,
      `${rule}.labelSelector.matchLabels.${v2}`,
    ])
  })

  it('of spread are no matter for a runtime that is there already, which would have to name the job', () => {
    const topologySpreadConstraints = [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: own },
    ]
    const manifest = { worker: { pod: { topologySpreadConstraints } } }
    const { runtime } = converted(manifest)
    const site = { ...runtime, metadata: { name: 'site' } }
    const refused = refusal(pytorchManifest(manifest), { runtime: site })
    expect(refused.what).toBe(
      'PyTorchJob train cannot run on TrainingRuntime site: spec.pytorchReplicaSpecs.Worker.template.spec.topologySpreadConstraints would have to name this job, and a TrainJob cannot set it',
    )
    expect(converted(manifest, { runtimes: [runtime] }).reused).toBe(true)
  })

  const alone: ManifestOptions = { worker: {} }
  const both: ManifestOptions = { master: {}, worker: {} }
  const expression = (key: string, operator: string, values?: readonly string[]) => ({
    matchExpressions: [{ key, operator, ...(values ? { values } : {}) }],
  })
  it.each<[string, ManifestOptions, object, object | undefined]>([
    ['in a list', both, expression(`${v1}/job-name`, 'In', ['train']), expression(v2, 'In', ['t'])],
    ['other jobs', both, expression(`${v1}/job-name`, 'NotIn', ['train']), expression(v2, 'NotIn', ['t'])],
    [
      'the only role',
      alone,
      { matchLabels: { [`${v1}/job-name`]: 'train', [`${v1}/replica-type`]: 'worker' } },
      { matchLabels: { [v2]: 't' } },
    ],
    [
      'one role of two',
      both,
      { matchLabels: { [`${v1}/job-name`]: 'train', [`${v1}/replica-type`]: 'worker' } },
      undefined,
    ],
    ['a role of any job', alone, { matchLabels: { [`${v1}/replica-type`]: 'worker' } }, undefined],
    ['another job', both, { matchLabels: { [`${v1}/job-name`]: 'else' } }, undefined],
    ['two jobs', both, expression(`${v1}/job-name`, 'In', ['train', 'else']), undefined],
    ['any job', both, expression(`${v1}/job-name`, 'Exists'), undefined],
    ['one pod', both, { matchLabels: { [`${v1}/job-name`]: 'train', [`${v1}/replica-index`]: '0' } }, undefined],
  ])('%s', (_, manifest, before, after) => {
    const expected = after === undefined ? undefined : apart(after)
    expect(withOwnSelectors(apart(before), pytorchJobOf(manifest), 't')).toEqual(expected)
  })

  it('by keys whose values are the pod’s own', () => {
    const rule = (key: string) => [{ labelSelector: {}, matchLabelKeys: ['a', key] }]
    const job = pytorchJobOf()
    expect(withOwnSelectors(rule(`${v1}/job-name`), job, 't')).toEqual(rule(v2))
    expect(withOwnSelectors(rule(`${v1}/replica-type`), job, 't')).toBeUndefined()
  })

  it('are lost where nobody knows what the API server will call the TrainJob', () => {
    const object = pytorchManifest({ worker: { pod: { affinity: apart(own) } } })
    const { name: _name, ...metadata } = object.metadata
    const unnamed = { ...object, metadata: { ...metadata, generateName: 'train' } }
    expect(refusal(unnamed)).toMatchObject({ code: 'lost' })
  })
})
