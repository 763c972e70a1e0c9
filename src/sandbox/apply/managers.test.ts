import { describe, expect, it } from 'vitest'
import { servedAs } from '../served.ts'
import { capped, entriesOf, isReset, type Managers, managersIn } from './managers.ts'

const configMaps = servedAs('configmaps')
const entry = (manager: string, more: object = {}) => ({
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:data': { [`f:${manager}`]: {} } },
  manager,
  operation: 'Update',
  time: '2026-01-01T00:00:00Z',
  ...more,
})
const read = (entries: readonly unknown[]): Managers => managersIn(configMaps, entries) as Managers

describe('managed fields', () => {
  it('come back as they were, appliers first, then by time and name', () => {
    const entries = [
      entry('z', { operation: 'Apply' }),
      entry('y'),
      entry('x', { time: '2026-01-02T00:00:00Z' }),
      entry('x', { time: '2026-01-02T00:00:00Z', subresource: 'status' }),
    ]
    expect(entriesOf(read([...entries].reverse()))).toEqual(entries)
  })

  it.each<[what: string, entries: unknown, count: number | undefined]>([
    ['none', undefined, 0],
    ['one of a version that is not served', [entry('x', { apiVersion: 'v2' })], 0],
    ['one that is none', [entry('x'), { manager: 'y' }], undefined],
    ['one of another form', [entry('x', { fieldsType: 'FieldsV2' })], undefined],
  ])('%s', (_, entries, count) => {
    expect(managersIn(configMaps, entries)?.size).toBe(count)
  })

  it.each<[entries: unknown, reset: boolean]>([
    [[], true],
    [[{}], true],
    [[{}, {}], false],
    [[entry('x')], false],
    [undefined, false],
  ])('%j are taken away: %s', (entries, reset) => {
    expect(isReset(entries)).toBe(reset)
  })

  it('of more than ten updaters are those of the oldest together', () => {
    const updaters = Array.from({ length: 12 }, (_, at) => entry(`m${at}`, { time: `2026-01-01T00:00:${10 + at}Z` }))
    const left = entriesOf(capped(read([...updaters, entry('a', { operation: 'Apply' })]))) as { manager: string }[]
    expect(left.map(({ manager }) => manager)).toEqual([
      'a',
      'ancient-changes',
      ...updaters.slice(3).map((one) => one.manager),
    ])
    expect(left[1]).toEqual({
      ...entry('ancient-changes', { time: '2026-01-01T00:00:12Z' }),
      fieldsV1: { 'f:data': { 'f:m0': {}, 'f:m1': {}, 'f:m2': {} } },
    })
  })
})
