import type { KubeObject } from '../kube/object.ts'

/** `PyTorchJob nlp/bert`: how a job is called in every sentence. */
export function jobTitle(object: KubeObject): string {
  const { namespace, name, generateName } = object.metadata
  const called = name ?? (generateName === undefined ? '(unnamed)' : `${generateName}…`)
  return `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${called}`
}
