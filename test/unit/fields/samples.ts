import { clone } from '../../../src/kube/clone.ts'
import type { PathStep } from '../../../src/kube/field-path.ts'
import type { KubeObject } from '../../../src/kube/object.ts'
import type { Field, Fields, FieldType } from './field-list.ts'

const ofType: Readonly<Record<FieldType, readonly [unknown, unknown]>> = {
  text: ['sample-one', 'sample-two'],
  number: [3, 4],
  flag: [true, false],
  amount: ['3', '4'],
}

/** Values by the end of a field's path, where the type does not say what is valid. */
const ofField: Readonly<Record<string, readonly [unknown, unknown]>> = {
  cleanPodPolicy: ['All', 'Running'],
  successPolicy: ['', 'AllWorkers'],
  'runPolicy.managedBy': ['kueue.x-k8s.io/multikueue', 'kubeflow.org/training-operator'],
  'ReplicaSpecs.{}.restartPolicy': ['OnFailure', 'ExitCode'],
  nprocPerNode: ['2', '3'],
  'ports.[].protocol': ['UDP', 'SCTP'],
}

/** Two values that are valid for a field. */
export function samplesOf({ path, type }: Field): readonly [unknown, unknown] {
  const end = Object.keys(ofField).find((each) => path.join('.').endsWith(each))
  return (end === undefined ? undefined : ofField[end]) ?? ofType[type]
}

/** A job, the part of it that has the fields, and which item is meant of lists that it has already. */
export interface Place {
  readonly object: KubeObject
  readonly holder: readonly PathStep[]
  readonly item: number
  readonly fields: Fields
}

type Members = Record<PathStep, unknown>

/** The job with a field set, and with what must stand beside it; and the path where it is now. */
export function withField(
  { object, holder, item, fields }: Place,
  field: Field,
  value: unknown,
): { readonly object: KubeObject; readonly path: PathStep[] } {
  const copy = clone(object)
  const path = [...holder]
  let owner = holder.reduce<unknown>((parent, step) => (parent as Members)[step], copy) as Members
  for (const [depth, name] of field.path.entries()) {
    const step = stepOf(name, owner, item)
    path.push(step)
    if (depth === field.path.length - 1) {
      owner[step] = value
      break
    }
    const isList = field.path[depth + 1] === '[]'
    const inside = owner[step] ?? (isList ? [] : {})
    owner[step] = isList ? inside : { ...beside(field.path.slice(0, depth + 1), fields), ...inside }
    owner = owner[step] as Members
  }
  return { object: copy, path }
}

function stepOf(name: string, owner: unknown, item: number): PathStep {
  if (name === '[]') return Array.isArray(owner) ? Math.max(0, Math.min(item, owner.length - 1)) : 0
  if (name !== '{}') return name
  return Object.keys(owner as object).includes('Worker') ? 'Worker' : 'example.org/key'
}

/** Fields that must stand in an object, with samples. */
function beside(parent: readonly string[], { required }: Fields): Record<string, unknown> {
  const own = required.filter(
    ({ path }) => path.length === parent.length + 1 && parent.every((name, at) => path[at] === name),
  )
  return Object.fromEntries(own.map((each) => [each.path.at(-1) ?? '', samplesOf(each)[0]]))
}
