import { describe, expect, it } from 'vitest'
import { usual } from '../../test/unit/conversions.ts'
import { torchRuntime } from '../../test/unit/objects.ts'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import type { TrainingRuntime } from '../v2/trainjob.ts'
import { convertJob } from './convert.ts'
import { servings } from './serving.ts'

const torch = torchRuntime() as TrainingRuntime
const flux = { ...torch, metadata: { name: 'flux' }, spec: { ...torch.spec, mlPolicy: { flux: {} } } }

describe('what runtimes make of a job', () => {
  it('is told by verdict, the best first', () => {
    const job = pytorchManifest({ name: 'bert', metadata: { namespace: 'nlp' } })
    const own = convertJob(job, usual).runtime
    const found = servings(job, [flux, torch, own], usual)
    expect(found.map(({ runtime, verdict }) => [runtime, verdict])).toEqual([
      [own.metadata.name, 'same'],
      ['torch-distributed', 'differs'],
      ['flux', 'unfit'],
    ])
    expect(found[2]?.why).toEqual(['it has the flux policy, whose pods nobody here can predict'])
  })

  it('keeps a value with a line break in it on one line', () => {
    const script = 'echo one\necho two'
    const container = { lifecycle: { preStop: { exec: { command: [script] } } } }
    const job = pytorchManifest({ master: { container }, worker: { container } })
    const plain: TrainingRuntime = { ...torch, spec: { ...torch.spec, mlPolicy: {} } }
    const [found] = servings(job, [plain], usual)
    expect(found?.verdict).toBe('differs')
    expect(found?.why).toContain(`3 pods containers[main].lifecycle.preStop.exec.command[0]: v1 ${script}, v2 absent`)
  })

  it('is nothing for a job that is not converted at all', () => {
    const job = pytorchManifest({ name: 'bert', metadata: { namespace: 'nlp' } })
    job['spec'] = { pytorchReplicaSpecs: {} }
    expect(() => servings(job, [torch], usual)).toThrow('is not a job Training Operator would run')
  })
})
