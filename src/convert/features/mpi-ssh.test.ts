import { describe, expect, it } from 'vitest'
import { refusal, runtimeContainer, told, usual } from '../../../test/unit/conversions.ts'
import { kindManifest, type RoleOptions } from '../../../test/unit/kind-manifest.ts'

import { type ConvertOptions, convertJob } from '../convert.ts'

const at = 'spec.mpiReplicaSpecs'
const gpu = { resources: { limits: { 'nvidia.com/gpu': 1 } } }

const mpiJob = (roles: { launcher?: RoleOptions; worker?: RoleOptions }, spec: object = {}) =>
  kindManifest(
    'MPIJob',
    { Launcher: { replicas: 1, ...roles.launcher }, Worker: { replicas: 2, ...roles.worker } },
    {
      runPolicy: { cleanPodPolicy: 'Running' },
      ...spec,
    },
  )

const lost = ['mpi-other-implementation', 'mpi-no-sshd', 'mpi-main-container', 'mpi-ssh-port']
const convert = (job: ReturnType<typeof mpiJob>, mpi: ConvertOptions['mpi'] = 'ssh') =>
  convertJob(job, { ...usual, mpi, accept: lost })

/** Findings that --mpi ssh has beside those of every MPIJob. */
const more = (job: ReturnType<typeof mpiJob>, mpi?: ConvertOptions['mpi']) =>
  told(convert(job, mpi)).filter((line) => / mpi-(?!ssh |exec )/.test(line))

describe('an MPIJob over ssh', () => {
  it.each<[what: string, job: ReturnType<typeof mpiJob>, found: string[]]>([
    ['that says nothing of all this', mpiJob({}), []],
    [
      'whose launcher has a GPU: it is a host, and no longer the first',
      mpiJob({ launcher: { container: gpu } }),
      [`changed mpi-host-order ${at}.Launcher.template`],
    ],
    ['whose launcher is the only host', mpiJob({ launcher: { container: gpu }, worker: { replicas: 0 } }), []],
    [
      'whose env sets what Trainer sets',
      mpiJob({ launcher: { container: { env: [{ name: 'OMPI_MCA_plm_rsh_args', value: '-p 2222' }] } } }),
      [`changed mpi-env ${at}.Launcher.template.spec.containers[0].env`],
    ],
    [
      'whose env sets something else of Open MPI',
      mpiJob({ launcher: { container: { env: [{ name: 'OMPI_MCA_btl', value: '^openib' }] } } }),
      [],
    ],
    [
      'of Intel MPI',
      mpiJob({ launcher: { container: { env: [{ name: 'I_MPI_DEBUG', value: '5' }] } } }),
      [`lost mpi-other-implementation ${at}.Launcher.template.spec.containers[0].env`],
    ],
    ['whose mainContainer is the first', mpiJob({}, { mainContainer: 'mpi' }), []],
    [
      'whose mainContainer is another',
      mpiJob({ worker: { sidecars: [{ name: 'train', image: 'x:1' }] } }, { mainContainer: 'train' }),
      ['lost mpi-main-container spec.mainContainer'],
    ],
  ])('%s', (_, job, found) => {
    expect(more(job)).toEqual(found)
    expect(more(job, 'exec')).toEqual([])
  })

  it.each<[command: string[], args: string[] | undefined, lost: boolean]>([
    [['sleep'], ['365d'], true],
    [['sleep', 'infinity'], undefined, true],
    [['/bin/sh', '-c', 'sleep infinity'], undefined, true],
    [['bash', '-c'], ['tail -f /dev/null'], true],
    [['/usr/sbin/sshd', '-De'], undefined, false],
    [['sh', '-c', '/usr/sbin/sshd && sleep infinity'], undefined, false],
    [['/start.sh'], undefined, false],
  ])('with workers that run %j %j: nobody answers: %s', (command, args, isLost) => {
    const container = { command, ...(args ? { args } : {}) }
    const job = mpiJob({ worker: { container } })
    const where = `${at}.Worker.template.spec.containers[0].command`
    expect(more(job)).toEqual(isLost ? [`lost mpi-no-sshd ${where}`] : [])
    expect(runtimeContainer(convert(job), 'node').command).toEqual(command)
  })

  it.each<[what: string, worker: string[], launcher: object, told: boolean]>([
    ['on a port that nobody tells mpirun', ['/usr/sbin/sshd', '-De', '-p', '2222'], {}, true],
    ['written together', ['/usr/sbin/sshd', '-De', '-p2222'], {}, true],
    ['as an option', ['/usr/sbin/sshd', '-De', '-o', 'Port=2222'], {}, true],
    ['in a shell', ['sh', '-c', 'mkdir -p /run/sshd && /usr/sbin/sshd -p 2222 && sleep infinity'], {}, true],
    [
      'that only env tells, which Trainer replaces',
      ['/usr/sbin/sshd', '-De', '-p', '2222'],
      { env: [{ name: 'OMPI_MCA_plm_rsh_args', value: '-p 2222' }] },
      true,
    ],
    [
      'that the launcher’s command tells',
      ['/usr/sbin/sshd', '-De', '-p', '2222'],
      { command: ['mpirun', '--mca', 'plm_rsh_args', '-p 2222', 'train'] },
      false,
    ],
    ['where mpirun looks', ['/usr/sbin/sshd', '-De', '-p', '22'], {}, false],
    ['of another program', ['sh', '-c', '/usr/sbin/sshd && serve -p 2222'], {}, false],
  ])('with sshd %s', (_, command, launcher, isTold) => {
    const job = mpiJob({ worker: { container: { command } }, launcher: { container: launcher } })
    const where = `${at}.Worker.template.spec.containers[0].command`
    const found = told(convert(job)).filter((line) => line.includes('mpi-ssh-port'))
    expect(found).toEqual(isTold ? [`lost mpi-ssh-port ${where}`] : [])
    expect(more(job, 'exec')).toEqual([])
  })

  it('is refused with the other way named', () => {
    const { code, next } = refusal(mpiJob({ worker: { container: { command: ['sleep', '1d'] } } }), { mpi: 'ssh' })
    expect(code).toBe('lost')
    expect(next?.[0]).toMatch(/^--mpi exec needs no sshd/)
  })

  it('starts sshd where v1 would start sleep, whatever args say', () => {
    const { command, args } = runtimeContainer(convert(mpiJob({ worker: { container: { args: ['x'] } } })), 'node')
    expect([command, args]).toEqual([['/usr/sbin/sshd'], ['-De']])
  })

  it.each<[container: object, seen: boolean]>([
    [{}, false],
    [gpu, true],
  ])('with a launcher of %j sees GPUs: %s, as in v1', (container, seen) => {
    const { env = [] } = runtimeContainer(convert(mpiJob({ launcher: { container } })), 'node', 'launcher')
    const names = env.map(({ name }) => name).filter((name) => name.startsWith('NVIDIA_'))
    expect(names).toEqual(seen ? [] : ['NVIDIA_VISIBLE_DEVICES', 'NVIDIA_DRIVER_CAPABILITIES'])
  })
})
