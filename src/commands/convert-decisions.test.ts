import { describe, expect, it } from 'vitest'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { runVerb } from '../../test/unit/run-verb.ts'

const runPolicy = { schedulingPolicy: { minAvailable: 3 }, cleanPodPolicy: 'Running' }
const job = JSON.stringify(pytorchManifest({ name: 'bert', metadata: { namespace: 'nlp' }, spec: { runPolicy } }))

const decisions = (rest: string) => `apiVersion: kubectl-migrate.dev/v1alpha1
kind: Decisions
jobs:
- match: {namespace: nlp}
  accept:
  - {code: gang, reason: the operator has no gang scheduler, approver: ana${rest}}
`

describe('decisions', () => {
  it('of ./migrate.yaml are used, said, and recorded on the TrainJob', async () => {
    const files = { 'job.yaml': job, 'migrate.yaml': decisions('') }
    const { code, out, err } = await runVerb(['convert', '-f', 'job.yaml'], { files })
    expect(code).toBe(0)
    expect(err[0]).toBe('note: decisions of migrate.yaml')
    expect(out.find((line) => line.includes('kubectl-migrate.dev/accepted'))?.trim()).toBe(
      `kubectl-migrate.dev/accepted: '[{"code":"gang","reason":"the operator has no gang scheduler","approver":"ana"}]'`,
    )
  })

  it('are needed: without them the job is refused', async () => {
    const { code } = await runVerb(['convert', '-f', 'job.yaml'], { files: { 'job.yaml': job } })
    expect(code).toBe(1)
  })

  it('that are over refuse the job, and say since when', async () => {
    const files = { 'job.yaml': job, 'd.yaml': decisions(', expires: 2025-12-31') }
    const { code, out, err } = await runVerb(['convert', '-f', 'job.yaml', '--decisions', 'd.yaml'], { files })
    expect({ code, out }).toEqual({ code: 1, out: [] })
    expect(err.slice(1, 5)).toEqual([
      'error: PyTorchJob nlp/bert is not converted: gang was accepted until 2025-12-31',
      '       job.yaml:1: spec.runPolicy.schedulingPolicy',
      '       gang: ana, until 2025-12-31: the operator has no gang scheduler',
      '       kubectl migrate convert -f job.yaml --decisions d.yaml --accept gang   (or a later date in the decisions file)',
    ])
  })

  it('do not pass through with the manifests of their folder', async () => {
    const files = { 'jobs/job.yaml': job, 'jobs/migrate.yaml': decisions('') }
    const words = ['convert', '-f', 'jobs', '--decisions', 'jobs/migrate.yaml', '-o', 'name']
    const { out } = await runVerb(words, { files })
    expect(out).toEqual([expect.stringMatching(/^trainingruntime/), 'trainjob.trainer.kubeflow.org/bert'])
  })

  it('that are asked for are shown as the command that was typed, with each answer', async () => {
    const spec = { mpiReplicaSpecs: { Launcher: { template: { spec: { containers: [{ name: 'a', image: 'a' }] } } } } }
    const mpi = { ...pytorchManifest({ name: 'hvd', metadata: { namespace: '' } }), kind: 'MPIJob', spec }
    const files = { 'jobs/mpi.json': JSON.stringify(mpi), 'jobs/torch.json': job }
    const { code, err } = await runVerb(['convert', '-f', 'jobs', '-n', 'nlp', '--output-dir', 'out'], { files })
    expect(code).toBe(1)
    const typed = 'kubectl migrate convert -n nlp -f jobs --output-dir out'
    expect(err.filter((line) => line.includes('kubectl migrate') || line.startsWith('error:'))).toEqual([
      'error: MPIJob nlp/hvd needs a decision: how mpirun reaches its workers',
      `       ${typed} --mpi exec   (keeps v1’s way, with a ConfigMap and rights for the launcher)`,
      `       ${typed} --mpi ssh   (uses v2’s policy)`,
      'error: PyTorchJob nlp/bert is not converted: v2 cannot keep spec.runPolicy.schedulingPolicy',
      `       ${typed} --accept gang`,
    ])
  })

  it('give way to flags', async () => {
    const mpi = { ...pytorchManifest(), kind: 'MPIJob' }
    const spec = { mpiReplicaSpecs: { Launcher: { template: { spec: { containers: [{ name: 'a', image: 'a' }] } } } } }
    const files = {
      'job.yaml': JSON.stringify({ ...mpi, spec }),
      'migrate.yaml': 'apiVersion: kubectl-migrate.dev/v1alpha1\nkind: Decisions\njobs:\n- mpi: ssh\n',
    }
    const codes = async (...words: string[]) => {
      const { err } = await runVerb(['convert', '-f', 'job.yaml', ...words], { files })
      return err.join('\n').match(/mpi-(exec|ssh) /)?.[1]
    }
    expect([await codes(), await codes('--mpi', 'exec')]).toEqual(['ssh', 'exec'])
  })
})

describe('diff', () => {
  it('uses them too', async () => {
    const files = { 'job.yaml': job, 'migrate.yaml': decisions('') }
    const { code, err } = await runVerb(['diff', '-f', 'job.yaml'], { files })
    expect({ code, err }).toEqual({ code: 0, err: ['note: decisions of migrate.yaml'] })
  })
})
