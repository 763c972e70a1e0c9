import { describe, expect, it } from 'vitest'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { convertJob } from '../convert/convert.ts'
import { explainConversion, ledgerItem, proofSummary } from './convert-explain.ts'

const env = [
  { name: 'A', value: '1' },
  { name: 'A', value: '2' },
]
const conversion = convertJob(
  pytorchManifest({
    name: 'bert',
    metadata: { namespace: 'nlp' },
    worker: { replicas: 1, restartPolicy: 'Never', container: { env } },
  }),
  { live: false, run: false, toolVersion: 'test' },
)

describe('the proof of a conversion', () => {
  it('counts every value once: same, folded away, or explained', () => {
    for (const { values, same, folded, explained } of proofSummary(conversion).pods) {
      expect(same + folded + explained).toBe(values)
    }
  })

  it('is told with its pods, normalisations and findings of every class', () => {
    const lines = explainConversion(conversion)
    expect(lines[0]).toBe(`nlp/bert: PyTorchJob on TrainingRuntime ${conversion.runtime.metadata.name}`)
    expect(lines[1]).toMatch(/^ pod worker-0 is node-0: \d+ values, \d+ the same, \d+ folded away$/)
    expect(lines.filter((line) => line.startsWith(' folded  operator-labels'))).toHaveLength(2)
    expect(lines.at(-1)).toBe(
      ' same    env-duplicate   spec.pytorchReplicaSpecs.Worker.template.spec.containers[0].env[0]: this A is not carried: a later one of the same name counts',
    )
  })

  it('says so when there is no finding', () => {
    const plain = convertJob(pytorchManifest({ worker: { replicas: 1, restartPolicy: 'Never' } }), {
      live: false,
      run: false,
      toolVersion: 'test',
    })
    expect(explainConversion(plain).at(-1)).toBe(' no findings: everything is carried as it stands')
  })

  it('is data in a ledger', () => {
    expect(ledgerItem(conversion)).toMatchObject({
      kind: 'PyTorchJob',
      namespace: 'nlp',
      name: 'bert',
      outcome: 'proved',
      trainJob: 'bert',
      runtime: { kind: 'TrainingRuntime', exists: false },
      findings: [{ code: 'env-duplicate', class: 'same' }],
    })
  })
})
