import { describe, expect, it } from 'vitest'
import { bindToPod, literal, type Part } from './symbolic-env.ts'

const place = { job: 'train', namespace: 'nlp', role: 'worker', rank: 3, index: 2 }

describe('a variable bound to worker 2 of train in nlp', () => {
  it.each<[string, readonly Part[], string]>([
    ['text', ['a', 'b'], 'ab'],
    ['nothing', [], ''],
    ['the position among all pods', [{ is: 'rank' }], '3'],
    ['the position inside the role', [{ is: 'index' }], '2'],
    ['the job', [{ is: 'job' }], 'train'],
    ['the host name of a pod', [{ host: 'master', index: 0 }], 'train-master-0'],
    [
      'the Service of a pod, with a port',
      [{ host: 'ps', index: 1, service: true }, ':2222'],
      'train-ps-1.nlp.svc:2222',
    ],
    ['its own Service', [{ is: 'self' }], 'train-worker-2.nlp.svc'],
  ])('%s', (_, parts, value) => {
    expect(bindToPod({ name: 'A', parts, perJob: false }, place)).toEqual({ name: 'A', value })
  })

  it('of a pod field refers to it', () => {
    expect(bindToPod({ name: 'A', parts: [{ field: 'status.podIP' }], perJob: false }, place)).toEqual({
      name: 'A',
      valueFrom: { fieldRef: { fieldPath: 'status.podIP' } },
    })
  })

  it('cannot hold a pod field among text', () => {
    const parts: Part[] = ['http://', { field: 'status.podIP' }]
    expect(() => bindToPod({ name: 'A', parts, perJob: false }, place)).toThrow('field status.podIP stands alone')
  })

  it('with the same text everywhere is of the kind, unless it is told to be of the job', () => {
    expect([literal('A', '1').perJob, literal('A', '1', true).perJob]).toEqual([false, true])
  })
})
