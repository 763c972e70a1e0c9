import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { v1JobOf } from '../../../test/unit/arbitrary/v1-job.ts'
import { refusal, runtimeContainer, told, usual } from '../../../test/unit/conversions.ts'
import { runVerb } from '../../../test/unit/run-verb.ts'
import { clone } from '../../kube/clone.ts'
import type { KubeObject } from '../../kube/object.ts'
import { Problem } from '../../problem.ts'
import { parseV1Job } from '../../v1/job.ts'
import { v1Pods } from '../../v1/pods.ts'
import { lostCodes } from '../codes.ts'
import { convertJob } from '../convert.ts'

const seed = Number(process.env['MIGRATE_TEST_SEED'] ?? Date.now() % 2 ** 31)

interface Parts {
  readonly spec?: Record<string, unknown>
  readonly launcher?: Record<string, unknown>
  readonly worker?: Record<string, unknown>
  /** of the worker's container */
  readonly container?: Record<string, unknown>
}

function mpiJob({ spec, launcher, worker, container }: Parts = {}): KubeObject {
  const template = (name: string, more = {}) => ({ spec: { containers: [{ name, image: 'pi:1', ...more }] } })
  return {
    apiVersion: 'kubeflow.org/v2beta1',
    kind: 'MPIJob',
    metadata: { name: 'pi', namespace: 'hpc' },
    spec: {
      mpiReplicaSpecs: {
        Launcher: { replicas: 1, template: template('launcher', { command: ['mpirun', 'pi'] }), ...launcher },
        Worker: { replicas: 2, template: template('worker', container), ...worker },
      },
      ...spec,
    },
  }
}

const convert = (parts?: Parts) => convertJob(mpiJob(parts), usual)

describe('the pods of mpi-operator, by a model of its source', () => {
  const pods = (parts?: Parts) => {
    const parsed = parseV1Job(mpiJob(parts))
    return 'job' in parsed ? v1Pods(parsed.job) : []
  }

  it('are a launcher and workers under one Service of the job’s name', () => {
    expect(pods().map(({ hostname, addresses }) => [hostname, addresses[0]])).toEqual([
      ['pi-launcher', 'pi-launcher.pi.hpc.svc.cluster.local'],
      ['pi-worker-0', 'pi-worker-0.pi.hpc.svc.cluster.local'],
      ['pi-worker-1', 'pi-worker-1.pi.hpc.svc.cluster.local'],
    ])
  })

  it('have keys, and the launcher the hostfile and what Open MPI reads', () => {
    const [launcher, worker] = pods({ spec: { slotsPerWorker: 4, sshAuthMountPath: '/home/mpi/.ssh' } })
    const env = (pod = launcher) => pod?.spec.containers[0]?.env?.map(({ name, value }) => `${name}=${value}`)
    expect(env()).toEqual([
      'K_MPI_JOB_ROLE=launcher',
      'OMPI_MCA_orte_keep_fqdn_hostnames=true',
      'OMPI_MCA_orte_default_hostfile=/etc/mpi/hostfile',
      'OMPI_MCA_plm_rsh_args=-o ConnectionAttempts=10',
      'OMPI_MCA_orte_set_default_slots=4',
      'NVIDIA_VISIBLE_DEVICES=',
      'NVIDIA_DRIVER_CAPABILITIES=',
    ])
    expect(env(worker)).toEqual(['K_MPI_JOB_ROLE=worker'])
    const mounts = (pod = launcher) => pod?.spec.containers[0]?.volumeMounts?.map(({ mountPath }) => mountPath)
    expect([mounts(), mounts(worker)]).toEqual([['/home/mpi/.ssh', '/etc/mpi'], ['/home/mpi/.ssh']])
    expect(worker?.spec.containers[0]?.command).toEqual(['/usr/sbin/sshd', '-De'])
  })

  it('restart as mpi-operator has it by default: the launcher on failure, workers never', () => {
    expect(pods().map(({ spec }) => spec.restartPolicy)).toEqual(['OnFailure', 'Never', 'Never'])
  })
})

describe('an MPIJob of mpi-operator', () => {
  it('runs with v2’s mpi policy, and the same env', () => {
    const conversion = convert({ spec: { slotsPerWorker: 4, sshAuthMountPath: '/home/mpi/.ssh' } })
    expect(conversion.runtime.spec.mlPolicy?.mpi).toEqual({
      numProcPerNode: 4,
      mpiImplementation: 'OpenMPI',
      sshAuthMountPath: '/home/mpi/.ssh',
      runLauncherAsNode: false,
    })
    expect(conversion.trainJob.spec.trainer).toEqual({ numNodes: 2, numProcPerNode: 4 })
    expect(runtimeContainer(conversion, 'node').command).toEqual(['/usr/sbin/sshd', '-De'])
    const env = conversion.proof.comparison.pairs[0]?.leaves.filter(({ path }) => path.includes('.env.OMPI_'))
    expect(env?.map(({ verdict }) => verdict)).toEqual(['same', 'same', 'same', 'same'])
    expect(told(conversion)).toEqual([
      'changed mpi-worker-failure spec.mpiReplicaSpecs.Worker.restartPolicy',
      'changed workers-stopped-at-success spec.runPolicy.cleanPodPolicy',
      'changed pods-stopped-at-failure spec.runPolicy.cleanPodPolicy',
      'changed mpi-operator spec.mpiReplicaSpecs',
      'changed service-name metadata.name',
    ])
  })

  it.each<[string, Parts, string | undefined]>([
    ['AtStartup: at once', { spec: { launcherCreationPolicy: 'AtStartup' } }, undefined],
    ['WaitForWorkersReady: then', { spec: { launcherCreationPolicy: 'WaitForWorkersReady' } }, 'Ready'],
  ])('starts its launcher as launcherCreationPolicy says, %s', (_, parts, status) => {
    const launcher = convert(parts).runtime.spec.template.spec.replicatedJobs.find(({ name }) => name === 'launcher')
    const [waits] = (launcher?.['dependsOn'] ?? []) as { status: string }[]
    expect(waits?.status).toBe(status)
  })

  it('counts its launcher as a host with runLauncherAsWorker', () => {
    const { runtime, trainJob } = convert({ spec: { runLauncherAsWorker: true } })
    expect(runtime.spec.mlPolicy?.mpi?.['runLauncherAsNode']).toBe(true)
    expect(trainJob.spec.trainer?.numNodes).toBe(3)
  })

  it.each<[string, Parts, number, number]>([
    ['by default six retries of the launcher, none of a worker', {}, 6, 0],
    ['backoffLimit, which is the launcher’s', { spec: { runPolicy: { backoffLimit: 2 } } }, 2, 0],
    ['workers that restart, without limit', { worker: { restartPolicy: 'OnFailure' } }, 6, 2_147_483_647],
  ])('keeps %s', (_, parts, launcher, worker) => {
    const jobs = convert(parts).runtime.spec.template.spec.replicatedJobs
    const limit = (name: string) => jobs.find((job) => job.name === name)?.template.spec.backoffLimit
    expect([limit('launcher'), limit('node')]).toEqual([launcher, worker])
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['suspend', { suspend: true }, 'suspend'],
    ['managedBy of MultiKueue', { managedBy: 'kueue.x-k8s.io/multikueue' }, 'managedBy'],
  ])('keeps %s', (_, runPolicy, field) => {
    expect(convert({ spec: { runPolicy } }).trainJob.spec[field]).toBe(Object.values(runPolicy)[0])
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['ttlSecondsAfterFinished', { ttlSecondsAfterFinished: 60 }, 'ttl'],
    ['activeDeadlineSeconds', { activeDeadlineSeconds: 60 }, 'deadline-clock'],
  ])('tells of %s', (field, runPolicy, code) => {
    expect(told(convert({ spec: { runPolicy } }))).toContain(`changed ${code} spec.runPolicy.${field}`)
  })

  it('is not managed by its own operator any more', () => {
    const { trainJob } = convert({ spec: { runPolicy: { managedBy: 'kubeflow.org/mpi-operator' } } })
    expect(trainJob.spec.managedBy).toBeUndefined()
  })

  it.each<[string, Parts, string, string]>([
    ['Intel MPI', { spec: { mpiImplementation: 'Intel' } }, 'mpi-implementation', 'spec.mpiImplementation'],
    ['MPICH', { spec: { mpiImplementation: 'MPICH' } }, 'mpi-implementation', 'spec.mpiImplementation'],
    ['an unknown implementation', { spec: { mpiImplementation: 'X' } }, 'invalid-job', 'spec.mpiImplementation'],
    ['v1’s mainContainer', { spec: { mainContainer: 'x' } }, 'field-not-carried', 'spec.mainContainer'],
    [
      'gang scheduling',
      { spec: { runPolicy: { schedulingPolicy: { minAvailable: 3 } } } },
      'lost',
      'spec.runPolicy.schedulingPolicy',
    ],
    [
      'v1’s own manager',
      { spec: { runPolicy: { managedBy: 'kubeflow.org/training-operator' } } },
      'invalid-job',
      'spec.runPolicy.managedBy',
    ],
    ['ExitCode', { worker: { restartPolicy: 'ExitCode' } }, 'invalid-job', 'spec.mpiReplicaSpecs.Worker.restartPolicy'],
  ])('is refused with %s', (_, parts, code, where) => {
    expect(refusal(mpiJob(parts))).toMatchObject({ code, where })
  })

  it(`loses no field in silence, whatever it has (MIGRATE_TEST_SEED=${seed})`, () => {
    const context = { job: 'train', duplicates: false, forCluster: false }
    let count = 0
    fc.assert(
      fc.property(v1JobOf('MPIJob', context), fc.boolean(), (object, works) => {
        try {
          const { proof } = convertJob(asV2beta1(object, works), { ...usual, accept: lostCodes })
          expect(proof.differences).toEqual([])
          count++
        } catch (error) {
          if (!(error instanceof Problem)) throw error
          const { code, why } = error.data
          const oneSided = /training\.kubeflow\.org\/replica-index|\$\(JOBSET_NAME\)/.test(JSON.stringify(object))
          const fair = ['container-name-taken', 'invalid-job', 'name-too-long', 'name-not-taken']
          expect([...fair, ...(oneSided ? ['not-proved'] : [])], `${code}: ${why}`).toContain(code)
        }
      }),
      { seed, numRuns: 300 },
    )
    expect(count).toBeGreaterThan(100)
  }, 120_000)
})

/** A random MPIJob of v1 in mpi-operator's terms. */
function asV2beta1(object: KubeObject, runLauncherAsWorker: boolean): KubeObject {
  const copy = clone(object) as KubeObject & { spec: Record<string, unknown> }
  const { mainContainer: _main, cleanPodPolicy: _policy, ...spec } = copy.spec
  for (const replica of Object.values(spec['mpiReplicaSpecs'] as Record<string, { restartPolicy?: string }>)) {
    if (replica.restartPolicy !== undefined && replica.restartPolicy !== 'Never') replica.restartPolicy = 'OnFailure'
  }
  const runPolicy = spec['runPolicy'] as { managedBy?: string } | undefined
  if (runPolicy?.managedBy === 'kubeflow.org/training-operator') runPolicy.managedBy = 'kubeflow.org/mpi-operator'
  return { ...copy, apiVersion: 'kubeflow.org/v2beta1', spec: { ...spec, runLauncherAsWorker } }
}

describe('kinds nobody converts', { timeout: 60_000 }, () => {
  it.each([
    [
      'MPIJob',
      'kubeflow.org/v1alpha2',
      'kubeflow.org/v1 and v2beta1 (mpi-operator) are converted; nothing runs kubeflow.org/v1alpha2 any more',
    ],
    ['MXJob', 'kubeflow.org/v1', 'Training Operator v1.9 removed it and Trainer v2 has nothing like it'],
    ['XJob', 'kubeflow.org/v1', 'it is not one of the six kinds of Training Operator v1'],
  ])('%s of %s is named, with the reason', async (kind, apiVersion, why) => {
    const input = JSON.stringify({ apiVersion, kind, metadata: { name: 'x' }, spec: {} })
    const { code, err } = await runVerb(['convert', '-f', '-'], { input, columns: 200 })
    expect({ code, err }).toEqual({
      code: 1,
      err: [`error: standard input:1: ${kind} of ${apiVersion} is not converted`, `       ${why}`],
    })
  })
})
