import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { testedTrainers } from './tested.ts'

it('README names the releases of Trainer that moved jobs, and no other', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const named = new Set(readme.match(/(?<=Trainer[^.]*?|, | and )v2\.\d+\.\d+/g))
  expect([...named].sort()).toEqual([...testedTrainers])
})
