import type { ModelPod } from '../../src/kube/model-pod.ts'
import type { PodSpec } from '../../src/kube/pod.ts'

interface PodOptions extends Partial<Omit<ModelPod, 'spec'>> {
  readonly spec?: Partial<PodSpec>
}

/** A pod of a v1 job `train` as its model gives it. */
export function v1Pod(role: string, index: number, { spec, ...more }: PodOptions = {}): ModelPod {
  const name = `train-${role}-${index}`
  return {
    role,
    index,
    name,
    namespace: 'nlp',
    hostname: name,
    addresses: [`${name}.nlp.svc.cluster.local`, `${name}.nlp.svc`, `${name}.nlp`, name],
    labels: {},
    annotations: {},
    spec: { containers: [{ name: 'pytorch' }], ...spec },
    main: 'pytorch',
    ...more,
  }
}

/** A pod of the TrainJob `train` whose replicated job is `node`. */
export function v2Pod(index: number, { spec, ...more }: PodOptions = {}): ModelPod {
  const hostname = `train-node-0-${index}`
  const address = `${hostname}.train`
  return {
    role: 'node',
    index,
    name: hostname,
    namespace: 'nlp',
    hostname,
    addresses: [`${address}.nlp.svc.cluster.local`, `${address}.nlp.svc`, `${address}.nlp`, address],
    labels: {},
    annotations: {},
    spec: { containers: [{ name: 'node' }], ...spec },
    main: 'node',
    ...more,
  }
}
