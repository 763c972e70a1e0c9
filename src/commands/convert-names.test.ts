import { describe, expect, it } from 'vitest'
import { v1Job } from '../../test/unit/objects.ts'
import { runVerb } from '../../test/unit/run-verb.ts'

const file = (...objects: readonly object[]) => objects.map((object) => JSON.stringify(object)).join('\n---\n')
const tensorflow = v1Job('bert', { kind: 'TFJob', roles: { Worker: 2 } })
const jax = (namespace: string) => v1Job('bert', { kind: 'JAXJob', roles: { Worker: 2 }, namespace })

describe('jobs of one name and of two kinds', () => {
  it('would be one TrainJob: the second is refused, with the place of the first', async () => {
    const files = { 'a.yaml': file(tensorflow, jax('nlp'), jax('vision')) }
    const { code, out, err } = await runVerb(['convert', '-f', 'a.yaml', '-o', 'name'], { files })
    expect([code, out.filter((line) => line.startsWith('trainjob')).length]).toEqual([1, 2])
    expect(err.slice(0, 4)).toEqual([
      'error: JAXJob nlp/bert is not converted: the TFJob of a.yaml:1 is TrainJob bert already',
      '       a.yaml:3: metadata.name',
      '       v1 tells jobs of one name apart by their kind; TrainJobs are all of one kind',
      '       --name NEW gives it another name, in a run of its own',
    ])
  })

  it('are the same job where the kind is the same, as in folders for two clusters', async () => {
    const files = { 'a/x.yaml': file(jax('nlp')), 'b/x.yaml': file(jax('nlp')) }
    const { code } = await runVerb(['convert', '-f', 'a', '-f', 'b', '-o', 'name'], { files })
    expect(code).toBe(0)
  })
})

describe('--accept', () => {
  it.each(['convert -f a.yaml', 'diff -f a.yaml', 'cutover bert', 'start bert'])(
    '%s refuses a code that no finding has',
    async (words) => {
      const { code, err } = await runVerb([...words.split(' '), '--accept', 'gangg'])
      expect([code, err]).toEqual([
        2,
        [
          'error: --accept gangg: there is no finding code gangg',
          '       near to it: gang',
          '       kubectl migrate explain',
        ],
      ])
    },
  )
})
