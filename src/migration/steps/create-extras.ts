import { compareValues } from '../../compare/live.ts'
import type { KubeObject } from '../../kube/object.ts'
import { extraResource } from '../../kube/resources.ts'
import type { TrainJob } from '../../v2/trainjob.ts'
import type { Facts, Plan } from '../facts.ts'
import { ownedBy } from '../ownership.ts'
import type { Step } from '../step.ts'
import { someOf } from '../words.ts'

/**
 * What the TrainJob needs beside its runtime is there, and belongs to the TrainJob: whoever deletes that, now or in a year,
 * leaves nothing of it behind. The suspended TrainJob makes no pod that could miss them meanwhile.
 */
export const createExtras: Step = {
  id: 'extras',
  title: 'helpers',
  describe: ({ conversion }) => `${someOf(conversion.extras.map(titleOf), 9)} are made; they go with the TrainJob`,
  precondition(facts, plan) {
    const difference = extrasDifference(facts, plan)
    return difference === undefined ? undefined : { why: 'changed', reason: difference }
  },
  forward(facts, { conversion }) {
    const { trainJob } = facts
    if (!trainJob) return []
    return conversion.extras
      .filter((extra) => !liveOf(extra, facts))
      .map((extra) => ({ verb: 'create', resource: extraResource(extra), object: owned(extra, trainJob) }))
  },
  verify(facts, { conversion }) {
    if (!facts.trainJob) return { failed: 'somebody deleted the TrainJob' }
    const missing = conversion.extras.filter((extra) => !liveOf(extra, facts))
    if (missing.length > 0) return { waiting: `${someOf(missing.map(titleOf))} not there yet` }
    return { done: someOf(conversion.extras.map(titleOf), 9) }
  },
  undo: () => [],
  undone: () => ({ done: 'they go with the TrainJob' }),
}

/** The first object of the name that is not what the TrainJob needs, or not its own; undefined while none is. */
export function extrasDifference(facts: Facts, { conversion }: Plan): string | undefined {
  for (const extra of conversion.extras) {
    const live = liveOf(extra, facts)
    if (!live) continue
    if (!ownedBy(live, facts.trainJob?.metadata.uid)) return `there is a ${titleOf(extra)} that is not of this move`
    const { apiVersion: _version, kind: _kind, metadata: _metadata, ...content } = extra
    const [difference] = compareValues(content, live)
    if (difference) return `${titleOf(extra)} was changed: ${difference.path} differs`
  }
  return undefined
}

function liveOf({ kind, metadata }: KubeObject, { extras }: Facts): KubeObject | undefined {
  return extras.find((live) => live.kind === kind && live.metadata.name === metadata.name)
}

function owned(extra: KubeObject, { apiVersion, kind, metadata }: TrainJob): KubeObject {
  // a dry run looks ahead to a TrainJob that has no uid yet
  const owner = { apiVersion, kind, name: metadata.name ?? '', uid: metadata.uid ?? 'of-the-new-trainjob' }
  return { ...extra, metadata: { ...extra.metadata, ownerReferences: [owner] } }
}

function titleOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`
}
