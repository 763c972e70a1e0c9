import type { FlagSpecs } from '../cli/command.ts'
import { gateFlag } from './cutover-gate.ts'
import { hookFlag, hookTimeoutFlag } from './hook-flags.ts'
import { movingFlags } from './moving-flags.ts'

/** The flags of cutover. */
export const flags = {
  selector: {
    type: 'string',
    short: 'l',
    value: 'SELECTOR',
    describe: 'instead of names: every v1 job with these labels that has not finished; needs --yes',
    group: 'Selection',
  },
  filename: {
    type: 'string',
    short: 'f',
    value: 'FILE',
    describe:
      'a TrainJob and its runtime that were reviewed: they are made, where they still do what v1 does now; else refused',
    completes: 'file',
    group: 'Selection',
  },
  'keep-going': {
    type: 'boolean',
    describe: 'of several jobs: go on to the next when one is not cut over; otherwise it ends there',
    group: 'Selection',
  },
  ...movingFlags,
  hook: hookFlag,
  'hook-timeout': hookTimeoutFlag,
  timeout: {
    type: 'string',
    value: 'DURATION',
    describe: 'how long v1 may take to stop, and v2 to start, before it is rolled back',
    default: '15m',
    group: 'Timing',
  },
  'queue-timeout': {
    type: 'string',
    value: 'DURATION',
    describe: 'where Kueue starts v2: how long it may wait for quota; --timeout counts from its admission',
    default: '5m',
    group: 'Timing',
  },
  observe: {
    type: 'string',
    value: 'DURATION',
    describe: 'how long v2 must stay healthy; a failure in that time rolls back',
    default: '2m',
    group: 'Timing',
  },
  gate: gateFlag,
  'keep-name': {
    type: 'boolean',
    describe: 'its twin takes its place without a restart, under its own name; refused unless it is a whole copy',
    group: 'Conversion',
  },
  overlap: {
    type: 'boolean',
    describe: 'v2 starts before v1 stops; refused where both would write to a volume',
    group: 'Conversion',
  },
  'require-resume': {
    type: 'boolean',
    describe: "roll back unless v2's log shows within --observe that it went on from v1's last checkpoint",
    group: 'Safety',
  },
} as const satisfies FlagSpecs
