import type { FlagSpec } from '../cli/command.ts'
import { codes } from '../convert/codes.ts'

/** For verbs that make TrainJobs, or show what would be made. */
export const podLabelsFlag = {
  type: 'string',
  value: 'WHOSE',
  describe: 'keep job-name, replica-type, replica-index and job-role of training.kubeflow.org on the pods',
  choices: ['v1'],
  group: 'Conversion',
} as const satisfies FlagSpec

/** A flag of every verb that converts. */
export const mpiFlag = {
  type: 'string',
  value: 'WAY',
  describe: "how an MPIJob's launcher reaches its workers",
  choices: ['exec', 'ssh'],
  group: 'Conversion',
} as const satisfies FlagSpec

/** The same. */
export const gangFlag = {
  type: 'string',
  value: 'NAME',
  describe: "what --gang-scheduler-name of v1's operator says: volcano, a scheduler of scheduler-plugins, or none",
  group: 'Conversion',
} as const satisfies FlagSpec

/** A code that no finding has would accept nothing, and nobody would learn of it. */
export const knownCodes = {
  words: Object.keys(codes),
  what: 'finding code',
  list: '$0 explain',
} as const satisfies FlagSpec['known']

/** For verbs that go on with a conversion. */
export const acceptFlag = {
  type: 'strings',
  value: 'CODE',
  describe: 'go on although a finding of this code says that something is lost',
  known: knownCodes,
  group: 'Conversion',
} as const satisfies FlagSpec

/** For verbs that move a job. */
export const decisionsFlag = {
  type: 'string',
  value: 'FILE',
  describe: 'what was decided about jobs: accepted findings, MPI; otherwise ./migrate.yaml where it is there',
  completes: 'file',
  group: 'Conversion',
} as const satisfies FlagSpec
