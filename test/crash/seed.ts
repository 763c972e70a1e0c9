/** All points that can be thought of, instead of those that fit into a run of all tests. */
export const all = process.env['MIGRATE_TEST_CRASH'] === 'all'

/** The same stories in every run, so that a commit fails for what it does and not for its id; others where all are asked for. */
export const seed = Number(process.env['MIGRATE_TEST_CRASH_SEED'] ?? (all ? Date.now() % 2 ** 31 : 22))

/** Crash points of one direction that are tried at the least. */
export const least = 1000

/** Processes that are really ended: one for 50 of the 2,200 crash points of a run. */
export const realKills = 45
