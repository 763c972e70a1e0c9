import type { FlagSpec } from '../cli/command.ts'

/** A flag of every verb that converts. */
export const mpiFlag = {
  type: 'string',
  value: 'WAY',
  describe: "how an MPIJob's launcher reaches its workers",
  choices: ['exec', 'ssh'],
  group: 'Conversion',
} as const satisfies FlagSpec
