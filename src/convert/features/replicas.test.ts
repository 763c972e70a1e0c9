import { describe, expect, it } from 'vitest'
import { converted, refusal, told, usual } from '../../../test/unit/conversions.ts'
import { kindManifest } from '../../../test/unit/kind-manifest.ts'
import type { ManifestOptions } from '../../../test/unit/pytorch-manifest.ts'
import type { V1Kind } from '../../v1/kinds.ts'
import { convertJob } from '../convert.ts'

describe('replicas', () => {
  it.each<[string, ManifestOptions, number]>([
    ['a Master and two Workers', {}, 3],
    ['a Master', { master: {} }, 1],
    ['Workers', { worker: { replicas: 4 } }, 4],
    ['a Worker whose number is not written', { worker: { replicas: null } }, 1],
    ['many', { master: {}, worker: { replicas: 127 } }, 128],
  ])('%s are so many nodes', (_, manifest, nodes) => {
    const { trainJob, proof } = converted(manifest)
    expect(trainJob.spec.trainer?.numNodes).toBe(nodes)
    expect(proof.v2).toHaveLength(nodes)
  })
})

describe('a replica type with 0 replicas', () => {
  const one = { replicas: 1 }
  const none = { replicas: 0 }

  // seen on Training Operator v1.9.4: each of these has a pod of every type, made and deleted again and again, and those with `true` are Succeeded at once
  it.each<[kind: V1Kind, roles: Record<string, { replicas: number }>, atOnce: boolean]>([
    ['TFJob', { PS: one, Worker: none }, true],
    ['TFJob', { Chief: none, Worker: one }, true],
    ['PaddleJob', { Master: none, Worker: one }, true],
    ['XGBoostJob', { Master: one, Worker: none }, false],
    ['TFJob', { Worker: one, PS: none }, false],
    ['PaddleJob', { Master: one, Worker: none }, false],
  ])(
    'of a %s (%j): told that v1 makes a pod of it and deletes it; that v1 succeeds at once: %s',
    (kind, roles, atOnce) => {
      const job = kindManifest(kind, roles)
      const [role] = Object.entries(roles).find(([, { replicas }]) => replicas === 0) ?? []
      const found = told(convertJob(job, { ...usual, accept: ['succeeds-at-once'] }))
      const at = found.find((line) => line.startsWith('changed replicas-none'))?.split(' ')[2]
      expect(at).toMatch(new RegExp(`ReplicaSpecs\\.${role}\\.replicas$`))
      expect(found.includes(`lost succeeds-at-once ${at}`)).toBe(atOnce)
      if (atOnce) expect(refusal(job)).toMatchObject({ code: 'lost', where: at })
    },
  )

  it('is what an MPIJob without Workers says', () => {
    const job = kindManifest('MPIJob', { Launcher: one, Worker: none })
    expect(told(convertJob(job, { ...usual, mpi: 'exec' })).filter((line) => line.includes('replicas'))).toEqual([])
  })
})

describe('a replica type of a TFJob’s own', () => {
  // seen on Training Operator v1.9.4: its pods are made, and a Worker beside it alone has no TF_CONFIG
  it('has its pods in v2 as well, and is told', () => {
    const job = kindManifest('TFJob', { Eval: { replicas: 2 }, Worker: { replicas: 1 } })
    const conversion = convertJob(job, usual)
    expect(told(conversion)).toContain('same replica-type-own spec.tfReplicaSpecs.Eval')
    expect(conversion.proof.v2).toHaveLength(3)
    const env = conversion.proof.v1.flatMap(({ spec }) => spec.containers.flatMap((container) => container.env ?? []))
    expect(env).toEqual([])
  })
})
