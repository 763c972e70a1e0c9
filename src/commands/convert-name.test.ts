import { describe, expect, it } from 'vitest'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { runVerb } from '../../test/unit/run-verb.ts'

const long = 'a'.repeat(49)

function files(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, at) => [`${at}.yaml`, JSON.stringify(pytorchManifest({ name }))]))
}

describe('a name JobSet would refuse', () => {
  it('is refused with the longest that works', async () => {
    const { code, out, err } = await runVerb(['convert', '-f', '0.yaml'], { files: files(long) })
    expect({ code, out }).toEqual({ code: 1, out: [] })
    expect(err.slice(0, 4)).toEqual([
      `error: PyTorchJob ${long} is not converted: its name has 49 characters, and a TrainJob of this shape may have 48`,
      '       0.yaml:1: metadata.name',
      `       JobSet makes pod names of it and refuses those of more than 63 characters; the longest that works is ${'a'.repeat(48)}`,
      '       --name NEW gives the TrainJob another name, where one job is converted',
    ])
  })

  it.each([48, 47])('of %d characters is none', async (length) => {
    const { code } = await runVerb(['convert', '-f', '0.yaml'], { files: files('a'.repeat(length)) })
    expect(code).toBe(0)
  })

  it('of a generateName counts the five letters of the server', async () => {
    const job = pytorchManifest({ metadata: { name: undefined, generateName: 'a'.repeat(44) } })
    const { err } = await runVerb(['convert', '-f', '-'], { input: JSON.stringify(job) })
    expect(err[0]).toContain('its generateName has 44 characters, and a TrainJob of this shape may have 43')
  })
})

describe('a name Trainer would refuse, which an MPIJob of v1 may have', () => {
  const container = { name: 'mpi', image: 'pi:1' }
  const mpiJob = (metadata: Record<string, unknown>) =>
    JSON.stringify({
      apiVersion: 'kubeflow.org/v1',
      kind: 'MPIJob',
      metadata,
      spec: { mpiReplicaSpecs: { Launcher: { template: { spec: { containers: [container] } } } } },
    })

  it.each([
    ['name', 'pi.v1', 'pi.v1'],
    ['name', '1pi', '1pi'],
    ['generateName', 'pi.v1-', 'pi.v1-…'],
  ])('%s %s', async (field, value, called) => {
    const { code, out, err } = await runVerb(['convert', '-f', '-', '--mpi', 'ssh'], {
      input: mpiJob({ [field]: value }),
    })
    expect({ code, out }).toEqual({ code: 1, out: [] })
    expect(err.slice(0, 4)).toEqual([
      `error: MPIJob ${called} is not converted: no TrainJob can be called ${value}`,
      `       standard input:1: metadata.${field}`,
      '       the name of a TrainJob takes a-z, 0-9 and -, begins with a letter and does not end in -',
      '       --name NEW gives the TrainJob another name, where one job is converted',
    ])
  })

  it('is none where another is given', async () => {
    const words = ['convert', '-f', '-', '--mpi', 'ssh', '--name', 'pi-v1', '-o', 'name']
    const { code, out } = await runVerb(words, { input: mpiJob({ name: 'pi.v1' }) })
    expect({ code, last: out.at(-1) }).toEqual({ code: 0, last: 'trainjob.trainer.kubeflow.org/pi-v1' })
  })
})

describe('--name', () => {
  it('names the TrainJob of one job', async () => {
    const { code, out } = await runVerb(['convert', '-f', '0.yaml', '--name', 'new', '-o', 'name'], {
      files: files(long),
    })
    expect(code).toBe(0)
    expect(out.at(-1)).toBe('trainjob.trainer.kubeflow.org/new')
  })

  it('is refused for two jobs, and nothing is written', async () => {
    const { code, out, err } = await runVerb(['convert', '-f', '0.yaml', '-f', '1.yaml', '--name', 'new'], {
      files: files('a', 'b'),
    })
    expect({ code, out }).toEqual({ code: 2, out: [] })
    expect(err).toEqual(['error: --name is for one job, and there are 2', '       0.yaml:1', '       1.yaml:1'])
  })

  it('must be a name the API server takes', async () => {
    const { code, err } = await runVerb(['convert', '-f', '0.yaml', '--name', 'A_b'], { files: files('a') })
    expect(code).toBe(2)
    expect(err[0]).toContain('--name A_b is no name of a TrainJob')
  })

  const paddleJob = (metadata: Record<string, unknown>) => {
    const containers = [{ name: 'paddle', image: 'train:1', command: ['train', '--id=$(PADDLE_JOB_ID)'] }]
    return JSON.stringify({
      apiVersion: 'kubeflow.org/v1',
      kind: 'PaddleJob',
      metadata,
      spec: { paddleReplicaSpecs: { Worker: { replicas: 1, template: { spec: { containers } } } } },
    })
  }

  it.each([
    ['name', 'pd'],
    ['generateName', 'pd-'],
  ])('of a PaddleJob with %s is also its PADDLE_JOB_ID, and a finding says so', async (field, value) => {
    const { code, out, err } = await runVerb(['convert', '-f', '-', '--name', 'new'], {
      input: paddleJob({ [field]: value }),
    })
    expect(code).toBe(0)
    expect(out.join('\n')).toContain('- name: PADDLE_JOB_ID\n                          value: $(JOBSET_NAME)')
    expect(err.filter((line) => line.includes('paddle-job-id')).at(-1)).toMatch(
      /^ changed {2}paddle-job-id {3}pd.*: metadata\.name: PADDLE_JOB_ID is new, the TrainJob’s name$/,
    )
  })

  it('of a PaddleJob that keeps its own tells nothing of PADDLE_JOB_ID', async () => {
    const { code, err } = await runVerb(['convert', '-f', '-', '--name', 'pd'], { input: paddleJob({ name: 'pd' }) })
    expect(code).toBe(0)
    expect(err.join('\n')).not.toContain('paddle-job-id')
  })
})
