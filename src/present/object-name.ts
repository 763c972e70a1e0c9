import { printable } from './width.ts'

/** `trainjob.trainer.kubeflow.org/bert`, as `kubectl -o name` prints it; `pod/bert` for a kind of the core group. */
export function objectName(kind: string, group: string, name: string): string {
  return printable(`${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${name}`)
}
