import { describe, expect, it } from 'vitest'
import { factsOf, heldByUs, planOf } from '../../test/unit/cutover-world.ts'
import { condition, runningV1, v1Job } from '../../test/unit/objects.ts'
import { exitCode } from '../exit-code.ts'
import { v1Annotations } from '../migration/hold.ts'
import { rollbackResult } from './rollback.ts'

describe('a way back on which nothing was to be done to v1', () => {
  const ending = { annotations: { [v1Annotations.ended]: "v1's bert-master-0 succeeded by itself" } }

  it.each([
    ['it was never held', runningV1('bert'), 'v1 runs on'],
    ['its owner suspended it', v1Job('bert', { suspend: true }), 'v1 suspended as before'],
    ['it had ended before', v1Job('bert', { conditions: [condition('Succeeded')] }), 'v1 is Succeeded'],
    [
      'it ended while it was held, and an earlier run wrote that down',
      heldByUs({}, ending),
      "v1 stays suspended: v1's bert-master-0 succeeded by itself",
    ],
  ])('says what v1 is: %s', (_, v1, said) => {
    const plan = { ...planOf(v1), rerun: false }
    const way = { kind: 'back', says: ['TrainJob removed'] } as const
    const { line } = rollbackResult(way, factsOf({ v1 }), plan, undefined, String, () => exitCode.no, 'kubectl migrate')
    expect(line).toBe(`nlp/bert is rolled back: TrainJob removed, ${said}`)
  })
})
