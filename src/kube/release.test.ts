import { expect, it } from 'vitest'
import { isTestedRelease } from './release.ts'

it.each<[string, boolean]>([
  ['v2.3.0', true],
  ['v2.3.7', true],
  ['2.3', true],
  ['2.3.1-rc.0', true],
  ['v2.30.0', false],
  ['v2.4.0', false],
  ['main', false],
])('%s is a tested release where v2.3.0 and v2.1.0 are: %s', (release, is) => {
  expect(isTestedRelease(release, ['v2.1.0', 'v2.3.0'])).toBe(is)
})
