import { describe, expect, it } from 'vitest'
import { refusedPods } from '../../test/cluster/refused-pods.ts'
import { parsedJob, pytorchJobOf } from '../../test/unit/pytorch-manifest.ts'
import { formatFieldPath } from '../kube/field-path.ts'
import type { V1Job } from './job.ts'
import { podFaults } from './pod-faults.ts'

const found = (job: V1Job) => podFaults(job).map(({ path, message }) => ({ path: formatFieldPath(path), message }))

describe('pods that the API server refuses', () => {
  it.each(refusedPods)('$what', ({ object, path, message }) => {
    expect(found(parsedJob(object))).toEqual([{ path, message }])
  })

  it('are told of once for each fault, in all roles', () => {
    const volumeMounts = [
      { name: 'a', mountPath: '/a' },
      { name: 'b', mountPath: '/b' },
    ]
    const faults = found(pytorchJobOf({ master: { container: { volumeMounts } }, worker: {} }))
    expect(faults.map(({ path }) => path)).toEqual([
      'spec.pytorchReplicaSpecs.Master.template.spec.containers[0].volumeMounts[0].name',
      'spec.pytorchReplicaSpecs.Master.template.spec.containers[0].volumeMounts[1].name',
    ])
  })
})

describe('pods that it takes', () => {
  it('have mounts of the volumes that the operator adds', () => {
    const mount = { name: 'mpi-job-config', mountPath: '/config' }
    const replica = (container: object) => ({ template: { spec: { containers: [container] } } })
    const job = (volumeMounts: readonly object[]) =>
      parsedJob({
        apiVersion: 'kubeflow.org/v1',
        kind: 'MPIJob',
        metadata: { name: 'train' },
        spec: { mpiReplicaSpecs: { Launcher: replica({ name: 'mpi', image: 'i', volumeMounts }) } },
      })
    expect(podFaults(job([mount]))).toEqual([])
    expect(podFaults(job([{ ...mount, name: 'mpi-job-other' }]))).toHaveLength(1)
  })

  it('have what is seldom written', () => {
    const pod = {
      volumes: [{ name: 'a' }, { name: 'b', emptyDir: {} }],
      initContainers: [{ name: 'side', image: 'i', restartPolicy: 'Always', startupProbe: { tcpSocket: { port: 1 } } }],
      tolerations: [{ operator: 'Exists' }],
      nodeSelector: { pool: '' },
    }
    const container = {
      env: [
        { name: 'a.b c', value: '' },
        { name: 'E', value: '', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
      volumeMounts: [{ name: 'a', mountPath: 'a/..b', subPath: 'a/..b' }],
      livenessProbe: { grpc: { port: 1 }, initialDelaySeconds: 1, terminationGracePeriodSeconds: 1 },
      lifecycle: { preStop: { sleep: { seconds: 1 } } },
      resources: { limits: { cpu: '1', 'hugepages-2Mi': '2Mi', 'a.b/c': '1k' }, requests: { cpu: 1, 'a.b/c': 1000 } },
    }
    expect(podFaults(pytorchJobOf({ worker: { pod, container } }))).toEqual([])
  })
})
