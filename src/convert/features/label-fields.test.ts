import { describe, expect, it } from 'vitest'
import { converted, refusal, told, usual } from '../../../test/unit/conversions.ts'
import { kindManifest } from '../../../test/unit/kind-manifest.ts'
import { type ManifestOptions, pytorchManifest } from '../../../test/unit/pytorch-manifest.ts'
import { podLeaves } from '../../compare/leaves.ts'
import { effectiveEnv } from '../../kube/expand.ts'
import { type ConvertOptions, convertJob } from '../convert.ts'

const asking = (label: string) => ({
  container: { env: [{ name: 'ASKED', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${label}']` } } }] },
})

/** What each pod of v2 has in ASKED, rank by rank. */
function asked(manifest: ManifestOptions, options: Partial<ConvertOptions> = {}): (string | undefined)[] {
  return converted(manifest, options).proof.v2.map((pod) => {
    const [container] = pod.spec.containers
    return container && effectiveEnv(container, pod).get('ASKED')
  })
}

describe('env that is a label of Training Operator', () => {
  it.each<[label: string, roles: 'both' | 'workers', values: string[]]>([
    ['job-name', 'both', ['train', 'train', 'train']],
    ['job-name', 'workers', ['train', 'train']],
    ['replica-type', 'both', ['master', 'worker', 'worker']],
    ['replica-type', 'workers', ['worker', 'worker']],
    ['replica-index', 'both', ['0', '0', '1']],
    ['replica-index', 'workers', ['0', '1']],
    ['job-role', 'both', ['master', '', '']],
    ['operator-name', 'both', ['pytorchjob-controller', 'pytorchjob-controller', 'pytorchjob-controller']],
  ])('%s (%s) is in v2 what it was in v1: %j', (label, roles, values) => {
    const role = asking(`training.kubeflow.org/${label}`)
    const manifest = { worker: role, ...(roles === 'both' ? { master: role } : {}) }
    expect(asked(manifest)).toEqual(values)
    expect(told(converted(manifest)).filter((line) => line.includes('label'))).toEqual(
      (roles === 'both' ? ['Master', 'Worker'] : ['Worker']).map(
        (name) => `same own-label-field spec.pytorchReplicaSpecs.${name}.template.spec.containers[0].env[0]`,
      ),
    )
  })

  it('is left alone where --pod-labels v1 keeps the label', () => {
    const conversion = converted({ worker: asking('training.kubeflow.org/replica-type') }, { podLabels: 'v1' })
    expect(JSON.stringify(conversion)).toContain("metadata.labels['training.kubeflow.org/replica-type']")
    expect(told(conversion).join()).not.toContain('own-label-field')
  })

  it('is left alone where the label is the user’s own', () => {
    const role = {
      ...asking('training.kubeflow.org/mine'),
      metadata: { labels: { 'training.kubeflow.org/mine': 'x' } },
    }
    expect(asked({ worker: role })).toEqual(['x', 'x'])
  })

  it('follows the TrainJob’s name', () => {
    const manifest = { worker: asking('training.kubeflow.org/job-name') }
    expect(asked(manifest, { name: 'other' })).toEqual(['other', 'other'])
  })

  it('is lost where v1 labels one pod of a role, and a Job has one template', () => {
    const manifest = { worker: asking('training.kubeflow.org/job-role') }
    const { code, next } = refusal(pytorchManifest(manifest))
    expect(code).toBe('lost')
    expect(next?.join(' ')).toMatch(/^ask RANK .* --accept job-role-field$/)
    expect(asked(manifest, { accept: ['job-role-field'] })).toEqual(['', ''])
  })
})

describe('a file that is a label of Training Operator', () => {
  const filesOf = (...labels: string[]) => {
    const items = labels.map((label) => ({
      path: label,
      fieldRef: { fieldPath: `metadata.labels['training.kubeflow.org/${label}']` },
    }))
    return {
      pod: {
        volumes: [
          { name: 'own', downwardAPI: { items } },
          { name: 'projected', projected: { sources: [{ downwardAPI: { items } }] } },
        ],
      },
    }
  }

  it.each<[roles: 'both' | 'workers', indices: string[]]>([
    ['both', ['0', '0', '1']],
    ['workers', ['0', '1']],
  ])('job-name and replica-index (%s) are in v2 what they were in v1: %j', (roles, indices) => {
    const role = filesOf('job-name', 'replica-index')
    const { proof } = converted({ worker: role, ...(roles === 'both' ? { master: role } : {}) })
    expect(proof.same).toBe(true)
    const leaves = proof.v2.map((pod) => podLeaves(pod, (text) => text))
    for (const items of ['volumes[own].downwardAPI.items', 'volumes[projected].projected.sources[0].downwardAPI.items'])
      expect(leaves.map((of) => [0, 1].map((at) => of.get(`${items}[${at}].fieldRef`)?.value))).toEqual(
        indices.map((index) => ['train', index]),
      )
  })

  it.each(['exec', 'ssh'] as const)(
    'is empty in an MPIJob’s launcher, which has no number, as in v1 (--mpi %s)',
    (mpi) => {
      const role = { pod: { volumes: filesOf('replica-index').pod.volumes } }
      const job = kindManifest('MPIJob', { Launcher: { replicas: 1, ...role }, Worker: { replicas: 2, ...role } })
      const conversion = convertJob(job, { ...usual, mpi })
      const leaf = 'volumes[own].downwardAPI.items[0].fieldRef'
      expect(conversion.proof.same).toBe(true)
      const valueIn = (role: string) =>
        conversion.proof.v2
          .filter((pod) => pod.role === role)
          .map((pod) => podLeaves(pod, (text) => text).get(leaf)?.value)
      expect([valueIn('launcher'), valueIn(mpi === 'ssh' ? 'node' : 'worker')]).toEqual([[''], ['0', '1']])
      expect(
        conversion.findings.filter(({ code }) => code === 'own-label-field').map(({ message }) => message),
      ).toContain('the file is empty as in v1, whose launcher has no label training.kubeflow.org/replica-index')
    },
  )

  it('is refused where the value is of the role, until --pod-labels v1 keeps the label', () => {
    const worker = filesOf('replica-type')
    expect(refusal(pytorchManifest({ worker })).code).toBe('not-proved')
    expect(converted({ worker }, { podLabels: 'v1' }).proof.same).toBe(true)
  })
})

describe('a pod’s own name and labels', () => {
  it('are told where env has the name: v2’s ends in letters of chance', () => {
    const env = [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }]
    expect(told(converted({ worker: { container: { env } } }))).toEqual([
      'changed pod-name-field spec.pytorchReplicaSpecs.Worker.template.spec.containers[0].env[0]',
    ])
  })

  it('are told where a file has all labels', () => {
    const items = [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }]
    const volumes = [{ name: 'about', projected: { sources: [{ downwardAPI: { items } }] } }]
    expect(told(converted({ worker: { pod: { volumes } } }))).toEqual([
      'changed labels-file spec.pytorchReplicaSpecs.Worker.template.spec.volumes[0].projected.sources[0].downwardAPI.items[0].fieldRef',
    ])
  })
})
