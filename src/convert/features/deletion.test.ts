import { describe, expect, it } from 'vitest'
import { converted, told, usual } from '../../../test/unit/conversions.ts'
import { kindManifest } from '../../../test/unit/kind-manifest.ts'
import type { ReplicaOptions } from '../../../test/unit/pytorch-manifest.ts'
import { convertJob } from '../convert.ts'

const ofDeletion = (lines: readonly string[]) => lines.filter((line) => /delet/.test(line))

describe('a pod that answers SIGTERM with exit code 0', () => {
  const toldOf = (worker: ReplicaOptions) => ofDeletion(told(converted({ worker })))
  const spec = 'spec.pytorchReplicaSpecs.Worker.template.spec'

  it.each<[string, ReplicaOptions, string]>([
    ['a trap', { container: { command: ['sh', '-c', "trap 'save; exit 0' TERM; train"] } }, 'containers[0].command'],
    ['a trap by number', { container: { args: ['trap save 15 && train'] } }, 'containers[0].args'],
    ['a program', { container: { args: ['signal.signal(signal.SIGTERM, save)'] } }, 'containers[0].args'],
    ['a long grace period', { pod: { terminationGracePeriodSeconds: 120 } }, 'terminationGracePeriodSeconds'],
  ])('is told where the job shows that it may: %s', (_, worker, where) => {
    expect(toldOf(worker)).toEqual([`changed deleted-pod-done ${spec}.${where}`])
  })

  it.each<[string, ReplicaOptions]>([
    ['nothing of the kind', {}],
    ['the usual grace period', { pod: { terminationGracePeriodSeconds: 30 } }],
    ['a trap for something else', { container: { args: ['trap cleanup EXIT'] } }],
  ])('is not told for %s', (_, worker) => {
    expect(toldOf(worker)).toEqual([])
  })
})

describe('a pod of a TFJob that is deleted', () => {
  const toldOf = (restartPolicy: string, runPolicy = {}) => {
    const roles = { PS: { replicas: 1, restartPolicy: 'Never' }, Worker: { replicas: 2, restartPolicy } }
    return ofDeletion(told(convertJob(kindManifest('TFJob', roles, { runPolicy }), usual)))
  }

  it.each(['OnFailure', 'Always', 'ExitCode'])('fails the job in v1 although it restarts: %s', (restartPolicy) => {
    expect(toldOf(restartPolicy)).toEqual(['changed deletion-retried spec.tfReplicaSpecs'])
  })

  it('fails it on both sides with Never, and with backoffLimit 0', () => {
    expect(toldOf('Never')).toEqual([])
    expect(toldOf('OnFailure', { backoffLimit: 0 })).toEqual([])
  })
})
