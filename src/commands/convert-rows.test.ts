import { describe, expect, it } from 'vitest'
import type { Finding } from '../convert/finding.ts'
import { ToldFindings } from './convert-rows.ts'

const path = 'spec.runPolicy.cleanPodPolicy'
const stopped = (): Finding => ({
  code: 'workers-stopped-at-success',
  class: 'changed',
  path,
  message: 'pods are stopped',
})
const carried = (): Finding => ({ code: 'backoff-limit-unused', class: 'same', path, message: 'pods stay' })

describe('what rows hold of findings', () => {
  it('is what a report tells of: nothing that stays the same', () => {
    expect(new ToldFindings().of([carried(), stopped()])).toEqual([stopped()])
  })

  it('is one finding for all the jobs that have it', () => {
    const told = new ToldFindings()
    const [first] = told.of([stopped()])
    expect(told.of([stopped()])[0]).toBe(first)
  })

  it.each<[string, Partial<Finding>]>([
    ['another field', { path: 'spec.runPolicy' }],
    ['other words', { message: 'pods that still run are stopped' }],
    ['another code', { code: 'clean-pods-all' }],
  ])('is another one for %s', (_, other) => {
    const told = new ToldFindings()
    expect(told.of([stopped(), { ...stopped(), ...other }])).toEqual([stopped(), { ...stopped(), ...other }])
  })
})
