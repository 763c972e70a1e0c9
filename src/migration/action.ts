import { clone } from '../kube/clone.ts'
import { mergePatch } from '../kube/merge-patch.ts'
import type { KubeObject } from '../kube/object.ts'
import { type Resource, resourceName } from '../kube/resources.ts'

/** What must still be so for a write to count; the API server refuses it with a conflict otherwise. */
export interface Unchanged {
  readonly uid?: string
  readonly resourceVersion?: string
}

/** One write to the cluster, as a step wants it: executed, sent as a dry run, or printed. */
export type Action =
  | { readonly verb: 'create'; readonly resource: Resource; readonly object: KubeObject }
  | {
      readonly verb: 'patch'
      readonly resource: Resource
      readonly namespace: string
      readonly name: string
      /** JSON merge patch */
      readonly body: Record<string, unknown>
      readonly unchanged: Unchanged
    }
  | {
      readonly verb: 'delete'
      readonly resource: Resource
      readonly namespace: string
      readonly name: string
      readonly unchanged: Unchanged
    }

/** `patch pytorchjobs.kubeflow.org nlp/bert`: the action in the words of RBAC. */
export function actionTitle(action: Action): string {
  const { namespace, name } = action.verb === 'create' ? action.object.metadata : action
  return `${action.verb} ${resourceName(action.resource)} ${namespace}/${name}`
}

/** The object an action leaves behind, undefined where it deletes: how a dry run looks ahead. */
export function outcomeOf<T extends KubeObject>(action: Action, before: T | undefined): T | undefined {
  if (action.verb === 'create') return clone(action.object) as T
  if (action.verb === 'delete') return undefined
  return before && (mergePatch(before, action.body) as T)
}
