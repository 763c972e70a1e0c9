import type { FlagSpecs } from '../cli/command.ts'

/** The flags of `compare`. */
export const compareFlags = {
  v1: {
    type: 'string',
    value: 'RUN',
    describe: 'the one run: KIND/NAME, or a file or a folder of saved logs',
    completes: 'file',
    group: 'Selection',
  },
  v2: { type: 'string', value: 'RUN', describe: 'the other run, as --v1', completes: 'file', group: 'Selection' },
  pattern: {
    type: 'strings',
    value: 'REGEX',
    describe: 'read lines that match; its named groups are step, epoch and metrics, as in (?<loss>\\S+)',
    group: 'Selection',
  },
  only: {
    type: 'strings',
    value: 'METRIC',
    describe: 'only these metrics are compared, and all of them must match',
    group: 'Selection',
  },
  prometheus: {
    type: 'string',
    value: 'URL',
    describe: 'ask this Prometheus for GPU utilisation (DCGM) and memory while the pods ran',
    group: 'Selection',
  },
  tolerance: {
    type: 'strings',
    value: 'NAME=5%',
    describe:
      'how far a metric may differ; `time` for all times. Otherwise times and speeds 5%, results 1% of their range',
    group: 'Selection',
  },
  'min-steps': {
    type: 'number',
    value: 'N',
    describe: 'shared steps below which the answer is inconclusive',
    default: 10,
    group: 'Selection',
  },
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    choices: ['text', 'json', 'markdown', 'html'],
    default: 'text',
    describe: 'a screen, data, or a page; html is one file that needs nothing else',
    group: 'Output',
  },
  charts: { type: 'number', value: 'N', describe: 'curves that text draws', default: 1, group: 'Output' },
} as const satisfies FlagSpecs
