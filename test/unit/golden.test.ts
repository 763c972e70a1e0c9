import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Conversion, convertJob } from '../../src/convert/convert.ts'
import type { Finding } from '../../src/convert/finding.ts'
import { printDocuments } from '../../src/kube/print-yaml.ts'
import { Problem } from '../../src/problem.ts'
import type { Dialect } from '../../src/v2/dialects/dialect.ts'
import { dialects, newestDialect } from '../../src/v2/dialects/index.ts'
import { type GoldenCase, goldenCases } from '../golden/cases.ts'
import { hasField, usual } from './conversions.ts'

/** `UPDATE_GOLDEN=1 npm test -- test/unit/golden.test.ts` writes what is expected anew; the review is reading the difference. */
const update = process.env['UPDATE_GOLDEN'] === '1'

const line = ({ class: kind, code, path, message }: Finding) => `${kind} ${code} ${path}: ${message}`

/** Manifests and findings of a case; of one that is refused the reason alone. */
function outcome(
  { object, mpi, gangScheduler }: GoldenCase,
  dialect: Dialect = newestDialect,
): { manifests?: string; findings: string } {
  try {
    const { runtime, extras, trainJob, findings }: Conversion = convertJob(object, {
      ...usual,
      mpi,
      gangScheduler,
      dialect,
    })
    return {
      manifests: printDocuments([runtime, ...extras, trainJob]),
      findings: findings.map((each) => `${line(each)}\n`).join(''),
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { code, where = '', why = '' } = error.data
    return { findings: `refused ${code} ${where}\n${why.replaceAll('; ', '\n')}\n` }
  }
}

/** Compares a text with a file's, or writes it there. */
function matches(file: string, text: string | undefined): void {
  if (update && text === undefined) rmSync(file, { force: true })
  else if (update && text !== undefined) writeFileSync(file, text)
  expect(existsSync(file) ? readFileSync(file, 'utf8') : undefined).toBe(text)
}

describe('golden conversions', () => {
  const cases = goldenCases()

  it.each(cases.map((each) => [each.name, each] as const))('%s', (_, golden) => {
    const { folder, proves } = golden
    expect(proves).toMatch(/^[A-Z].{20,}\.$/)
    matches(join(folder, 'findings.txt'), outcome(golden).findings)
    for (const dialect of dialects) {
      const { manifests, findings } = outcome(golden, dialect)
      matches(join(folder, `expected-v${dialect.version}.yaml`), manifests)
      // most dialects differ in how they write, not in what they can do
      const other = findings === outcome(golden).findings ? undefined : findings
      matches(join(folder, `findings-v${dialect.version}.txt`), other)
    }
  })

  it('name fields that the job has, or that its operator has a default for', () => {
    const defaulted = /^spec\.(runPolicy\.(cleanPodPolicy|suspend)|\w+ReplicaSpecs\.\w+\.restartPolicy)$/
    const named = cases.flatMap((golden) => {
      const { name, object } = golden
      const paths = outcome(golden).findings.matchAll(/^(?:same|changed|lost) \S+ (\S+): /gm)
      return [...paths].map(([, path = '']) => ({
        name,
        path,
        exists: defaulted.test(path) || hasField(object, path),
      }))
    })
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter(({ exists }) => !exists)).toEqual([])
  })
})
