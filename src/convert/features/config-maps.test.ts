import { describe, expect, it } from 'vitest'
import { converted, refusal, usual } from '../../../test/unit/conversions.ts'
import { kindManifest } from '../../../test/unit/kind-manifest.ts'
import { pytorchManifest } from '../../../test/unit/pytorch-manifest.ts'
import type { ConfigMaps, ConfigMapText } from '../config-maps.ts'
import { convertJob } from '../convert.ts'

const volume = { name: 'code', configMap: { name: 'code' } }
const maps = (code: ConfigMapText): ConfigMaps => new Map([['code', code]])
const path = 'spec.pytorchReplicaSpecs.Worker.template.spec.volumes[0].configMap'

/** What is said of a job whose workers mount ConfigMap code, as `class code path: message`. */
function said(code: ConfigMapText, key?: string): string[] {
  const mounted = key === undefined ? volume : { ...volume, configMap: { name: 'code', items: [{ key, path: key }] } }
  const options = { configMaps: maps(code), accept: ['literal-host'] }
  const { findings } = converted({ worker: { pod: { volumes: [mounted] } } }, options)
  const about = findings.filter((finding) => finding.message.includes('ConfigMap'))
  return about.map((finding) => `${finding.class} ${finding.code} ${finding.path}: ${finding.message}`)
}

describe('scripts in ConfigMaps of a live job', () => {
  it('are told with key and line where they lean on v1’s names', () => {
    const script = [
      '#!/bin/sh',
      'RANK=${HOSTNAME##*-}',
      'ping train-worker-0',
      'kubectl get pod -l training.kubeflow.org/job-name=train',
    ]
    expect(said({ data: { 'run.sh': script.join('\n'), 'note.txt': 'nothing' } })).toEqual([
      `changed host-name-parsing ${path}: ConfigMap code, run.sh:2: it takes a host name apart: v2’s have other parts and numbers`,
      `lost literal-host ${path}: ConfigMap code, run.sh:3: train-worker-0 is written out, and no pod of v2 has that name`,
      `changed v1-label-in-text ${path}: ConfigMap code, run.sh:4: it names labels or kinds of Training Operator`,
    ])
  })

  it('are looked at in the keys that the pods take, and no others', () => {
    const data = { 'a.sh': 'echo ${HOSTNAME##*-}', 'b.sh': 'echo hello' }
    expect(said({ data }, 'b.sh')).toEqual([])
    expect(said({ data }, 'a.sh')).toHaveLength(1)
    expect(said({ data }, 'c.sh')).toEqual([])
  })

  it('are told once where all replicas mount them', () => {
    const both = { pod: { volumes: [volume] } }
    const { findings } = converted({ master: both, worker: both }, { configMaps: maps({ data: { a: '$(hostname)' } }) })
    expect(findings.filter(({ code }) => code === 'host-name-parsing')).toHaveLength(1)
  })

  it('refuse the job where a host is written out, until that is accepted', () => {
    const configMaps = maps({ data: { a: 'train-worker-0' } })
    expect(refusal(pytorchManifest({ worker: { pod: { volumes: [volume] } } }), { configMaps })).toMatchObject({
      code: 'lost',
      where: path,
    })
  })

  it.each([
    ['absent', 'there is no ConfigMap code: what it will say is not known'],
    ['forbidden', 'you may not read ConfigMap code: what it says is not known'],
  ] as const)('that are %s are named', (missing, message) => {
    expect(said({ missing })).toEqual([`changed config-map-unread ${path}: ${message}`])
  })

  it('of an MPIJob over ssh are told where they name files of kubectl exec', () => {
    const role = { pod: { volumes: [volume] } }
    const object = kindManifest('MPIJob', { Launcher: role, Worker: { replicas: 1, ...role } })
    const codes = (mpi: 'exec' | 'ssh') =>
      convertJob(object, { ...usual, mpi, configMaps: maps({ data: { a: 'cat /etc/mpi/discover_hosts.sh' } }) })
        .findings.map(({ code }) => code)
        .filter((code) => code === 'mpi-path-in-text')
    expect(codes('ssh')).toHaveLength(1)
    expect(codes('exec')).toEqual([])
  })
})
