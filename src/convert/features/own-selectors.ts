import { type Leaves, podLeaves } from '../../compare/leaves.ts'
import { isRecord } from '../../kube/object.ts'
import type { V1Job } from '../../v1/job.ts'
import { v1Labels } from '../../v1/labels.ts'
import { v2Labels } from '../../v2/pods.ts'

/** Any label of Training Operator. */
const ofOperator = /^training\.kubeflow\.org\//

/**
 * A scheduling rule whose selectors name the job's own pods by Training Operator's labels, with selectors that name the same pods of
 * v2 by JobSet's. Undefined where a selector means other pods, or no counterpart is known.
 */
export function withOwnSelectors(rule: unknown, job: V1Job, trainJob: string): unknown {
  try {
    return rewritten(rule, job, trainJob)
  } catch (error) {
    if (error instanceof NoCounterpart) return undefined
    throw error
  }
}

/** Paths of the pod values that differ between a rule and what stands for it. */
export function changedValues(field: string, before: unknown, after: unknown): string[] {
  const [one, other] = [valuesOf(field, before), valuesOf(field, after)]
  const paths = [...new Set([...one.keys(), ...other.keys()])]
  return paths.filter((path) => one.get(path)?.value !== other.get(path)?.value)
}

function valuesOf(field: string, rule: unknown): Leaves {
  const place = { role: '', index: 0, name: '', namespace: '', hostname: '', addresses: [], main: '' }
  return podLeaves({ ...place, labels: {}, annotations: {}, spec: { containers: [], [field]: rule } }, (text) => text)
}

class NoCounterpart extends Error {}

function rewritten(value: unknown, job: V1Job, trainJob: string): unknown {
  if (Array.isArray(value)) return value.map((item) => rewritten(item, job, trainJob))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key === 'labelSelector' && isRecord(item)) return [key, selector(item, job, trainJob)]
      if (/^(mis)?matchLabelKeys$/.test(key) && Array.isArray(item)) return [key, item.map(labelKey)]
      return [key, rewritten(item, job, trainJob)]
    }),
  )
}

/** A key whose value is taken from the pod itself: only the job's name is alike on all its pods. */
function labelKey(key: unknown): unknown {
  if (key === v1Labels.jobName) return v2Labels.jobSetName
  if (ofOperator.test(String(key))) throw new NoCounterpart()
  return key
}

function selector(written: Record<string, unknown>, job: V1Job, trainJob: string): Record<string, unknown> {
  const { matchLabels, matchExpressions } = written
  const labels = Object.entries(isRecord(matchLabels) ? matchLabels : {})
  const expressions = Array.isArray(matchExpressions) ? matchExpressions.filter(isRecord) : []
  const nameOf = (values: unknown): string => {
    if (Array.isArray(values) && values.length === 1 && values[0] === job.name) return trainJob
    throw new NoCounterpart()
  }
  const ownsAll =
    labels.some(([key]) => key === v1Labels.jobName) ||
    expressions.some(({ key, operator }) => key === v1Labels.jobName && operator === 'In')
  /** a role says nothing where the job's name is asked for and all its pods have that role */
  const redundant = (key: unknown, values: unknown): boolean =>
    ownsAll &&
    key === v1Labels.replicaType &&
    job.replicas.length === 1 &&
    Array.isArray(values) &&
    values.includes(job.replicas[0]?.role)
  const newLabels = labels.flatMap(([key, value]) => {
    if (key === v1Labels.jobName) return [[v2Labels.jobSetName, nameOf([value])]]
    if (redundant(key, [value])) return []
    if (ofOperator.test(key)) throw new NoCounterpart()
    return [[key, value]]
  })
  const newExpressions = expressions.flatMap((expression) => {
    const { key, operator, values } = expression
    if (key === v1Labels.jobName && (operator === 'In' || operator === 'NotIn')) {
      return [{ ...expression, key: v2Labels.jobSetName, values: [nameOf(values)] }]
    }
    if (operator === 'In' && redundant(key, values)) return []
    if (ofOperator.test(String(key))) throw new NoCounterpart()
    return [expression]
  })
  return {
    ...written,
    ...(matchLabels === undefined ? {} : { matchLabels: Object.fromEntries(newLabels) }),
    ...(matchExpressions === undefined ? {} : { matchExpressions: newExpressions }),
  }
}
