import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** By length of text, which is vitest's own guess where it has not seen a file run, a hundred tests are short: they would begin last. */
const first = '/test/cluster/crash/crash.test.ts'
/** A thousand pods are removed after it: no other file waits for that or meets it. */
const last = '/test/cluster/serial/models.test.ts'

class InTurn extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => (moduleId.endsWith(first) ? 0 : moduleId.endsWith(last) ? 2 : 1)
    return (await super.sort(files)).sort((one, other) => place(one) - place(other))
  }
}

/**
 * A wait for the control plane or the operators that ran out is repeated once: on a busy machine they, which are not the project's, can be later
 * than any limit. Nothing else is: a wrong value fails at once, and so does whatever the program itself says. scripts/test names each test that
 * needed it.
 */
const retry = { count: 1, condition: /\bnot within [\d.]+ s: / }

export default defineConfig({
  test: {
    sequence: { sequencer: InTurn },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts', 'bench/**/*.test.ts'],
          // loading the modules anew for each of 300 files took a third of the time, and no test replaces a module
          isolate: false,
          // a test that loads every verb takes long where other processes want the same two cores
          testTimeout: 60_000,
        },
      },
      {
        // the program killed at its writes, thousands of times, in simulated time
        test: {
          name: 'crash',
          include: ['test/crash/**/*.test.ts'],
          testTimeout: 3_600_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          exclude: ['test/cluster/kueue/**', 'test/cluster/serial/**'],
          globalSetup: ['test/cluster/global-setup.ts'],
          // longer than a wait within, which tells what was there instead
          testTimeout: 300_000,
          retry,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Kueue's webhooks see every job of the cluster: its tests run alone, after the others
        test: {
          name: 'kueue',
          include: ['test/cluster/kueue/**/*.test.ts'],
          globalSetup: ['test/cluster/global-setup.ts'],
          testTimeout: 300_000,
          retry,
          hookTimeout: 1_200_000,
          sequence: { groupOrder: 2 },
          fileParallelism: false,
        },
      },
      {
        // takes down what the others need, or fills it: alone, after them
        test: {
          name: 'serial',
          include: ['test/cluster/serial/**/*.test.ts'],
          // `npm run test:dialects`: builds several programs first
          exclude: process.env['MIGRATE_TEST_RELEASES'] ? [] : ['test/cluster/serial/releases.test.ts'],
          globalSetup: ['test/cluster/global-setup.ts'],
          testTimeout: 300_000,
          retry,
          hookTimeout: 300_000,
          sequence: { groupOrder: 3 },
          fileParallelism: false,
        },
      },
      {
        // looks at what `npm run package` left in dist
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
