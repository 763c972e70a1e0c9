import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import {
  decisionsJson,
  endingsPage,
  findings,
  reference,
  runComparisonJson,
  screenSchemas,
} from '../../../scripts/docs.ts'

const onDisk = (file: string) => readFileSync(new URL(`../../../docs/${file}`, import.meta.url), 'utf8')

it('docs/reference.md is made from the commands (npm run docs makes it anew)', async () => {
  expect(onDisk('reference.md')).toBe(await reference())
})

it('docs/findings.md is made from the finding codes (npm run docs makes it anew)', () => {
  expect(onDisk('findings.md')).toBe(findings())
})

it('docs/endings.md is made from what was observed (npm run docs makes it anew)', () => {
  expect(onDisk('endings.md')).toBe(endingsPage())
})

it('docs/schema/decisions.json is the schema decisions files are checked by (npm run docs makes it anew)', () => {
  expect(onDisk('schema/decisions.json')).toBe(decisionsJson())
})

it('docs/schema/run-comparison.json describes what compare -o json prints (npm run docs makes it anew)', () => {
  expect(onDisk('schema/run-comparison.json')).toBe(runComparisonJson())
})

it.each(Object.entries(screenSchemas()))('docs/%s holds what the code says', (file, text) => {
  expect(onDisk(file)).toBe(text)
})
