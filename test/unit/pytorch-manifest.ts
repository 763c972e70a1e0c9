import type { KubeObject, ObjectMeta } from '../../src/kube/object.ts'
import type { Container, PodSpec, PodTemplate } from '../../src/kube/pod.ts'
import { parseV1Job, type V1Job } from '../../src/v1/job.ts'

/** One replica type by what is not the usual; null in `replicas` leaves the field out. */
export interface ReplicaOptions {
  readonly replicas?: number | null
  readonly restartPolicy?: string
  /** fields of the container `pytorch` */
  readonly container?: Partial<Container>
  readonly sidecars?: readonly Container[]
  /** fields of the pod spec beside its containers */
  readonly pod?: Partial<PodSpec>
  readonly metadata?: ObjectMeta
}

export interface ManifestOptions {
  readonly name?: string
  readonly metadata?: ObjectMeta
  readonly master?: ReplicaOptions
  readonly worker?: ReplicaOptions
  /** fields of the spec beside its replicas */
  readonly spec?: Readonly<Record<string, unknown>>
}

function template({ container, sidecars = [], pod, metadata }: ReplicaOptions): PodTemplate {
  const main = { name: 'pytorch', image: 'train:1', ...container }
  return { ...(metadata ? { metadata } : {}), spec: { ...pod, containers: [main, ...sidecars] } }
}

function replica(options: ReplicaOptions, usual: number): Record<string, unknown> {
  const { replicas = usual, restartPolicy } = options
  return {
    ...(replicas === null ? {} : { replicas }),
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
    template: template(options),
  }
}

/** A PyTorchJob as a file holds it; with neither master nor worker given it has one Master and two Workers, alike. */
export function pytorchManifest(options: ManifestOptions = {}): KubeObject {
  const { name = 'train', metadata, spec } = options
  const usual = options.master === undefined && options.worker === undefined
  const master = usual ? {} : options.master
  const worker = usual ? {} : options.worker
  return {
    apiVersion: 'kubeflow.org/v1',
    kind: 'PyTorchJob',
    metadata: { name, ...metadata },
    spec: {
      ...spec,
      pytorchReplicaSpecs: {
        ...(master ? { Master: replica(master, 1) } : {}),
        ...(worker ? { Worker: replica(worker, 2) } : {}),
      },
    },
  }
}

/** The same, as the operator sees it; throws where v1 would refuse it. */
export function pytorchJobOf(options: ManifestOptions = {}): V1Job {
  return parsedJob(pytorchManifest(options))
}

/** A v1 job as its operator sees it; throws where v1 would refuse it. */
export function parsedJob(object: KubeObject): V1Job {
  const parsed = parseV1Job(object)
  if ('problems' in parsed) throw new Error(parsed.problems.map(({ path, message }) => `${path} ${message}`).join('; '))
  return parsed.job
}
