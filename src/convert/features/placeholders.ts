import type { PathStep } from '../../kube/field-path.ts'
import { isRecord } from '../../kube/object.ts'
import { bareVariable } from '../../kube/template-placeholders.ts'
import type { FindingDetail } from '../finding.ts'
import type { Feature, FeatureContext } from '../intent.ts'
import { templatePath } from '../intent.ts'

/** `image: $IMAGE`: v1 takes it as it stands, so it is carried as it stands, and said. */
export const placeholders: Feature = {
  name: 'placeholders',
  apply(context) {
    for (const { key, template } of context.job.replicas) {
      // most templates have none, and their text is made faster than a walk through them
      if (!JSON.stringify(template.spec).includes('$')) continue
      visit(context, template.spec, [...templatePath(context.job, key), 'spec'])
    }
  },
}

/** `path` is one list for the whole walk: it grows and shrinks with it. */
function visit(context: FeatureContext, value: unknown, path: PathStep[]): void {
  if (typeof value === 'string') {
    const variable = value.includes('$') ? bareVariable(value, path) : undefined
    if (variable !== undefined) context.ledger.note([...path], detail(variable))
    return
  }
  const members = Array.isArray(value) ? value.entries() : isRecord(value) ? Object.entries(value) : []
  for (const [key, item] of members) {
    path.push(key)
    visit(context, item, path)
    path.pop()
  }
}

function detail(variable: string): FindingDetail {
  return {
    code: 'placeholder-kept',
    message: `${variable} is carried as it stands: if a tool fills it in, fill it in the TrainJob as well`,
  }
}
