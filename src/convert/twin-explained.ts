import { podLeaves } from '../compare/leaves.ts'
import type { ModelPod } from '../kube/model-pod.ts'
import { parseV1Job, type V1Job } from '../v1/job.ts'
import { v1Pods } from '../v1/pods.ts'
import type { Finding } from './finding.ts'
import { type TwinChanges, withChanges } from './twin.ts'

/** A finding for each thing in which a twin differs from its job, with the values of pods it explains: those that it alone changes. */
export function explainedByTwin(job: V1Job, twin: string, changes: TwinChanges): Finding[] {
  const before = leavesOf(job)
  return oneByOne(changes).flatMap((change) => {
    const { object, findings } = withChanges(job, twin, change)
    const parsed = parseV1Job(object)
    if (!('job' in parsed)) return findings
    const explains = differing(before, leavesOf(parsed.job))
    return findings.map((finding) => ({ ...finding, explains }))
  })
}

function oneByOne({ isolate, nodes, env, command }: TwinChanges): TwinChanges[] {
  const none: TwinChanges = { isolate: {}, env: {} }
  return [
    ...Object.entries(isolate).map(([volume, how]) => ({ ...none, isolate: { [volume]: how } })),
    ...(Object.keys(env).length > 0 ? [{ ...none, env }] : []),
    ...(command === undefined ? [] : [{ ...none, command }]),
    ...(nodes === undefined ? [] : [{ ...none, nodes }]),
  ]
}

type ValuesOfPods = ReadonlyMap<string, ReadonlyMap<string, string>>

/** Values by path, of each pod by role and index. */
function leavesOf(job: V1Job): ValuesOfPods {
  const valuesOf = (pod: ModelPod) =>
    new Map([...podLeaves(pod, (text) => text)].map(([path, { value }]) => [path, value]))
  return new Map(v1Pods(job).map((pod) => [`${pod.role}-${pod.index}`, valuesOf(pod)]))
}

/** Paths at which a pod that both have differs. */
function differing(before: ValuesOfPods, after: ValuesOfPods): string[] {
  const paths = new Set<string>()
  for (const [pod, values] of after) {
    const were = before.get(pod)
    if (!were) continue
    for (const path of new Set([...were.keys(), ...values.keys()]))
      if (were.get(path) !== values.get(path)) paths.add(path)
  }
  return [...paths]
}
