import { describe, expect, it } from 'vitest'
import { v1Pod, v2Pod } from '../../test/unit/model-pods.ts'
import { comparePods } from './pods.ts'
import { type DiffRow, diffRows } from './rows.ts'

type Values = Readonly<Record<string, string | undefined>>

const env = (values: Values) =>
  Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))

/** One Master and three Workers with such env on v1's side and on v2's, by rank. */
function compared(v1: readonly Values[], v2: readonly Values[]) {
  const roles = [['master', 0] as const, ['worker', 0] as const, ['worker', 1] as const, ['worker', 2] as const]
  return comparePods(
    v1.map((values, rank) => {
      const [role, index] = roles[rank] ?? ['worker', rank]
      return v1Pod(role, index, { spec: { containers: [{ name: 'pytorch', env: env(values) }] } })
    }),
    v2.map((values, rank) => v2Pod(rank, { spec: { containers: [{ name: 'node', env: env(values) }] } })),
  )
}

const short = ({ pods, path, v1, v2, verdict }: DiffRow) => `${pods}: ${path} ${v1 ?? '-'}/${v2 ?? '-'} ${verdict}`
const rows = (v1: readonly Values[], v2: readonly Values[]) =>
  diffRows(compared(v1, v2), new Set(['RANK'])).map((row) => short(row).replace('containers[main].env.', ''))

describe('rows of a diff', () => {
  it('say a value once for all pods it is alike in', () => {
    const a = { A: '1' }
    expect(rows([a, a, a], [a, a, a])).toEqual(['all: A 1/1 same'])
  })

  it('name a role where all of it differs', () => {
    const same = { A: '1' }
    expect(rows([same, same, same], [same, {}, {}])).toEqual(['worker: A 1/- different', 'master: A 1/1 same'])
  })

  it('name ranks where only some do, neighbours together', () => {
    const a = { A: '1' }
    expect(rows([a, a, a, a], [{}, a, {}, {}])).toEqual(['rank 0,2-3: A 1/- different', 'rank 1: A 1/1 same'])
  })

  it('keep pods apart that differ in different ways', () => {
    expect(rows([{ A: '1' }, { A: '2' }], [{ A: '3' }, { A: '3' }])).toEqual([
      'master: A 1/3 different',
      'worker: A 2/3 different',
    ])
  })

  it('put values that mean the same in one row, though each pod has its own', () => {
    expect(
      rows(
        [{ PEER: 'train-master-0' }, { PEER: 'train-worker-0' }],
        [{ PEER: 'train-node-0-0.train' }, { PEER: 'train-node-0-1.train' }],
      ),
    ).toEqual(['all: PEER train-master-0/train-node-0-0.train same'])
  })

  it('come with differences first, then what is folded away, then what is the same', () => {
    expect(rows([{ A: '1', B: '1' }], [{ A: '1', B: '2', JOBSET_NAME: 'train' }])).toEqual([
      'all: B 1/2 different',
      'all: JOBSET_NAME -/train harmless',
      'all: A 1/1 same',
    ])
  })

  it('tell what put a value there, and what it is about', () => {
    const [rank, mine] = diffRows(compared([{ RANK: '0', MINE: '1' }], [{}]), new Set(['RANK']))
    expect([rank?.origin, rank?.aspect]).toEqual(['operator', 'env'])
    expect([mine?.origin, mine?.aspect]).toEqual(['template', 'env'])
    const resources = comparePods(
      [
        v1Pod('master', 0, {
          labels: { 'training.kubeflow.org/job-name': 'train' },
          spec: { hostPID: true, containers: [{ name: 'pytorch', resources: { limits: { cpu: 1 } } }] },
        }),
      ],
      [v2Pod(0)],
    )
    expect(diffRows(resources, new Set()).map(({ path, aspect, origin }) => [path, aspect, origin])).toEqual([
      ['containers[main].resources.limits.cpu', 'resources', 'template'],
      ['hostPID', 'other', 'template'],
      ['labels.training.kubeflow.org/job-name', 'other', 'operator'],
    ])
  })

  it('give a difference the finding that tells it: harmless, or a change', () => {
    const comparison = compared([{ A: '1', B: '1' }], [{}])
    const told = diffRows(comparison, new Set(), ({ path }) =>
      path.endsWith('.A')
        ? { code: 'x', why: 'because', harmless: true }
        : path.endsWith('.B')
          ? { code: 'y', why: 'of course', harmless: false }
          : undefined,
    )
    expect(told.map(({ path, verdict, cause }) => [path, verdict, cause])).toEqual([
      ['containers[main].env.B', 'different', { code: 'y', why: 'of course' }],
      ['containers[main].env.A', 'harmless', { code: 'x', why: 'because' }],
    ])
  })
})
