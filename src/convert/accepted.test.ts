import { expect, it } from 'vitest'
import { converted, refusal, told } from '../../test/unit/conversions.ts'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { annotations } from '../v2/trainjob.ts'

const manifest = { worker: { pod: { hostname: 'custom', subdomain: 'sub' } } }
const decided = { code: 'pod-host-name' as const, approver: 'ann', reason: 'nobody looks it up', expires: '2026-01-31' }

it('what is lost is refused unless it is accepted by its name', () => {
  expect(refusal(pytorchManifest(manifest)).next).toContain('--accept pod-host-name')
  const { findings, proof } = converted(manifest, { accept: ['pod-host-name'] })
  expect(told({ findings })).toEqual([
    'lost pod-host-name spec.pytorchReplicaSpecs.Worker.template.spec.hostname',
    'lost pod-host-name spec.pytorchReplicaSpecs.Worker.template.spec.subdomain',
  ])
  expect(proof.same).toBe(true)
})

it('what is lost is told with its path once', () => {
  const [name, domain] = ['hostname', 'subdomain'].map(
    (field) => `spec.pytorchReplicaSpecs.Worker.template.spec.${field}`,
  )
  const { what, why } = refusal(pytorchManifest({ worker: { pod: { hostname: 'custom' } } }))
  expect(what).toBe(`PyTorchJob train is not converted: v2 cannot keep ${name}`)
  expect(why).not.toContain('spec.')
  const both = refusal(pytorchManifest(manifest))
  expect(both.what).toBe('PyTorchJob train is not converted: v2 cannot keep 2 of its fields')
  expect(both.why?.split('\n').map((line) => line.split(': ')[0])).toEqual([name, domain])
})

it('what was accepted is recorded, by whom and why; what no finding has is not', () => {
  const recorded = (accepted: object) => {
    const { metadata } = converted(manifest, accepted).trainJob
    return JSON.parse(metadata.annotations?.[annotations.accepted] ?? 'null')
  }
  expect(recorded({ accept: ['pod-host-name', 'backoff-limit-scope'] })).toEqual([
    { code: 'pod-host-name', approver: '--accept' },
  ])
  expect(recorded({ accepted: [decided, { ...decided, code: 'backoff-limit-scope' }] })).toEqual([decided])
  expect(converted({}, { accept: ['backoff-limit-scope'] }).trainJob.metadata.annotations).not.toHaveProperty([
    annotations.accepted,
  ])
})

it('what was accepted until a date that is past is refused, unless a flag accepts it', () => {
  const object = pytorchManifest(manifest)
  expect(refusal(object, { expired: [decided] })).toMatchObject({
    code: 'acceptance-expired',
    what: 'PyTorchJob train is not converted: pod-host-name was accepted until 2026-01-31',
    where: 'spec.pytorchReplicaSpecs.Worker.template.spec.hostname',
    why: 'pod-host-name: ann, until 2026-01-31: nobody looks it up',
    next: ['--accept pod-host-name   (or a later date in the decisions file)'],
  })
  expect(converted(manifest, { expired: [decided], accept: ['pod-host-name'] }).proof.same).toBe(true)
})
