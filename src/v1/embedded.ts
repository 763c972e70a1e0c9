import { formatFieldPath, type PathStep } from '../kube/field-path.ts'
import { isRecord } from '../kube/object.ts'
import { isV1Job, v1Kinds } from './kinds.ts'

/** A v1 job that stands inside an object of another kind. */
export interface EmbeddedJob {
  readonly kind: string
  /** where it stands: `spec.trialTemplate.trialSpec` */
  readonly path: string
  /** whether it is written as text, as in the manifest of a workflow's step or the data of a ConfigMap */
  readonly asText: boolean
}

const kindInText = new RegExp(`(?:^|[\\s{,])"?kind"?:\\s*["']?(${v1Kinds.map(({ kind }) => kind).join('|')})\\b`)
const groupInText = /"?apiVersion"?:\s*["']?kubeflow\.org\/v1\b(?!\w)/

/** The v1 jobs in an object, in the order they are written; none for a v1 job itself, whose templates hold pods. */
export function embeddedJobs(object: unknown): EmbeddedJob[] {
  if (isRecord(object) && isV1Job(object)) return []
  const found: EmbeddedJob[] = []
  visit(object, [], found)
  return found
}

function visit(value: unknown, steps: readonly PathStep[], found: EmbeddedJob[]): void {
  if (typeof value === 'string') {
    const kind = groupInText.test(value) ? kindInText.exec(value)?.[1] : undefined
    if (kind !== undefined) found.push({ kind, path: formatFieldPath(steps), asText: true })
  } else if (Array.isArray(value)) {
    value.forEach((item, at) => {
      visit(item, [...steps, at], found)
    })
  } else if (isRecord(value)) {
    if (isV1Job(value)) found.push({ kind: String(value['kind']), path: formatFieldPath(steps), asText: false })
    else for (const [key, item] of Object.entries(value)) visit(item, [...steps, key], found)
  }
}
