import { describe, expect, it } from 'vitest'
import { envLines, kindManifest, kindPods, type RoleOptions } from '../../test/unit/kind-manifest.ts'
import { parsedJob } from '../../test/unit/pytorch-manifest.ts'
import { slotsPerWorker } from './mpi-pods.ts'

const pods = (launcher: RoleOptions = {}, worker: RoleOptions = { replicas: 2 }) =>
  kindPods('MPIJob', { Launcher: launcher, Worker: worker })

const shell = ['OMPI_MCA_plm_rsh_agent=/etc/mpi/kubexec.sh', 'OMPI_MCA_orte_default_hostfile=/etc/mpi/hostfile']
const noGpu = ['NVIDIA_VISIBLE_DEVICES=', 'NVIDIA_DRIVER_CAPABILITIES=']
const intel = ['I_MPI_HYDRA_BOOTSTRAP=rsh', 'I_MPI_HYDRA_BOOTSTRAP_EXEC=/etc/mpi/kubexec.sh']

describe('pods of an MPIJob', () => {
  it('are one launcher without a number, and workers with one; the launcher is the master', () => {
    const labels = Object.entries(pods()).map(([name, pod]) => [
      name,
      ...['replica-type', 'replica-index', 'job-role'].map((key) => pod.labels[`training.kubeflow.org/${key}`]),
    ])
    expect(labels).toEqual([
      ['launcher', 'launcher', undefined, 'master'],
      ['worker-0', 'worker', '0', undefined],
      ['worker-1', 'worker', '1', undefined],
    ])
  })

  it('have no workers where their number is not written', () => {
    expect(Object.keys(pods({}, {}))).toEqual(['launcher'])
  })

  it('never restart unless the job says so', () => {
    const restarts = Object.values(pods({ restartPolicy: 'ExitCode' })).map(({ spec }) => spec.restartPolicy)
    expect(restarts).toEqual(['Never', 'Never', 'Never'])
    expect(pods({ restartPolicy: 'OnFailure' })['launcher']?.spec.restartPolicy).toBe('OnFailure')
  })
})

describe('the launcher', () => {
  it('gets kubectl, scripts and an account of the job’s', () => {
    const { spec } = pods()['launcher'] ?? {}
    expect(spec?.['serviceAccountName']).toBe('train-launcher')
    expect(spec?.initContainers?.map(({ name, env }) => [name, env])).toEqual([
      [
        'kubectl-delivery',
        [
          { name: 'TARGET_DIR', value: '/opt/kube' },
          { name: 'NAMESPACE', value: 'nlp' },
        ],
      ],
    ])
    expect(spec?.volumes).toEqual([
      { name: 'mpi-job-kubectl', emptyDir: {} },
      {
        name: 'mpi-job-config',
        configMap: {
          name: 'train-config',
          items: [
            { key: 'kubexec.sh', path: 'kubexec.sh', mode: 0o555 },
            { key: 'hostfile', path: 'hostfile', mode: 0o444 },
            { key: 'discover_hosts.sh', path: 'discover_hosts.sh', mode: 0o555 },
          ],
        },
      },
    ])
    expect(spec?.containers[0]?.volumeMounts).toEqual([
      { name: 'mpi-job-kubectl', mountPath: '/opt/kube' },
      { name: 'mpi-job-config', mountPath: '/etc/mpi' },
    ])
  })

  it('keeps an account of its own, and its init containers come first', () => {
    const init = { name: 'fetch', image: 'f' }
    const { spec } = pods({ pod: { serviceAccountName: 'mine', initContainers: [init] } })['launcher'] ?? {}
    expect(spec?.['serviceAccountName']).toBe('mine')
    expect(spec?.initContainers?.map(({ name }) => name)).toEqual(['fetch', 'kubectl-delivery'])
  })

  it.each<[string, RoleOptions, string[]]>([
    ['sees no GPU where it asks for none', {}, [...shell, ...noGpu, ...intel]],
    [
      'sees GPUs where one of its containers has a limit of some',
      { sidecars: [{ name: 's', image: 's', resources: { limits: { 'nvidia.com/gpu': 1 } } }] },
      [...shell, ...intel],
    ],
    [
      'does not where they are only requested',
      { container: { resources: { requests: { 'amd.com/gpu': 1 } } } },
      [...shell, ...noGpu, ...intel],
    ],
    [
      'keeps its own bootstrap of Intel MPI',
      { container: { env: [{ name: 'I_MPI_HYDRA_BOOTSTRAP', value: 'ssh' }] } },
      ['I_MPI_HYDRA_BOOTSTRAP=ssh', ...shell, ...noGpu, 'I_MPI_HYDRA_BOOTSTRAP_EXEC=/etc/mpi/kubexec.sh'],
    ],
  ])('%s', (_, launcher, env) => {
    expect(envLines(pods(launcher)['launcher'])).toEqual(env)
  })

  it('changes in its first container only, whatever that is called', () => {
    const launcher = pods({ container: { name: 'proxy' }, sidecars: [{ name: 'mpi', image: 'm' }] })['launcher']
    expect(launcher?.main).toBe('proxy')
    expect(launcher?.spec.containers[1]).toEqual({ name: 'mpi', image: 'm' })
  })
})

describe('a worker', () => {
  it('sleeps where it has no command, and mounts the remote shell alone', () => {
    const { spec } = pods()['worker-0'] ?? {}
    expect(spec?.containers).toEqual([
      {
        name: 'mpi',
        image: 'train:1',
        command: ['sleep'],
        args: ['365d'],
        volumeMounts: [{ name: 'mpi-job-config', mountPath: '/etc/mpi' }],
      },
    ])
    expect(spec?.volumes).toEqual([
      {
        name: 'mpi-job-config',
        configMap: { name: 'train-config', items: [{ key: 'kubexec.sh', path: 'kubexec.sh', mode: 0o555 }] },
      },
    ])
    expect(spec).not.toHaveProperty('serviceAccountName')
    expect(spec).not.toHaveProperty('initContainers')
  })

  it('loses arguments that stand without a command, and keeps a command', () => {
    const first = (worker: RoleOptions) => pods({}, { replicas: 1, ...worker })['worker-0']?.spec.containers[0]
    expect(first({ container: { args: ['-D'] } })).toMatchObject({ command: ['sleep'], args: ['365d'] })
    expect(first({ container: { command: ['sshd'], args: ['-D'] } })).toMatchObject({ command: ['sshd'], args: ['-D'] })
  })
})

describe('slots', () => {
  it.each([
    [{}, 1],
    [{ slotsPerWorker: 8 }, 8],
  ])('%j are %i a worker', (spec, slots) => {
    expect(slotsPerWorker(parsedJob(kindManifest('MPIJob', { Launcher: {} }, spec)))).toBe(slots)
  })
})
