/** All points that can be thought of, instead of those that fit into a run of all tests. */
export const all = process.env['MIGRATE_TEST_CRASH'] === 'all'

/** The same stories in every run, so that a commit fails for what it does and not for its id; others where all are asked for. */
export const seed = Number(process.env['MIGRATE_TEST_CRASH_SEED'] ?? (all ? Date.now() % 2 ** 31 : 22))
