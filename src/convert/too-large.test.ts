import { describe, expect, it } from 'vitest'
import { refusal } from '../../test/unit/conversions.ts'
import { kindManifest } from '../../test/unit/kind-manifest.ts'
import { parsedJob } from '../../test/unit/pytorch-manifest.ts'
import type { V1Kind } from '../v1/kinds.ts'
import { refuseTooLarge } from './too-large.ts'

const job = (kind: V1Kind, roles: Readonly<Record<string, number>>) =>
  kindManifest(kind, Object.fromEntries(Object.entries(roles).map(([role, replicas]) => [role, { replicas }])))

describe('a job of more pods than can be is refused before a pod is made', () => {
  it.each([
    [
      'more than a Job takes',
      job('PyTorchJob', { Worker: 100_001 }),
      'Worker',
      /^a Kubernetes Job takes at most 100000$/,
    ],
    [
      'TF_CONFIG that no program starts with',
      job('TFJob', { PS: 10, Worker: 10_000 }),
      'Worker',
      /^Training Operator names all of them in TF_CONFIG, of 329249 bytes: Linux starts no program with .* more than 131072/,
    ],
    [
      'addresses of workers that no program starts with',
      job('XGBoostJob', { Master: 1, Worker: 9000 }),
      'Worker',
      / in WORKER_ADDRS, of 160903 bytes: /,
    ],
  ])('%s', (_, object, role, why) => {
    const { code, where, why: said } = refusal(object)
    expect([code, where?.split('.').slice(2)]).toEqual(['too-many-pods', [role, 'replicas']])
    expect(said).toMatch(why)
  })

  it.each([
    ['as many as a Job takes', job('PyTorchJob', { Worker: 100_000 })],
    ['a TFJob of 4,000 pods', job('TFJob', { Worker: 4000 })],
    ['an XGBoostJob of 7,000', job('XGBoostJob', { Master: 1, Worker: 6999 })],
  ])('but %s is not', (_, object) => {
    expect(() => refuseTooLarge(parsedJob(object))).not.toThrow()
  })
})
