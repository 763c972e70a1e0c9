import { describe, expect, it } from 'vitest'
import { longestTrainJobName } from './names.ts'

describe('longestTrainJobName', () => {
  // measured on the real operators: with 2 pods of one Job 48 characters render and 49 are refused by JobSet's webhook
  it.each([
    ['alike pods up to ten', 'bert', ['bert-node-0-0', 'bert-node-0-9'], false, 48],
    ['eleven alike pods', 'bert', ['bert-node-0-9', 'bert-node-0-10'], false, 47],
    ['a Job for each worker', 'bert', ['bert-master-0-0', 'bert-worker-8-0'], false, 46],
    ['no pods', 'bert', [], false, 61],
    ['a generateName, to which the server adds five letters', 'bert-', ['bert--node-0-0'], true, 43],
  ])('%s', (_, name, pods, generated, most) => {
    expect(
      longestTrainJobName(
        name,
        pods.map((pod) => ({ name: pod })),
        generated,
      ),
    ).toBe(most)
  })
})
