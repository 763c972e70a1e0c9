import { modelOf } from '../../src/compare/live.ts'
import { comparePods } from '../../src/compare/pods.ts'
import type { Conversion } from '../../src/convert/convert.ts'
import { explainsPath } from '../../src/convert/explained.ts'
import type { ModelPod } from '../../src/kube/model-pod.ts'
import type { Pod, PodSpec } from '../../src/kube/pod.ts'
import { v1Pods } from '../../src/v1/pods.ts'
import { comparablePod } from './api-additions.ts'

/** Pods by the name of their job. */
type Live = ReadonlyMap<string, readonly Pod[]>

/** Both sides' live pods of every job, compared: what no finding explains, and how much was looked at. */
export function parity(
  converted: readonly Conversion[],
  ofV1: Live,
  ofV2: Live,
): { readonly unexplained: readonly string[]; readonly counts: string } {
  let pairs = 0
  let values = 0
  const unexplained = converted.flatMap(({ job, proof, findings }) => {
    const v1 = v1Pods(job).flatMap((model) => {
      const pod = ofV1.get(job.name)?.find(({ metadata }) => metadata.name === model.name)
      return pod ? [measured(pod, model)] : []
    })
    const v2 = proof.v2.flatMap((model) => {
      const pod = ofV2.get(job.name)?.find((live) => modelOf(proof.v2, live) === model)
      return pod ? [measured(pod, model)] : []
    })
    const comparison = comparePods(v1, v2)
    pairs += comparison.pairs.length
    values += comparison.pairs.reduce((sum, { leaves }) => sum + leaves.length, 0)
    return comparison.differences
      .filter(({ path }) => !findings.some((finding) => explainsPath(finding, path)))
      .map(({ pod, path, v1: one, v2: other }) => `${job.name} ${pod} ${path}: v1 ${one}, v2 ${other}`)
  })
  return { unexplained, counts: `${converted.length} jobs, ${pairs} pods on each side, ${values} values` }
}

/** A live pod in the place of its model: what it is comes from the operators, where it belongs from the model. */
function measured(pod: Pod, model: ModelPod): ModelPod {
  const { labels, annotations, spec } = comparablePod(pod) as {
    labels: Record<string, string>
    annotations: Record<string, string>
    spec: PodSpec
  }
  const { name = '', namespace = '', labels: ownLabels = {} } = pod.metadata
  // a pod of JobSet answers to its place in the JobSet's Service, one of v1 to the Service of its own name whatever its subdomain says
  const ofJobSet = Object.keys(ownLabels).some((key) => key.startsWith('jobset.sigs.k8s.io/'))
  const host = ofJobSet ? `${pod.spec.hostname}.${pod.spec.subdomain}` : name
  // what a pod as a whole requests is added up from its containers by the API server, v1's init container among them
  // and the account has a second, older name there
  const { resources, serviceAccount: _account, ...rest } = spec
  const { requests: _requests, ...whole } = (resources ?? {}) as { requests?: unknown }
  return {
    ...model,
    name,
    hostname: pod.spec.hostname ?? name,
    addresses: [`${host}.${namespace}.svc.cluster.local`, `${host}.${namespace}.svc`, `${host}.${namespace}`, host],
    labels,
    annotations,
    spec: { ...rest, ...(resources === undefined ? {} : { resources: whole }) },
  }
}
