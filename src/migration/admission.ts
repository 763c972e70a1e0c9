import { comparePodToModel } from '../compare/live.ts'
import type { PodDifference } from '../compare/pods.ts'
import type { ModelPod } from '../kube/model-pod.ts'
import type { Pod } from '../kube/pod.ts'

/** Changes that the cluster's admission makes to pods of this job: the same ones are to be expected of v2's pods. */
export type Admission = ReadonlySet<string>

/**
 * What mutating webhooks and admission plugins of this cluster made of v1's live pods, other than the model says: a registry
 * rewritten, an imagePullPolicy enforced. A difference that both sides have in common is no difference between them.
 */
export function admissionOf(models: readonly ModelPod[], pods: readonly Pod[]): Admission {
  return new Set(
    models.flatMap((model) => {
      const live = pods.find(({ metadata }) => metadata.name === model.name)
      return live ? comparePodToModel(model, live).map((difference) => changeKey(difference, model)) : []
    }),
  )
}

/** What a live v2 pod lacks of its model, but for what admission did to v1's pods too. */
export function unexpected(model: ModelPod, live: Pod, admission: Admission): PodDifference[] {
  return comparePodToModel(model, live).filter((difference) => !admission.has(changeKey(difference, model)))
}

/** The container that trains has another name on either side. */
function changeKey({ path, v1, v2 }: PodDifference, { main }: ModelPod): string {
  return JSON.stringify([path.replace(`containers[${main}]`, 'containers[]'), v1, v2])
}
