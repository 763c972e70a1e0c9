import { appendFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import type { Reporter, TestModule } from 'vitest/node'

/** As much of one failure as is repeated at the end of the run. */
const limit = 3000

/** What a failure is told from (vitest 4, packages/utils/src/types.ts: TestError). */
export interface Failure {
  readonly name: string
  readonly errors: readonly { readonly message: string; readonly diff?: string }[]
}

/** A failed test in a few lines: its name, what its errors say, and both values beside each other where they were compared. */
export function tellFailure({ name, errors }: Failure): string {
  const said = errors.map(({ message, diff }) => (diff === undefined ? message : `${message}\n${diff}`))
  const text = stripVTControlCharacters([`FAILED: ${name}`, ...said].join('\n'))
  return text.length > limit ? `${text.slice(0, limit)} ... (${text.length - limit} characters more above)` : text
}

/** A vitest reporter that writes failures, where scripts/test finds them and repeats them as its last words: a long run's log may be kept in part. */
export default class Failures implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const file = process.env['MIGRATE_TEST_FAILURES']
    if (file === undefined) return
    for (const module of modules) {
      const failed = [...module.children.allTests('failed')].map((test) => ({
        name: `${module.project.name} ${module.relativeModuleId} > ${test.fullName}`,
        errors: test.result().errors ?? [],
      }))
      const hooks = [module, ...module.children.allSuites()].filter((each) => each.errors().length > 0)
      const broken = hooks.map((each) => ({
        name: `${module.project.name} ${module.relativeModuleId}, outside of its tests`,
        errors: each.errors(),
      }))
      for (const failure of [...failed, ...broken]) appendFileSync(file, `${tellFailure(failure)}\n\n`)
    }
  }
}
