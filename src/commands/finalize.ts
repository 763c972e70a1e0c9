import type { Command, FlagSpecs, Invocation } from '../cli/command.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import { parseReference } from '../read/reference.ts'
import { moveOutputFlag } from './cutover-screen.ts'
import { finalizeMany } from './finalize-many.ts'
import { finalizeOne } from './finalize-one.ts'
import { verdictOfHeld } from './finalize-proof.ts'
import { connected } from './moving.ts'
import { dryRunFlag, jobToMove, readDuration, reasonFlag, refuseUnasked, yesFlag } from './moving-flags.ts'

const flags = {
  'older-than': {
    type: 'string',
    value: 'AGE',
    describe: 'without a name: every v1 job that is held longer, e.g. 7d or 36h; listed first, with what refuses each',
    group: 'Selection',
  },
  selector: {
    type: 'string',
    short: 'l',
    value: 'SELECTOR',
    describe: 'with --older-than: only v1 jobs with these labels',
    group: 'Selection',
  },
  yes: yesFlag,
  'dry-run': dryRunFlag,
  v1: {
    type: 'string',
    value: 'RUN',
    describe:
      'saved logs of v1 (a file or folder), or another job: `compare job NAME --v1 RUN` is made now, and must say match',
    completes: 'file',
    group: 'Safety',
  },
  'even-if-unproven': {
    type: 'boolean',
    describe: 'also where the TrainJob is not Complete and no comparison says match',
    group: 'Safety',
  },
  accept: {
    type: 'strings',
    value: 'CODE',
    describe: 'owners-unknown: also where you may not read whose the Secrets of v2’s pods are',
    choices: ['owners-unknown'],
    group: 'Safety',
  },
  reason: reasonFlag,
  output: moveOutputFlag,
  timeout: {
    type: 'string',
    value: 'DURATION',
    describe: 'how long v1 may take to go',
    default: '2m',
    group: 'Timing',
  },
} as const satisfies FlagSpecs

export type FinalizeFlags = Invocation<typeof flags>['flags']

export const command: Command<typeof flags> = {
  name: 'finalize',
  summary: 'delete a held v1 job for good; its manifest is kept',
  usage: 'KIND/NAME | KIND NAME | job NAME | NAME | --older-than AGE',
  examples: [
    { does: 'Its TrainJob is Complete: delete v1; asks first', type: '$0 finalize job bert-large -n nlp' },
    { does: 'What would be written? Nothing is', type: '$0 finalize job bert-large --dry-run=server' },
    {
      does: 'The TrainJob still runs: compare it with the saved logs of v1',
      type: '$0 finalize job bert-large --v1 logs/bert-large/',
    },
    { does: 'All that are held for more than a week', type: '$0 finalize -A --older-than 7d' },
  ],
  flags,
  connects: true,
  manyNamespaces: true,
  writes: true,
  run,
}

async function run(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  const { positionals, flags: given, connection, allNamespaces } = invocation
  const many = given['older-than'] !== undefined
  const dryRun = given['dry-run'] ?? 'none'
  if (many) refuseWithMany(invocation)
  else if (allNamespaces || given.selector !== undefined) throw manyOnly(allNamespaces ? '-A' : '-l')
  const reference = many ? undefined : jobToMove(positionals)
  if (!given.yes && dryRun === 'none') {
    refuseUnasked(env, 'deletes a v1 job', { verb: 'finalize', specs: flags, invocation })
  }
  const verdict = reference && given.v1 !== undefined ? await verdictOfHeld(env, invocation, given.v1) : undefined
  const options = {
    yes: given.yes,
    dryRun,
    output: given.output ?? 'text',
    timeout: readDuration('timeout', given.timeout),
    evenIfUnproven: given['even-if-unproven'],
    accepted: given.accept,
    recording: { verb: 'finalize', connection, reason: given.reason },
  } as const
  return await connected(env, connection, async (cluster) =>
    reference
      ? await finalizeOne(env, cluster, { ...options, reference, namespace: cluster.namespace, verdict })
      : await finalizeMany(env, cluster, {
          ...options,
          olderThan: given['older-than'] ?? '',
          namespace: allNamespaces ? undefined : cluster.namespace,
          selector: given.selector,
        }),
  )
}

function refuseWithMany({ positionals, flags: given }: Invocation<typeof flags>): void {
  const named = parseReference(positionals)
  if (named === undefined && given.v1 === undefined) return
  throw new Problem({
    code: 'name-with-many',
    what: named ? `--older-than goes with many jobs, and ${named.name} is one` : '--v1 is the run of one job',
    next: ['$0 finalize job NAME', '$0 finalize --older-than 7d -A'],
    exit: exitCode.usage,
  })
}

function manyOnly(flag: string): Problem {
  return new Problem({
    code: 'name-with-many',
    what: `${flag} goes with --older-than`,
    next: ['$0 finalize --older-than 7d -A', '$0 finalize job NAME -n NAMESPACE'],
    exit: exitCode.usage,
  })
}
