import type { Command, FlagSpecs, Invocation } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Env } from '../env.ts'
import { checkCleanupRights } from '../execute/check-rights.ts'
import { isDeadLease } from '../execute/lease.ts'
import { removeLeftover } from '../execute/remove-leftover.ts'
import { type ExitCode, exitCode, worse } from '../exit-code.ts'
import { parseAge } from '../kube/duration.ts'
import type { Leftover } from '../migration/leftovers.ts'
import { leftoverLines, leftoverName } from '../present/cleanup.ts'
import { describeError } from '../present/errors.ts'
import { spoken } from '../present/spoken.ts'
import { Problem } from '../problem.ts'
import { readLeftovers } from '../read/leftovers.ts'
import { agreed } from './agreed.ts'
import { connected, untilInterrupted } from './moving.ts'
import { dryRunFlag, refuseUnasked, yesFlag } from './moving-flags.ts'
import { columnsOf, noteTo } from './screen.ts'

const flags = {
  'older-than': {
    type: 'string',
    value: 'AGE',
    describe:
      'only what nobody has needed for so long, e.g. 36h; locks of runs of this machine that have ended go at once, others after a day at the earliest',
    default: '7d',
    group: 'Selection',
  },
  records: {
    type: 'boolean',
    describe: 'also records and manifests of finalized migrations: v1 cannot be made again then',
    group: 'Selection',
  },
  yes: yesFlag,
  'dry-run': dryRunFlag,
} as const satisfies FlagSpecs

export const command: Command<typeof flags> = {
  name: 'cleanup',
  summary: 'delete what moves left behind and nobody needs any more',
  usage: '',
  examples: [
    { does: 'What is left over? Nothing is deleted', type: '$0 cleanup -n nlp --dry-run' },
    { does: 'Runtimes, records and locks of all namespaces; lists them, then asks', type: '$0 cleanup -A' },
    { does: 'At the end of it all, also the ways back', type: '$0 cleanup -A --records --older-than 30d' },
  ],
  flags,
  connects: true,
  manyNamespaces: true,
  writes: true,
  run,
}

async function run(env: Env, invocation: Invocation<typeof flags>): Promise<ExitCode> {
  const { positionals, flags: given, connection, allNamespaces } = invocation
  const [word] = positionals
  if (word !== undefined)
    throw usage(`cleanup takes no name, and "${word}" is one`, '$0 cleanup -n NAMESPACE --dry-run')
  const dryRun = given['dry-run'] ?? 'none'
  const age = parseAge(given['older-than'] ?? '')
  if (age === undefined) {
    const what = `--older-than cannot be ${JSON.stringify(given['older-than'])}: it takes an age`
    throw usage(what, '--older-than 7d   (also 36h, 90m, 0)')
  }
  if (!given.yes && dryRun === 'none') {
    refuseUnasked(env, 'deletes objects', { verb: 'cleanup', specs: flags, invocation })
  }
  return await connected(env, connection, async (cluster) => {
    const namespace = allNamespaces ? undefined : cluster.namespace
    const now = env.now()
    const before = new Date(now.getTime() - age)
    const isDead = (lease: Parameters<typeof isDeadLease>[0]) => isDeadLease(lease, env)
    const reading = readLeftovers(cluster, { namespace, now, before, records: given.records, isDead })
    const { found, unreadable } = await untilInterrupted(env.signal, reading)
    for (const one of unreadable) noteTo(env)(`${one}: it is kept`)
    const list = `${leftoverLines(found, now, columnsOf(env.err)).join('\n')}\n`
    if (dryRun !== 'client') env.err.write(list)
    else env.out.write(list)
    return await cleanup(env, cluster, found, { yes: given.yes, dryRun })
  })
}

async function cleanup(
  env: Env,
  cluster: Cluster,
  found: readonly Leftover[],
  { yes, dryRun }: { readonly yes: boolean; readonly dryRun: string },
): Promise<ExitCode> {
  if (dryRun === 'client') env.err.write('dry run (client): nothing was written\n')
  if (found.length === 0 || dryRun === 'client') return exitCode.ok
  await checkCleanupRights(cluster, found)
  if (!yes && dryRun === 'none') {
    if (!(await agreed(env, 'Delete them now?  [y/N] ')) || env.signal.aborted) {
      env.out.write('nothing was deleted: not agreed to\n')
      return env.signal.aborted ? exitCode.interrupted : exitCode.no
    }
  }
  let worst: ExitCode = exitCode.ok
  for (const leftover of found) {
    if (env.signal.aborted) return exitCode.interrupted
    worst = worse(worst, await remove(env, cluster, leftover, dryRun === 'server'))
  }
  if (dryRun === 'server') env.err.write('dry run (server): nothing was written\n')
  return worst
}

/** One that cannot be deleted is told, and those after it are still tried. */
async function remove(env: Env, cluster: Cluster, leftover: Leftover, dryRun: boolean): Promise<ExitCode> {
  const name = leftoverName(leftover)
  try {
    const kept = await removeLeftover(cluster, leftover, dryRun)
    env.out.write(kept === undefined ? `${dryRun ? 'would delete' : 'deleted'} ${name}\n` : `kept ${name}: ${kept}\n`)
    return exitCode.ok
  } catch (error) {
    const { lines, exit } = describeError(error, env.name)
    env.err.write(spoken(lines, env.err))
    return exit
  }
}

function usage(what: string, next: string): Problem {
  return new Problem({ code: 'usage', what, next: [next], exit: exitCode.usage })
}
