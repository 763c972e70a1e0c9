import { describe, expect, it } from 'vitest'
import { age } from './age.ts'

const now = new Date('2026-03-01T12:00:00Z')
const minute = 60
const hour = 3600
const day = 24 * hour

describe('ages, as kubectl prints them', () => {
  it.each<[seconds: number, text: string]>([
    [0, '0s'],
    [119, '119s'],
    [2 * minute, '2m'],
    [2 * minute + 5, '2m5s'],
    [9 * minute + 59, '9m59s'],
    [10 * minute + 59, '10m'],
    [179 * minute, '179m'],
    [3 * hour, '3h'],
    [3 * hour + 20 * minute, '3h20m'],
    [8 * hour + 59 * minute, '8h'],
    [47 * hour, '47h'],
    [2 * day, '2d'],
    [2 * day + 3 * hour, '2d3h'],
    [8 * day + 3 * hour, '8d'],
    [729 * day, '729d'],
    [730 * day, '2y'],
    [(2 * 365 + 40) * day, '2y40d'],
    [9 * 365 * day, '9y'],
  ])('%i seconds: %s', (seconds, text) => {
    expect(age(new Date(now.getTime() - seconds * 1000).toISOString(), now)).toBe(text)
  })

  it.each<[what: string, since: string | undefined, text: string]>([
    ['a clock a second ahead is nothing', '2026-03-01T12:00:01Z', '0s'],
    ['a clock that is wrong shows', '2026-03-01T12:05:00Z', '-5m'],
    ['no moment', undefined, '<unknown>'],
    ['nonsense', 'yesterday', '<unknown>'],
  ])('%s', (_, since, text) => {
    expect(age(since, now)).toBe(text)
  })
})
