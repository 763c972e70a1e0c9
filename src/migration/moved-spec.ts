import { hashJson } from '../kube/hash.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { MigrationRecord } from './record.ts'

/**
 * Whether a v1 job has the spec that a migration recorded when it began; true also where none is recorded. It may have been held, or resumed,
 * since: `suspend` aside, and an empty runPolicy.
 */
export function hasMovedSpec(v1: KubeObject, { hashes, before }: Pick<MigrationRecord, 'hashes' | 'before'>): boolean {
  const moved = hashes['v1']
  const spec = isRecord(v1['spec']) ? v1['spec'] : {}
  const { suspend: _, ...policy } = isRecord(spec['runPolicy']) ? spec['runPolicy'] : {}
  const { runPolicy: __, ...rest } = spec
  const likely = [
    spec,
    { ...rest, runPolicy: { ...policy, ...(before.suspend === undefined ? {} : { suspend: before.suspend }) } },
    { ...rest, runPolicy: { ...policy, suspend: false } },
    ...(Object.keys(policy).length === 0 ? [rest] : []),
  ]
  return moved === undefined || likely.some((one) => hashJson(one) === moved)
}
