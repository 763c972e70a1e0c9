import type { ModelPod } from '../kube/model-pod.ts'
import { isRecord } from '../kube/object.ts'
import type { Pod } from '../kube/pod.ts'
import { parseQuantity } from '../kube/quantity.ts'
import { v2Labels } from '../v2/pods.ts'
import type { JobSetSpec } from '../v2/trainjob.ts'
import type { PodDifference } from './pods.ts'

/** Fields of a live object that nobody predicts: the scheduler's choice, and gates that somebody lifts. */
const unpredicted = new Set(['nodeName', 'schedulingGates'])

/**
 * What a live pod lacks of its model: every value the model expects must be there; what the API server and admission add beside it is
 * not looked at. The five random letters of a v2 pod's name, and host names, are the Job controller's.
 */
export function comparePodToModel(model: ModelPod, live: Pod): PodDifference[] {
  const found: PodDifference[] = []
  const note = (path: string, v1: unknown, v2: unknown) =>
    void found.push({ pod: model.name, rank: model.index, path, v1: text(v1), v2: text(v2) })
  contains(model.labels, live.metadata.labels ?? {}, 'labels', note)
  contains(model.annotations, live.metadata.annotations ?? {}, 'annotations', note)
  contains(model.spec, live.spec, '', note)
  return found
}

/** What a live JobSet lacks of the one Trainer was to render; defaults of its webhook and of the API server may be added. */
export function compareJobSet(expected: JobSetSpec, live: JobSetSpec): PodDifference[] {
  return compareValues(expected, live)
}

/** What any live value lacks of the expected one (`v1` of a difference is expected, `v2` is live); more may be there. */
export function compareValues(expected: unknown, live: unknown): PodDifference[] {
  const found: PodDifference[] = []
  contains(
    expected,
    live,
    '',
    (path, v1, v2) => void found.push({ pod: '', rank: 0, path, v1: text(v1), v2: text(v2) }),
  )
  return found
}

/** The model pod that a live v2 pod is, by its job and index; undefined for a pod nobody expected. */
export function modelOf(models: readonly ModelPod[], live: Pod): ModelPod | undefined {
  const rank = rankFinder(models)(live)
  return rank === undefined ? undefined : models[rank]
}

/** Finds the place of live v2 pods among the models, by their job and index; undefined for a pod nobody expected. */
export function rankFinder(models: readonly ModelPod[]): (live: Pod) => number | undefined {
  const ranks = new Map(models.map((model, rank) => [placeOf(model.labels), rank]))
  return (live) => ranks.get(placeOf(live.metadata.labels ?? {}))
}

function placeOf(labels: Readonly<Record<string, string>>): string {
  return [v2Labels.replicatedJobName, v2Labels.jobIndex, v2Labels.completionIndex].map((key) => labels[key]).join('/')
}

type Note = (path: string, expected: unknown, found: unknown) => void

function contains(expected: unknown, live: unknown, path: string, note: Note): void {
  if (expected === undefined || expected === null) return
  if (Array.isArray(expected)) containsItems(expected, live, path, note)
  else if (isRecord(expected)) {
    if (!isRecord(live)) {
      if (Object.keys(expected).length > 0) note(path, expected, live)
      return
    }
    for (const [key, value] of Object.entries(expected)) {
      if (!unpredicted.has(key)) contains(value, live[key], path === '' ? key : `${path}.${key}`, note)
    }
  } else if (!sameScalar(expected, live, path)) note(path, expected, live)
}

/** Lists of things with names are matched by name, since admission may insert items; others must agree place by place. */
function containsItems(expected: readonly unknown[], live: unknown, path: string, note: Note): void {
  if (!Array.isArray(live)) {
    if (expected.length > 0) note(path, expected, live)
    return
  }
  if (path === 'tolerations') {
    containsEach(expected, live, path, note)
    return
  }
  const key = ['mountPath', 'containerPort', 'name'].find((candidate) =>
    expected.every((item) => isRecord(item) && item[candidate] !== undefined),
  )
  if (key === undefined && expected.length !== live.length) {
    note(path, expected, live)
    return
  }
  expected.forEach((item, at) => {
    const name = key !== undefined && isRecord(item) ? item[key] : undefined
    const twin = name === undefined ? live[at] : live.find((candidate) => isSameItem(item, candidate, key ?? ''))
    contains(item, twin, `${path}[${name === undefined ? at : String(name)}]`, note)
  })
}

function isSameItem(item: unknown, candidate: unknown, key: string): boolean {
  if (!isRecord(item) || !isRecord(candidate) || item[key] !== candidate[key]) return false
  return key !== 'containerPort' || (item['protocol'] ?? 'TCP') === (candidate['protocol'] ?? 'TCP')
}

/**
 * Tolerations have no names: admission appends its own, and JobSet v0.12 writes those with tolerationSeconds twice when it resumes a Job
 * (pkg/controllers/jobset_controller.go, MergeSlices by pointers).
 */
function containsEach(expected: readonly unknown[], live: readonly unknown[], path: string, note: Note): void {
  expected.forEach((item, at) => {
    const found = live.some((candidate) => {
      let same = true
      contains(item, candidate, '', () => {
        same = false
      })
      return same
    })
    if (!found) note(`${path}[${at}]`, item, undefined)
  })
}

/** Where the API server rewrites an amount (`1000m` to `1`). */
const quantityPath = /(^|\.)(limits|requests|overhead)\.|(^|\.)(sizeLimit|divisor)$/

/** The API server reads an absent string, number or boolean as its zero value. */
function sameScalar(expected: unknown, live: unknown, path: string): boolean {
  if (expected === live) return true
  if (live === undefined || live === null) return expected === '' || expected === 0 || expected === false
  if (!quantityPath.test(path)) return false
  const a = parseQuantity(String(expected))
  const b = parseQuantity(String(live))
  return a !== undefined && a === b
}

function text(value: unknown): string {
  return value === undefined ? 'absent' : typeof value === 'string' ? value : JSON.stringify(value)
}
