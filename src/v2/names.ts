import type { ModelPod } from '../kube/model-pod.ts'

/** Longest name of a pod: it is a host name's label too. */
export const longestPodName = 63

/** What the Job controller adds to a pod's name. */
const randomTail = '-abcde'.length

/** What the API server adds to a generateName. */
const generatedTail = 5

/**
 * How long the name of a TrainJob may be, by the pods a model says it makes: JobSet refuses a JobSet whose longest pod name would not
 * fit, while Trainer admits the TrainJob all the same. `name` is the one the pods were made with; `generated`: it is a generateName.
 * Source: JobSet v0.12.0, pkg/webhooks/jobset_webhook.go ValidateCreate.
 */
export function longestTrainJobName(name: string, pods: readonly Pick<ModelPod, 'name'>[], generated = false): number {
  const longest = pods.reduce((most, pod) => Math.max(most, pod.name.length), 0)
  return longestPodName - randomTail - (generated ? generatedTail : 0) - (longest - name.length)
}

/** Whether the API server takes the name for a TrainJob: an RFC 1035 label (Trainer v2.3.0, pkg/apis/trainer/v1alpha1/trainjob_types.go). */
export function isTrainJobName(name: string): boolean {
  return name.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name)
}
